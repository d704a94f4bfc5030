/**
 * Speed in a real browser, beside onnxruntime-web, and natively, beside PyTorch's libraries.
 *
 *   cargo xtask bench [--json] [-- --onnx DIR --python P --only TEXT --n 20 --save --quick]
 *
 * --onnx DIR   folder of the networks that export_onnx.py writes; otherwise target/onnx, where they are made once, in
 *              a Python environment of their own
 * --python P   Python with tests/golden/requirements.txt, for the native measurements; otherwise the one that made the
 *              models
 * --only TEXT  only the measurements whose names contain TEXT; `sizes` is one, too
 * --n COUNT    pairs to measure (20; on WebGPU 3)
 * --json       print JSON instead of a table
 * --save       write docs/benchmarks.json, too; rows and sizes measured elsewhere stay
 * --quick      a test that everything works, and no measurement: once, a tiny network for the rival, debug builds, and
 *              no PyTorch unless it is there
 *
 * Ours and the rival's runs take turns, each in a worker of the same page. Both compute the published Lite0 and Lite1.
 * `ratio` is ours / rival, `spread` the least and greatest of the pairs' ratios. "explain" is all of ours (both
 * networks, maps, regions) against the rival's two forward passes alone, "grad-cam" both networks' maps with their
 * forward passes against our own forward passes alone. "page-onnx" and "page-open-onnx" are ONNX files of one's own on
 * the page: a forward pass, and opening a large one. "forward" is a pass of networks imported from ONNX, natively, on
 * 1 and on 16 images. "train" is a whole step of the trainer that ships, with Lite0 and Lite1 as peers on 16 images;
 * `ours_mb` and `rival_mb` are the largest memory of the process.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { DIST } from '../e2e/paths.mjs';
import { browser, closeBrowsers } from '../e2e/browsers.mjs';
import { ORT, WORKS, speed, startUp } from './browser.mjs';
import { forward } from './forward.mjs';
import { rivals } from './models.mjs';
import { native } from './native.mjs';
import { ownForward, ownOpening } from './own.mjs';
import { row, save, table } from './rows.mjs';
import { sizes } from './sizes.mjs';
import { train } from './train.mjs';

const { values } = parseArgs({
  options: {
    onnx: { type: 'string' },
    python: { type: 'string' },
    only: { type: 'string', default: '' },
    n: { type: 'string' },
    json: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const { quick } = values;
if (quick && values.save) throw new Error('--quick measures nothing that could be saved');
const count = (/** @type {number} */ otherwise) => (quick ? 1 : Number(values.n ?? otherwise));
const warm = (/** @type {number} */ otherwise) => (quick ? 0 : otherwise);

const MEASUREMENTS = {
  cpu: () => speed('cpu', count(20), warm(3), models),
  start: () => startUp(count(5), models),
  webgpu: () => speed('webgpu', Math.min(count(3), 3), warm(1), models, quick ? WORKS.slice(0, 1) : WORKS),
  'page-onnx': () => ownForward(count(20), models, quick),
  'page-open-onnx': () => ownOpening(count(9), models, quick),
  native: () => native(python, row, quick),
  forward: () => forward(python, models, row, count(20), quick),
  train: () => train(python, row, count(10), quick),
};

const chosen = Object.entries(MEASUREMENTS).filter(([name]) => name.includes(values.only));
const sized = 'sizes'.includes(values.only);
// Only Python's libraries are the rivals of these.
const pure = ['native', 'train'];
const { models, python } = rivals({ ...values, export: sized || chosen.some(([name]) => !pure.includes(name)) });

const rows = [];
for (const [name, measure] of chosen) {
  const start = performance.now();
  rows.push(...(await measure()));
  console.error(`${name}: ${((performance.now() - start) / 1e3).toFixed(0)} s`);
}
const version = (await browser()).version().split('.')[0];
await closeBrowsers();
const processor = os
  .cpus()[0]
  ?.model.replace(/\(R\)|\(TM\)|\s+\d+-Core Processor| @.*$/g, '')
  .trim();
const result = {
  machine: `${os.cpus().length} cores, ${processor}, Chromium ${version}; WebGPU on a software adapter`,
  rows,
  sizes: sized ? await sizes({ dist: DIST, ort: ORT, models, quality: quick ? 1 : 9 }) : undefined,
};

if (values.json) console.log(JSON.stringify(result, null, 2));
else table(result);
if (values.save) await save(result);
