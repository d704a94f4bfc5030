import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { OUT, ROOT } from '../paths.mjs';
import { channels, encodePng } from '../png.mjs';
import { Site, decode } from '../site.mjs';

const VIEWS = [
  { name: 'light', width: 1280, scheme: 'light' },
  { name: 'dark', width: 1280, scheme: 'dark' },
  { name: 'phone', width: 390, scheme: 'light', touch: true },
];

/**
 * An image's noise is most of a screenshot's bytes: 86 levels a channel look the same.
 * @param {Buffer} png
 */
async function slim(png) {
  const { width, height, rgba } = await decode(png);
  const levels = rgba.map((v) => Math.round(v / 3) * 3);
  return encodePng(width, height, channels(levels, [0, 1, 2]), { filter: true, level: 9 });
}

for (const { name, ...view } of VIEWS) {
  test(`looks: images of the page, ${name}`, async (t) => {
    const site = await (await Site.make(t, { height: 900, ...view })).open();
    await site.page.screenshot({ path: join(OUT, `${name}-start.png`) });
    // By keyboard, so that no pointer lies over a region.
    await site.page.mouse.move(5, 5);
    await site.shown(() => site.at('sample-0').press('Enter'));
    await site.page.evaluate(() => Promise.all([...document.images].map((i) => i.decode().catch(() => {}))));
    await site.page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });
    await site.page.evaluate(() => scrollTo(0, 0));
    await site.page.screenshot({ path: join(OUT, `${name}-top.png`) });
    const wide = await site.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px wider than the window`);
    if (name !== 'light' || !process.env.PEERLIGHT_SCREENSHOTS) return;
    const folder = join(ROOT, 'docs', 'screenshots');
    await mkdir(folder, { recursive: true });
    await site.page.setViewportSize({ width: 1180, height: 920 });
    await site.page.evaluate(() => scrollTo(0, 0));
    const small = await slim(await site.page.screenshot());
    await writeFile(join(folder, 'page.png'), small);
    t.note(`docs/screenshots/page.png has ${Math.round(small.length / 1000)} kB`);
    assert.ok(small.length <= 400_000, 'the image in the README is larger than 400 kB');
  });
}

test('looks: on paper there is nothing to press, and no dark', async (t) => {
  const site = await (await Site.make(t, { width: 794, scheme: 'dark' })).open();
  await site.shown(() => site.at('sample-0').click());
  await site.page.locator('peer-start button').first().waitFor();
  await site.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const ways = ['peer-intake', 'peer-networks', 'peer-keep', 'peer-view', 'peer-tools', 'nav', '.panel', '.compare'];
  for (const way of ways) {
    for (const node of await site.page.locator(way).all()) assert.ok(!(await node.isVisible()), `${way} is printed`);
  }
  for (const kept of ['peer-agreement', 'peer-maps', 'peer-predictions', 'peer-viewer']) {
    assert.ok(await site.page.locator(kept).isVisible(), `${kept} is not printed`);
  }
  const [paper, ink] = await site.page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body);
    return [backgroundColor, color].map((text) => Number(text.match(/\d+/)?.[0]));
  });
  assert.ok(paper > 200 && ink < 80, `ink of ${ink} on paper of ${paper}`);
});
