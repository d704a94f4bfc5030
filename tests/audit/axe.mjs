/**
 * axe on every state of the page in every view: no finding of any weight.
 *
 *   cargo xtask build && node tests/audit/axe.mjs [--only TEXT]
 *
 * --only TEXT  only the views with TEXT in their names
 */
import { audit } from '../e2e/axe.mjs';
import { runAll, test } from '../e2e/harness.mjs';
import { closeBrowsers } from '../e2e/browsers.mjs';
import { Site } from '../e2e/site.mjs';
import { STATES } from '../e2e/states.mjs';

/** @type {[string, object, object][]} name, window, media */
const VIEWS = [
  ['1280 wide, light', { width: 1280 }, {}],
  ['1280 wide, dark', { width: 1280, scheme: 'dark' }, {}],
  ['390 wide, light', { width: 390 }, {}],
  ['390 wide, dark', { width: 390, scheme: 'dark' }, {}],
  ['320 wide', { width: 320, height: 568 }, {}],
  // A window of 1280 x 900 at 200 % has so many pixels of the page.
  ['200 %', { width: 640, height: 450 }, {}],
  ['forced colors', { width: 1280 }, { forcedColors: 'active' }],
  ['reduced motion', { width: 1280 }, { reducedMotion: 'reduce' }],
];

for (const [name, view, media] of VIEWS) {
  test(
    `axe: ${name}`,
    async (t) => {
      const site = await Site.make(t, view);
      await site.page.emulateMedia(media);
      await site.open();
      const found = [];
      for (const [state, reach] of STATES) {
        await reach(site);
        await audit(site, state).catch((thrown) => found.push(thrown.message));
        const wide = await site.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) found.push(`${state}: ${wide} px wider than the window`);
      }
      t.note(`${STATES.length} states`);
      if (found.length) throw new Error(found.join('\n'));
    },
    { ms: 15 * 60_000 },
  );
}

const at = process.argv.indexOf('--only');
const good = await runAll({ only: at < 0 ? '' : (process.argv[at + 1] ?? '') });
await closeBrowsers();
process.exit(good ? 0 : 1);
