/**
 * Speed in a real browser, beside onnxruntime-web, and natively, beside PyTorch's libraries.
 *
 *   cargo xtask bench [--json] [-- --onnx DIR --python P --only TEXT --n 20 --save]
 *
 * --onnx DIR   folder of lite0.onnx and lite1.onnx; otherwise target/onnx, where they are made once, in a Python environment of their own
 * --python P   Python with tests/golden/requirements.txt, for the native measurements; otherwise the one that made the models
 * --only TEXT  only the measurements whose names contain TEXT
 * --n COUNT    pairs to measure (20; on WebGPU 3)
 * --json       print JSON instead of a table
 * --save       write docs/benchmarks.json, too; rows measured elsewhere stay
 *
 * Ours and the rival's runs take turns, each in a worker of the same page. `ratio` is ours / rival, `spread` the least and greatest of the
 * pairs' ratios. “explain” is all of ours (both nets, maps, regions) against the rival's two forward passes alone, “grad-cam” both
 * nets' maps with their forward passes against our own forward passes alone. “train” is one step of Lite0 on 16 images; `ours_mb` and
 * `rival_mb` are the largest memory of the process.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DIST, ROOT } from '../e2e/paths.mjs';
import { GPU, Site, browser, closeBrowsers } from '../e2e/site.mjs';
import { native } from './native.mjs';
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
  },
});
const ORT = join(ROOT, 'tests', 'node_modules', 'onnxruntime-web', 'dist');
const ONNX = values.onnx ? resolve(values.onnx) : models();
const PYTHON = values.python ?? join(ROOT, 'target', 'onnx-python', 'bin', 'python');
const RIVAL = `onnxruntime-web ${JSON.parse(await readFile(join(ORT, '..', 'package.json'), 'utf8')).version}`;
/** As a plain static host answers; a second visit then finds the files in the browser's cache. */
const served = {
  mounts: { 'bench/': join(ROOT, 'tests', 'bench'), 'ort/': ORT, 'onnx/': ONNX },
  headers: { 'cache-control': 'max-age=600' },
};

/** Makes the rival's models once. */
function models() {
  const dir = join(ROOT, 'target', 'onnx');
  if (existsSync(join(dir, 'lite1.onnx'))) return dir;
  const venv = join(ROOT, 'target', 'onnx-python');
  const python = join(venv, 'bin', 'python');
  const run = (program, ...args) => execFileSync(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  console.error('making the ONNX models in target/onnx (once; needs Python 3 with venv)');
  run('python3', '-m', 'venv', venv);
  run(python, '-m', 'pip', 'install', '--quiet', '-r', join('tests', 'golden', 'requirements.txt'));
  run(python, join('tests', 'bench', 'export_onnx.py'), dir);
  return dir;
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const round = (x, digits = 1) => Number(x.toFixed(digits));

/** @param {string} work @param {string} device @param {[number, number][]} pairs ours, rival's */
function row(work, device, pairs, against = RIVAL) {
  const [ours, rival] = [median(pairs.map((p) => p[0])), median(pairs.map((p) => p[1]))];
  const ratios = pairs.map(([a, b]) => a / b);
  const spread = [Math.min(...ratios), Math.max(...ratios)].map((r) => round(r, 2));
  return {
    work,
    device,
    rival: against,
    ours_ms: round(ours),
    rival_ms: round(rival),
    ratio: round(ours / rival, 2),
    spread,
    n: pairs.length,
  };
}

/** @param {(t: { later(end: () => unknown): void }) => Promise<any>} run */
async function inSite(run) {
  const ends = /** @type {(() => unknown)[]} */ ([]);
  try {
    return await run({ later: (end) => ends.push(end) });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** @param {'cpu' | 'webgpu'} device @param {number} n @param {number} warm */
const speed = (device, n, warm) =>
  inSite(async (t) => {
    const { page, server } = await Site.make(t, { flags: device === 'webgpu' ? GPU : [], ...served });
    page.setDefaultTimeout(0);
    await page.goto(`${server.origin}/bench/page.html`);
    await page.waitForFunction(() => 'bench' in window);
    await page.evaluate((device) => window.bench.open(device), device);
    const time = (/** @type {string} */ work) => page.evaluate((work) => window.bench.time(work), work);
    const rows = [];
    const works = [
      ['explain', 'page-explain-224', 'rival'],
      ['forward', 'page-infer-224', 'rival'],
      ['grad-cam', 'page-grad-cam-224', 'forward'],
    ];
    for (const [work, name, rival] of works) {
      /** @type {[number, number][]} */
      const pairs = [];
      for (let i = -warm; i < n; i += 1) {
        const pair = /** @type {[number, number]} */ ([await time(work), await time(rival)]);
        if (i >= 0) pairs.push(pair);
      }
      rows.push(row(name, device, pairs, rival === 'rival' ? RIVAL : 'our own forward passes'));
    }
    return rows;
  });

/** From the address to the first explanation on screen, against the rival's first answer: with an empty cache, and on the next visit. @param {number} n */
async function startUp(n) {
  /** @type {[number, number][]} */
  const cold = [];
  /** @type {[number, number][]} */
  const warm = [];
  for (let i = 0; i < n; i += 1) {
    await inSite(async (t) => {
      const ours = await Site.make(t, served);
      const rival = await Site.make(t, served);
      for (const pairs of [cold, warm]) {
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
        await rival.page.goto(`${rival.server.origin}/bench/page.html`);
        await rival.page.waitForFunction(() => 'bench' in window);
        pairs.push([mine, await rival.page.evaluate(() => window.bench.start())]);
      }
    });
  }
  return [row('page-start-cold', 'cpu', cold), row('page-start-warm', 'cpu', warm)];
}

const count = (otherwise) => Number(values.n ?? otherwise);
const MEASUREMENTS = {
  cpu: () => speed('cpu', count(20), 3),
  start: () => startUp(count(5)),
  webgpu: () => speed('webgpu', Math.min(count(3), 3), 1),
  native: () => native(PYTHON, row),
  train: () => train(PYTHON, row, count(10)),
};

const rows = [];
for (const [name, measure] of Object.entries(MEASUREMENTS)) {
  if (name.includes(values.only)) rows.push(...(await measure()));
}
const version = (await browser()).version().split('.')[0];
await closeBrowsers();
const model = os
  .cpus()[0]
  ?.model.replace(/\(R\)|\(TM\)|\s+\d+-Core Processor| @.*$/g, '')
  .trim();
const result = {
  machine: `${os.cpus().length} cores, ${model}, Chromium ${version}; WebGPU on a software adapter`,
  rows,
  sizes: await sizes({ dist: DIST, ort: ORT, onnx: ONNX }),
};

if (values.json) console.log(JSON.stringify(result, null, 2));
else table(result);
if (values.save) await save(result);

/** @param {typeof result} all */
function table({ machine, rows, sizes }) {
  console.log(`${machine}\n`);
  console.log(
    `${'work'.padEnd(20)}${'device'.padEnd(8)}${'ours'.padStart(12)}${'rival'.padStart(12)}${'ratio'.padStart(8)}   spread         n   rival`,
  );
  for (const r of rows) {
    console.log(
      `${r.work.padEnd(20)}${r.device.padEnd(8)}${`${r.ours_ms} ms`.padStart(12)}${`${r.rival_ms} ms`.padStart(12)}${r.ratio.toFixed(2).padStart(8)}   ${r.spread
        .map((s) => s.toFixed(2))
        .join(' to ')
        .padEnd(14)} ${String(r.n).padEnd(3)} ${r.rival}`,
    );
  }
  console.log('');
  for (const { name, bytes, brotli } of sizes)
    console.log(
      `${name.padEnd(32)}${(bytes / 1e6).toFixed(2).padStart(8)} MB${(brotli / 1e6).toFixed(2).padStart(8)} MB with brotli`,
    );
}

/** Keeps what others measured. @param {typeof result} all */
async function save(all) {
  const file = join(ROOT, 'docs', 'benchmarks.json');
  const before = JSON.parse(await readFile(file, 'utf8').catch(() => '{"rows":[]}'));
  const same = (a, b) => a.work === b.work && a.device === b.device && a.rival.split(' ')[0] === b.rival.split(' ')[0];
  const kept = before.rows.filter((old) => !all.rows.some((now) => same(old, now)));
  await mkdir(join(ROOT, 'docs'), { recursive: true });
  const lines = (list) => list.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
  await writeFile(
    file,
    `{\n  "machine": ${JSON.stringify(all.machine)},\n  "rows": [\n${lines([...all.rows, ...kept])}\n  ],\n  "sizes": [\n${lines(all.sizes)}\n  ]\n}\n`,
  );
}
