import assert from 'node:assert/strict';

/** @import { Site } from './site.mjs' */

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
  await site.at('numbers').selectOption('correlation');
  await site.page.waitForFunction(() => location.hash.includes('numbers=correlation'));
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
  assert.equal(rows.length, figures.grid ** 2);
  rows.forEach((row, i) => {
    const region = figures.regions[i];
    assert.deepEqual(row.slice(0, 3), [String(region.row + 1), String(region.column + 1), decimal(region.rho)]);
    assert.deepEqual(row.slice(3, 5), region.attention.map(decimal));
  });
}
