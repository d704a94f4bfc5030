/** Networks of one's own on the page, beside onnxruntime-web: forward passes of ONNX files, and opening a large one. */
import { residentOf } from '../e2e/memory.mjs';
import { Site } from '../e2e/site.mjs';
import { inSite, opened, rival, served } from './browser.mjs';
import { median, row } from './rows.mjs';

/** @import { Models } from './models.mjs' */

/** @param {boolean} quick */
const networks = (quick) => (quick ? ['tiny'] : ['mobilenet_v2', 'resnet18']);
/** What the other runtime opens first. */
const SMALL = '/bench/tiny.onnx';
/** A file of 102 MB. @param {boolean} quick */
const large = (quick) => (quick ? 'tiny' : 'resnet50');

/**
 * Forward passes on one thread; both sides take turns, `n` times.
 * @param {number} n @param {Models} models @param {boolean} quick a tiny network
 */
export const ownForward = (n, models, quick) =>
  inSite(async (t) => {
    const site = await Site.make(t, served(models));
    await opened(site);
    const rows = [];
    for (const name of networks(quick)) {
      await site.page.evaluate((file) => window.bench.own.open(file), `/onnx/${name}.onnx`);
      const pairs = [];
      for (let i = 0; i < n; i += 1) pairs.push(await site.page.evaluate(() => window.bench.own.pair()));
      rows.push(row(`page-onnx-${name}`, 'cpu', pairs, rival({ same: true })));
    }
    return rows;
  });

/**
 * One side opens a large file, in a page of its own.
 * @param {'openingOurs' | 'openingRival'} side @param {Models} models @param {boolean} quick
 * @returns {Promise<{ ms: number, mb: number }>} `mb` is what the page and its worker hold more than before
 */
const opening = (side, models, quick) =>
  inSite(async (t) => {
    const site = await Site.make(t, served(models));
    await opened(site);
    const cdp = await site.browserSession();
    const { page } = site;
    await page.evaluate((file) => window.bench.own.fetchFile(file), `/onnx/${large(quick)}.onnx`);
    const before = await residentOf(cdp);
    const ms = await page.evaluate(([side, file]) => window.bench.own[side](file), [side, SMALL]);
    return { ms, mb: Math.round((await residentOf(cdp)) - before) };
  });

/**
 * From the bytes of a large file to networks that can be asked, in turns, `n` times.
 * @param {number} n @param {Models} models @param {boolean} quick a tiny file
 */
export async function ownOpening(n, models, quick) {
  const [ours, theirs] = [[], []];
  for (let i = 0; i < n; i += 1) {
    ours.push(await opening('openingOurs', models, quick));
    theirs.push(await opening('openingRival', models, quick));
  }
  const pairs = ours.map(({ ms }, i) => /** @type {import('./rows.mjs').Pair} */ ([ms, theirs[i]?.ms]));
  const held = (/** @type {typeof ours} */ list) => median(list.map(({ mb }) => mb));
  const memory = { ours_mb: held(ours), rival_mb: held(theirs) };
  return [{ ...row('page-open-onnx', 'cpu', pairs, rival({ same: true })), ...memory }];
}
