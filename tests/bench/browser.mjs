/** Our page's engine beside onnxruntime-web, in one real browser. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../e2e/paths.mjs';
import { GPU } from '../e2e/browsers.mjs';
import { Site } from '../e2e/site.mjs';
import { row } from './rows.mjs';

export const ORT = join(ROOT, 'tests', 'node_modules', 'onnxruntime-web', 'dist');
const VERSION = JSON.parse(readFileSync(join(ORT, '..', 'package.json'), 'utf8')).version;
/** The rival's name in a row. @param {{ same: boolean }} models */
export const rival = ({ same }) => `onnxruntime-web ${VERSION}${same ? '' : ', another network'}`;
/**
 * Ours, what the row is called, and what it takes turns with. A software WebGPU is slow: one work tells whether it
 * works.
 */
export const WORKS = [
  { work: 'explain', name: 'page-explain-224', against: 'rival' },
  { work: 'forward', name: 'page-infer-224', against: 'rival' },
  { work: 'grad-cam', name: 'page-grad-cam-224', against: 'forward' },
];

/**
 * As a plain static host answers; a second visit then finds the files in the browser's cache.
 * @param {import('./models.mjs').Models} models
 */
export const served = (models) => ({
  mounts: { 'bench/': join(ROOT, 'tests', 'bench'), 'ort/': ORT, 'onnx/': models.folder },
  headers: { 'cache-control': 'max-age=600' },
});

/**
 * Runs something that opens sites, and closes them.
 * @param {(t: { later(end: () => unknown): void }) => Promise<any>} run
 */
export async function inSite(run) {
  const ends = /** @type {(() => unknown)[]} */ ([]);
  try {
    return await run({ later: (end) => ends.push(end) });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** @param {Site} site */
export async function opened({ page, server }) {
  page.setDefaultTimeout(0);
  await page.goto(`${server.origin}/bench/page.html`);
  await page.waitForFunction(() => 'bench' in window);
}

/**
 * Each work of ours and what it is compared with take turns, `n` times after `warm` that do not count.
 * @param {'cpu' | 'webgpu'} device @param {number} n @param {number} warm
 * @param {import('./models.mjs').Models} models @param {typeof WORKS} [works]
 */
export const speed = (device, n, warm, models, works = WORKS) =>
  inSite(async (t) => {
    const site = await Site.make(t, { flags: device === 'webgpu' ? GPU : [], ...served(models) });
    const { page } = site;
    await opened(site);
    await page.evaluate(([device, models]) => window.bench.open(device, models), [device, models]);
    const time = (/** @type {string} */ work) => page.evaluate((work) => window.bench.time(work), work);
    const rows = [];
    for (const { work, name, against } of works) {
      /** @type {import('./rows.mjs').Pair[]} */
      const pairs = [];
      for (let i = -warm; i < n; i += 1) {
        const pair = /** @type {import('./rows.mjs').Pair} */ ([await time(work), await time(against)]);
        if (i >= 0) pairs.push(pair);
      }
      rows.push(row(name, device, pairs, against === 'rival' ? rival(models) : 'our own forward passes'));
    }
    return rows;
  });

/**
 * Before each visit: a browser loads pages of its own when it has started, and writes the code that it compiled a few
 * seconds after it was made.
 */
const REST_MS = 6000;

/**
 * From the address to the first explanation on screen, against the rival's first answer: with an empty cache, and on
 * the next visit, each time when both browsers have come to rest.
 * @param {number} n @param {import('./models.mjs').Models} models
 */
export async function startUp(n, models) {
  /** @type {import('./rows.mjs').Pair[][]} */
  const [cold, warm] = [[], []];
  for (let i = 0; i < n; i += 1) {
    await inSite(async (t) => {
      // Each in a browser of its own with a profile on the disk, as visitors have: compiled code is kept there alone.
      const folder = await mkdtemp(join(tmpdir(), 'peerlight-bench-'));
      t.later(() => rm(folder, { recursive: true, force: true }));
      const ours = await Site.make(t, { ...served(models), profile: join(folder, 'ours') });
      const theirs = await Site.make(t, { ...served(models), profile: join(folder, 'theirs') });
      for (const pairs of [cold, warm]) {
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
        await ours.page.goto(`${ours.server.origin}/index.html`);
        await ours.page.evaluate(() => {
          window.shown = new Promise((resolve) => {
            const look = () =>
              /Took/.test(document.querySelector('[data-testid=status]').textContent)
                ? resolve(performance.now())
                : setTimeout(look, 5);
            look();
          });
        });
        await ours.at('sample-0').click();
        const mine = await ours.page.evaluate(() => window.shown);
        await opened(theirs);
        pairs.push([mine, await theirs.page.evaluate((models) => window.bench.start(models), models)]);
      }
    });
  }
  return [row('page-start-cold', 'cpu', cold, rival(models)), row('page-start-warm', 'cpu', warm, rival(models))];
}
