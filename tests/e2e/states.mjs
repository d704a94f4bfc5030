import { done, pick } from './comparison.mjs';
import { png } from './images.mjs';
import { FIXTURES } from './paths.mjs';
import { join } from 'node:path';

/** @import { Site } from './site.mjs' */

/**
 * The states that the page can be in, one after the other: what leads to each from the one before.
 * @type {[string, (site: Site) => Promise<unknown>][]}
 */
export const STATES = [
  ['empty', async () => {}],
  ['explained', (site) => site.explain(() => site.at('sample-0').click())],
  [
    'all open',
    async (site) => {
      const closed = site.page.locator('details:not([open]) > summary:visible');
      while (await closed.count()) await closed.first().click();
      await site.at('target').click();
      await site.page.getByRole('listbox').waitFor();
    },
  ],
  [
    'what if',
    async (site) => {
      await site.page.keyboard.press('Escape');
      await site.at('region-1-1').focus();
      await site.page.keyboard.press(' ');
      await site.text('what-if-sentence', /^Hiding/);
      await site.at('effects').click();
      await site.text('effects-note', /Took/);
    },
  ],
  [
    'compared, as cards with curves',
    async (site) => {
      await pick(site, ['mutual', 'cam', 'grad-cam']);
      await site.at('compare').click();
      await done(site, 200_000);
      const slow = site.page.locator('peer-curves button:visible').first();
      if (await slow.isVisible()) await slow.click();
      await done(site, 200_000);
    },
  ],
  ['compared, as a table', (site) => site.at('view-table').click()],
  [
    'many images',
    async (site) => {
      const files = [await png('cat'), await png('bee'), await png('coffee'), join(FIXTURES, 'README.md')];
      await site.at('file').setInputFiles(files);
      await site.text('many-status', /^3 images explained/, 120_000);
      await site.at('many-grouped').check();
    },
  ],
  [
    'networks of one’s own',
    async (site) => {
      await site.drop(join(FIXTURES, 'networks', 'small.onnx'), join(FIXTURES, 'networks', 'others.onnx'));
      await site.text('networks-open', /^Open 2 networks/);
    },
  ],
  [
    'an error',
    async (site) => {
      await site.pick({ name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no image') });
      await site.at('error').waitFor();
    },
  ],
];
