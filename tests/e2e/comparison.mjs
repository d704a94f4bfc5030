/** @import { Site } from './site.mjs' */

/** A few methods of every price. */
export const FEW = ['mutual', 'cam', 'grad-cam', 'layer-cam'];

/**
 * A sample explained, and no methods picked but these.
 * @param {Site} site
 * @param {string[]} ids
 */
export async function picking(site, ids) {
  await site.explain(() => site.at('sample-0').click());
  await pick(site, ids);
}

/**
 * @param {Site} site
 * @param {string[]} ids
 */
export async function pick(site, ids) {
  const list = site.page.locator('peer-methods details');
  if (!(await list.getAttribute('open').then((open) => open !== null))) await site.at('methods').click();
  for (const box of await site.page.locator('peer-methods input').all()) {
    const id = (await box.getAttribute('data-testid'))?.replace('pick-', '') ?? '';
    await box.setChecked(ids.includes(id));
  }
}

/**
 * Presses the button, and waits until all is done.
 * @param {Site} site
 */
export async function run(site) {
  await site.at('compare').click();
  await done(site);
}

/**
 * Waits until all is done; what was done before a click is still on the page for a frame.
 * @param {Site} site
 * @param {number} [timeout]
 */
export async function done(site, timeout = 100_000) {
  await site.page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  await site.text('compare-status', /^(All \d+ are done|Done)\.$/, timeout);
}

/** @param {Site} site */
export const saved = async (site) => JSON.parse((await site.save('compare-json')).bytes.toString());

/**
 * @param {any} table
 * @param {string} method
 */
export const rowOf = (table, method) => table.rows.find((r) => r.method === method);

/**
 * The ids of the cards, in their order.
 * @param {Site} site
 */
export const order = (site) =>
  site.page.locator('.cards peer-method').evaluateAll((all) => all.map((n) => n.dataset.testid.replace('card-', '')));

/**
 * @param {Site} site
 * @param {string} id
 * @param {string} figure
 */
export const figureOf = (site, id, figure) =>
  site
    .at(`card-${id}`)
    .locator(`[data-figure="${figure}"]`)
    .evaluate((n) => (n.dataset.value === '' ? null : Number(n.dataset.value)));
