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
  const stops = [
    'peer-predictions',
    'peer-viewer',
    'peer-agreement',
    'peer-tools',
    'section',
    'peer-start',
    'peer-keep',
  ];
  for (const [i, stop] of stops.entries()) {
    await site.text('tour-count', new RegExp(`^${i + 2} of 8$`));
    await site.page.waitForFunction((tag) => document.querySelector('.toured')?.localName === tag, stop);
    assert.equal(await focused(site), 'tour-title');
    if (i === 1) await audit(site, 'the tour');
    await site.at('tour-next').press('Enter');
  }
  await site.page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(await focused(site), 'tour', 'the focus goes back to what begins it');
  assert.equal(await toured(site), undefined);

  // Begun anew over one's work, it changes nothing of it; Escape ends it and nothing else.
  const results = await site.results();
  await site.at('tour').press('Enter');
  await site.text('tour-count', /^1 of 8$/);
  await site.at('tour-next').press('Enter');
  await site.text('tour-count', /^2 of 8$/);
  await site.at('language').selectOption('de');
  await site.text('tour-title', /^Was die Netze sagen$/);
  await site.page.keyboard.press('Escape');
  await site.page.getByRole('dialog').waitFor({ state: 'hidden' });
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

test('tour: how it works, in four steps on the image that is shown', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(() => site.at('sample-1').click());
  await site.at('steps').locator('summary').click();
  await site.text('steps-title', /^1\. Superimposed$/);
  const names = () => site.page.locator('peer-steps .name').allTextContents();
  await site.page.waitForFunction(() => document.querySelectorAll('peer-steps .tile').length === 5);
  assert.match((await names())[1] ?? '', /^Lite0: feature maps added up$/);
  const inked = await site.page
    .locator('peer-steps canvas')
    .evaluateAll((all) => all.map((c) => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size));
  assert.ok(
    inked.every((colors) => colors > 20),
    `${inked}`,
  );
  await site.at('steps-next').click();
  await site.text('steps-text', /7 × 7, so 49 regions/);
  await site.page.keyboard.press('ArrowRight');
  const agreement = await site.at('agreement').textContent();
  await site.text('steps-text', new RegExp(`agreement, here ${agreement}\\.`));
  assert.equal((await names()).at(-1), 'Correlation by region');
  await site.page.keyboard.press('ArrowRight');
  await site.text('steps-text', /to the power 1\.25/);
  assert.ok(await site.at('steps-next').isDisabled());
  await site.page.keyboard.press('ArrowLeft');
  await site.text('steps-title', /^3\. Correlated$/);
  await audit(site, 'the steps');
});
