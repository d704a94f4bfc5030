/**
 * axe on every state of the page in every view: no finding of any weight.
 *
 *   cargo xtask build && node tests/audit/axe.mjs [--only TEXT]
 *
 * --only TEXT  only the views with TEXT in their names
 *
 * The page goes through its states once, and in each of them through the views: to reach a state takes longest.
 */
import { parseArgs } from 'node:util';
import { audit } from '../e2e/axe.mjs';
import { runAll, test } from '../e2e/harness.mjs';
import { closeBrowsers } from '../e2e/browsers.mjs';
import { Site } from '../e2e/site.mjs';
import { STATES } from '../e2e/states.mjs';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });

/** @typedef {{ width: number, height?: number }} Window */
/** @type {[string, Window, Parameters<import('playwright-core').Page['emulateMedia']>[0]][]} name, window, media */
const ALL = [
  ['1280 wide, light', { width: 1280 }, {}],
  ['1280 wide, dark', { width: 1280 }, { colorScheme: 'dark' }],
  ['390 wide, light', { width: 390 }, {}],
  ['390 wide, dark', { width: 390 }, { colorScheme: 'dark' }],
  ['320 wide', { width: 320, height: 568 }, {}],
  // A window of 1280 x 900 at 200 % has so many pixels of the page.
  ['200 %', { width: 640, height: 450 }, {}],
  ['forced colors', { width: 1280 }, { forcedColors: 'active' }],
  ['reduced motion', { width: 1280 }, { reducedMotion: 'reduce' }],
];
const VIEWS = ALL.filter(([name]) => name.includes(values.only));
const USUAL = /** @type {const} */ ({ colorScheme: 'light', forcedColors: 'none', reducedMotion: 'no-preference' });

/** The one page, which lives until the last state was seen. @type {Site} */
let site;
/** @type {(() => unknown)[]} */
const ends = [];

/**
 * @param {Window} window
 * @param {object} media
 */
async function show({ width, height = 900 }, media) {
  await site.page.setViewportSize({ width, height });
  await site.page.emulateMedia({ ...USUAL, ...media });
  // Two frames, in which the page takes its new shape.
  await site.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

for (const [state, reach] of STATES) {
  test(
    `axe: ${state}`,
    async (t) => {
      site ??= await (await Site.make({ later: (end) => ends.push(end) })).open();
      await show({ width: 1280 }, {});
      await reach(site);
      const found = [];
      for (const [name, window, media] of VIEWS) {
        await show(window, media);
        await audit(site, `${state}, ${name}`).catch((thrown) => found.push(thrown.message));
        const wide = await site.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) found.push(`${state}, ${name}: ${wide} px wider than the window`);
      }
      t.note(`${VIEWS.length} views`);
      if (found.length) throw new Error(found.join('\n'));
    },
    { ms: 15 * 60_000 },
  );
}

const good = await runAll({ only: '' });
for (const end of ends.reverse()) await end();
await closeBrowsers();
process.exit(good ? 0 : 1);
