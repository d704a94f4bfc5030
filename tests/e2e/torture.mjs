/**
 * The page under torture: a monkey, storms and a soak. Too long for every commit.
 *
 *   cargo xtask build && node tests/e2e/torture.mjs [--only TEXT] [--seed N] [--actions N] [--images N] [--minutes N]
 *
 * --only TEXT  only what has TEXT in its name: monkey, storm, soak
 * --seed N     of the monkey and of the images that are made (1)
 * --actions N  of the monkey (3000)
 * --images N   of the soak (500)
 * --minutes N  of all methods in a loop (30)
 *
 * $CHROME, $PEERLIGHT_DIST and $PEERLIGHT are as in run.mjs.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runAll } from './harness.mjs';
import { OUT } from './paths.mjs';
import { closeBrowsers } from './browsers.mjs';
import { latestSite } from './site.mjs';
import { values } from './torture/options.mjs';

await mkdir(OUT, { recursive: true });
for (const name of ['monkey', 'storms', 'soak']) await import(`./torture/${name}.mjs`);
const good = await runAll(values, async (name) => {
  const file = join(OUT, `failed-${name.replace(/\W+/g, '-').slice(0, 60)}.png`);
  await latestSite()?.page.screenshot({ path: file, timeout: 5000 });
});
await closeBrowsers();
process.exit(good ? 0 : 1);
