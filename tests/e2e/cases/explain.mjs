import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from '../harness.mjs';
import { checkScreen } from '../screen.mjs';
import { Site } from '../site.mjs';
import { DECODERS, compare, native, nativeOf } from '../native.mjs';
import { png, sampleFiles } from '../images.mjs';

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
  for (const [i, file] of (await sampleFiles()).entries()) {
    await site.explain(() => site.at(`sample-${i}`).click());
    const figures = await site.figures();
    // The pixels that this browser decodes, and then the file, which the program decodes by itself.
    const [same] = await native([await png(basename(file, '.jpg'))]);
    const pixels = compare(figures, same);
    const decoders = compare(figures, await nativeOf(file, figures), DECODERS);
    t.note(`${figures.peers[0].top[0].label} ${figures.agreement.toFixed(2)} (${pixels}; decoders: ${decoders})`);
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
