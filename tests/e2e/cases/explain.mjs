import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { Site } from '../site.mjs';
import { compare, native } from '../native.mjs';
import { png, sampleFiles } from '../images.mjs';

/** Two decoders differ by a few levels in a pixel, and the correlation within one region feels that most. */
const JPEG = { p: 0.05, rho: 0.5, mean: 0.03 };

/**
 * As the page writes numbers.
 * @param {number} x
 */
export const decimal = (x) => (x < 0 && x.toFixed(2) !== '-0.00' ? `−${(-x).toFixed(2)}` : Math.abs(x).toFixed(2));

/**
 * The numbers on screen are those of the saved figures.
 * @param {Site} site
 * @param {any} figures
 */
export async function checkScreen(site, figures) {
  assert.equal(await site.at('agreement').textContent(), decimal(figures.agreement));
  for (const peer of figures.peers) {
    const rows = await site
      .at(`top-${peer.id}`)
      .locator('button')
      .evaluateAll((all) =>
        all.map((b) => ({
          class: Number(b.dataset.class),
          probability: Number(b.dataset.probability),
          text: b.textContent,
        })),
      );
    assert.deepEqual(
      rows.slice(0, 5).map((r) => [r.class, r.probability]),
      peer.top.map((r) => [r.class, r.probability]),
    );
    assert.ok(
      rows[0].text.includes(peer.top[0].label) &&
        rows[0].text.includes(`${(100 * peer.top[0].probability).toFixed(1).replace('100.0', '100')}%`),
      rows[0].text,
    );
  }
  const cells = await site
    .at('regions')
    .getByRole('gridcell')
    .evaluateAll((all) =>
      all.map((c) => ({ rho: Number(c.dataset.rho), text: c.textContent, label: c.getAttribute('aria-label') })),
    );
  assert.equal(cells.length, figures.regions.length);
  cells.forEach((cell, i) => {
    const region = figures.regions[i];
    assert.equal(cell.rho, region.rho);
    assert.equal(cell.text, region.constant ? '–' : decimal(region.rho));
    assert.match(cell.label, new RegExp(`^Row ${region.row + 1}, column ${region.column + 1}: `));
  });
  const rows = await site
    .at('regions-table')
    .locator('tbody tr')
    .evaluateAll((all) => all.map((r) => Array.from(r.children, (c) => c.textContent)));
  assert.equal(rows.length, figures.settings.grid ** 2);
  rows.forEach((row, i) => {
    const region = figures.regions[i];
    assert.deepEqual(row.slice(0, 3), [String(region.row + 1), String(region.column + 1), decimal(region.rho)]);
    assert.deepEqual(row.slice(3, 5), region.attention.map(decimal));
  });
}

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

test('explain: every sample, against the command line (JPEG: two decoders, so within 0.05, the means within 0.03)', async (t) => {
  const site = await (await Site.make(t)).open();
  const files = await sampleFiles();
  const others = await native(files);
  let far = '';
  for (const [i, other] of others.entries()) {
    await site.explain(() => site.at(`sample-${i}`).click());
    const figures = await site.figures();
    far = compare(figures, other, JPEG);
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
