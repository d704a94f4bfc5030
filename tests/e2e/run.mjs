/**
 * End-to-end tests: the finished page in a real browser.
 *
 *   cargo xtask build && node tests/e2e/run.mjs [--browser firefox] [--only TEXT] [--essential] [--screenshots]
 *     [--late MS] [--again]
 *
 * --browser NAME  chromium (the default), or firefox, driven by WebDriver BiDi
 * --only TEXT     only the tests whose names contain TEXT
 * --essential     only those for every browser at every change: load, drop, explain, what-if, export, queue
 * --screenshots   also write docs/screenshots/page.png
 * --again         what failed has a second try at the end; what passes only then is told by name
 * --late MS       the page draws so much later than it could: finds cases that read before the page has answered
 *
 * What a browser's driver cannot do is skipped, with the reason, and counted.
 * $CHROME and $FIREFOX name the browsers, $PEERLIGHT_DIST the page's folder, and $PEERLIGHT the native program, which
 * cargo builds otherwise.
 */
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runAll } from './harness.mjs';
import { DIST, OUT } from './paths.mjs';

const { values } = parseArgs({
  options: {
    browser: { type: 'string', default: process.env.PEERLIGHT_BROWSER ?? 'chromium' },
    only: { type: 'string', default: '' },
    essential: { type: 'boolean', default: false },
    screenshots: { type: 'boolean', default: false },
    late: { type: 'string', default: '' },
    again: { type: 'boolean', default: false },
  },
});
process.env.PEERLIGHT_BROWSER = values.browser;
if (values.late) process.env.PEERLIGHT_LATE = values.late;
if (values.screenshots) process.env.PEERLIGHT_SCREENSHOTS = '1';

const CASES = [
  'start',
  'explain',
  'overlay',
  'controls',
  'what-if',
  'sides',
  'zoom',
  'many',
  'keep',
  'keyboard',
  'access',
  'language',
  'tour',
  'walkthrough',
  'compare',
  'scores',
  'cancel',
  'worker-end',
  'images',
  'bundle',
  'networks',
  'hosts',
  'offline',
  'intake',
  'webgpu',
  'privacy',
  'load',
  'tasks',
  'looks',
  'monkey',
];

/** Load, drop, explain, what-if, export, queue. */
const ESSENTIAL = [
  'start: the page paints before any wasm or weights',
  'start: a second visit takes the weights from the cache',
  "explain: an image dropped gives the command line's figures",
  'explain: every sample, against the command line',
  'what if: regions by clicks and by dragging, as the command line answers',
  'keep: everything in one file, and a manifest that gives the command line the same numbers',
  'many: files picked are explained, and their figures are the command line’s',
];

await access(join(DIST, 'index.html')).catch(() => {
  console.error('There is no page in dist/. Build it with: cargo xtask build');
  process.exit(1);
});
await mkdir(OUT, { recursive: true });
const { NAMES, NAME, closeBrowsers } = await import('./browsers.mjs');
if (!NAMES.includes(NAME)) {
  console.error(`There are no cases for ${NAME}: choose ${NAMES.join(' or ')}. (WebKit: node tests/e2e/webkit.mjs)`);
  process.exit(1);
}
const { latestSite } = await import('./site.mjs');
for (const name of CASES) await import(`./cases/${name}.mjs`);

const names = values.essential ? ESSENTIAL : undefined;
const good = await runAll({ only: values.only, names, again: values.again }, async (name) => {
  const file = join(OUT, `failed-${name.replace(/\W+/g, '-').slice(0, 60)}.png`);
  await latestSite()?.page.screenshot({ path: file, timeout: 5000 });
});
await closeBrowsers();
process.exit(good ? 0 : 1);
