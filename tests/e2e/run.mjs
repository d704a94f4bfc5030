/**
 * End-to-end tests: the finished page in a real browser.
 *
 *   cargo xtask build && node tests/e2e/run.mjs [--only TEXT] [--screenshots]
 *
 * --only TEXT     only the tests whose names contain TEXT
 * --screenshots   also write docs/screenshots/page.png
 *
 * $CHROME names the browser, $PEERLIGHT_DIST the page's folder, and $PEERLIGHT the native program, which cargo builds
 * otherwise.
 */
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runAll } from './harness.mjs';
import { DIST, OUT } from './paths.mjs';
import { closeBrowsers, latestSite } from './site.mjs';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, screenshots: { type: 'boolean', default: false } },
});
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
  'images',
  'bundle',
  'networks',
  'hosts',
  'offline',
  'intake',
  'webgpu',
  'privacy',
  'load',
  'looks',
  'monkey',
];

await access(join(DIST, 'index.html')).catch(() => {
  console.error('There is no page in dist/. Build it with: cargo xtask build');
  process.exit(1);
});
await mkdir(OUT, { recursive: true });
for (const name of CASES) await import(`./cases/${name}.mjs`);

const good = await runAll(values.only, async (name) => {
  const file = join(OUT, `failed-${name.replace(/\W+/g, '-').slice(0, 60)}.png`);
  await latestSite()?.page.screenshot({ path: file, timeout: 5000 });
});
await closeBrowsers();
process.exit(good ? 0 : 1);
