/** @import { Site } from './site.mjs' */

/**
 * What has the focus.
 * @param {Site} site
 */
export const focused = (site) =>
  site.page.evaluate(() => ({
    id: document.activeElement?.dataset?.testid ?? '',
    label: document.activeElement?.getAttribute('aria-label') ?? '',
    text: document.activeElement?.textContent?.trim() ?? '',
  }));

/**
 * Tabs until something has the focus.
 * @param {Site} site
 * @param {RegExp} id
 */
export async function tabTo(site, id, key = 'Tab') {
  for (let i = 0; i < 60; i += 1) {
    await site.page.keyboard.press(key);
    if (id.test((await focused(site)).id)) return i + 1;
  }
  throw new Error(`the keyboard does not reach ${id}`);
}
