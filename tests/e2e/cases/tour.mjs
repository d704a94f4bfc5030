import assert from 'node:assert/strict';
import { audit } from '../axe.mjs';
import { test } from '../harness.mjs';
import { Site } from '../site.mjs';

const toured = (site) => site.page.evaluate(() => document.querySelector('.toured')?.localName);
const focused = (site) => site.page.evaluate(() => document.activeElement?.dataset.testid);

test('tour: offered once, by keyboard from stop to stop, and over at any time', async (t) => {
  const site = await (await Site.make(t)).open();
  assert.ok(await site.page.getByRole('dialog').isHidden(), 'never by itself');
  await site.at('tour-take').press('Enter');
  await site.text('tour-title', /^Choose an image$/);
  assert.equal(await focused(site), 'tour-title');
  assert.equal(await toured(site), 'peer-intake');
  await site.shown(() => site.at('tour-next').press('Enter'));
  const stops = ['predictions', 'viewer', 'agreement', 'tools', 'settings', 'start', 'keep'];
  for (const [i, stop] of stops.entries()) {
    await site.text('tour-count', new RegExp(`^${i + 2} of 8$`));
    await site.page.waitForFunction((tag) => document.querySelector('.toured')?.localName === tag, `peer-${stop}`);
    assert.equal(await focused(site), 'tour-title');
    if (i === 1) await audit(site, 'the tour');
    await site.at('tour-next').press('Enter');
  }
  assert.ok(await site.page.getByRole('dialog').isHidden());
  assert.equal(await focused(site), 'tour', 'the focus goes back to what begins it');
  assert.equal(await toured(site), undefined);

  // Begun anew over one's work, it changes nothing of it; Escape ends it and nothing else.
  const results = await site.results();
  await site.at('tour').press('Enter');
  await site.at('tour-next').press('Enter');
  await site.at('language').selectOption('de');
  await site.text('tour-title', /^Was die Netze sagen$/);
  await site.page.keyboard.press('Escape');
  assert.ok(await site.page.getByRole('dialog').isHidden());
  assert.equal(await site.results(), results);
  await site.open();
  assert.ok(await site.at('tour-take').isHidden(), 'offered on the first visit alone');
});

test('tour: whoever declines it is not asked again', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.at('tour-decline').click();
  assert.ok(await site.at('tour-take').isHidden());
  await site.open();
  assert.ok(await site.at('tour-take').isHidden());
});
