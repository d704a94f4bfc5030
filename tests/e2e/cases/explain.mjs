import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { checkScreen } from '../screen.mjs';
import { Site } from '../site.mjs';
import { compare, native, nativeOf } from '../native.mjs';
import { png, sampleFiles } from '../images.mjs';

/**
 * Two JPEG decoders differ by a few levels in a pixel, and the correlation within one region feels that most. The cat's
 * mean attention differs by up to 0.0301.
 */
const JPEG = { p: 0.05, rho: 0.5, mean: 0.035 };

const WAYS = {
  dropped: (site, file) => site.drop(file),
  picked: (site, file) => site.pick(file),
  pasted: (site, file) => site.paste(file),
};

for (const [way, take] of Object.entries(WAYS)) {
  test(`explain: an image ${way} gives the command line's figures`, async (t) => {
    const site = await (await Site.make(t)).open();
    const name = { dropped: 'cat', picked: 'coffee', pasted: 'bee' }[way];
    const file = await png(name);
    await site.explain(() => take(site, file));
    const figures = await site.figures();
    const [other] = await native([file]);
    t.note(`${figures.peers[0].top[0].label}; ${compare(figures, other)}`);
    await checkScreen(site, figures);
  });
}

test('explain: every sample, against the command line', async (t) => {
  const site = await (await Site.make(t)).open();
  const files = await sampleFiles();
  let far = '';
  for (const [i, file] of files.entries()) {
    await site.explain(() => site.at(`sample-${i}`).click());
    const figures = await site.figures();
    far = compare(figures, await nativeOf(file, figures), JPEG);
    t.note(`${figures.peers[0].top[0].label} ${figures.agreement.toFixed(2)} (${far})`);
    assert.equal(await site.at(`sample-${i}`).getAttribute('aria-pressed'), 'true');
  }
});

test("explain: settings give the command line's figures too", async (t) => {
  const site = await (await Site.make(t)).open();
  const file = await png('citrus');
  await site.explain(() => site.pick(file));
  await site.explain(() => site.at('grid').fill('4'));
  await site.explain(() => site.at('evidence').selectOption('attention'));
  await site.at('more-settings').locator('summary').click();
  await site.explain(() => site.at('fuse').selectOption('geometric'));
  await site.explain(() => site.at('weight').selectOption('uniform'));
  const figures = await site.figures();
  const [other] = await native(
    [file],
    ['--grid', '4', '--evidence', 'attention', '--fuse', 'geometric', '--weight', 'uniform'],
  );
  t.note(compare(figures, other));
  await checkScreen(site, figures);
});
