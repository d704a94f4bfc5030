/** A row for each measurement, as a table and as docs/benchmarks.json. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../e2e/paths.mjs';

/**
 * A pair is what ours took and what the rival took, in milliseconds; the rival's is NaN where it was left out.
 * @typedef {[number, number]} Pair
 * @typedef {{ work: string, device: string, rival: string, ours_ms: number, rival_ms: number, ratio: number,
 *   spread: number[], n: number,
 *   ours_mb?: number, rival_mb?: number }} Row
 * @typedef {{ machine: string, rows: Row[], sizes?: { name: string, bytes: number, brotli: number }[] }} Result
 */

export const median = (/** @type {number[]} */ list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const round = (/** @type {number} */ x, digits = 1) => Number(x.toFixed(digits));

/** @param {string} work @param {string} device @param {Pair[]} pairs @param {string} rival @returns {Row} */
export function row(work, device, pairs, rival) {
  const [ours, theirs] = [median(pairs.map((p) => p[0])), median(pairs.map((p) => p[1]))];
  const ratios = pairs.map(([a, b]) => a / b);
  return {
    work,
    device,
    rival,
    ours_ms: round(ours),
    rival_ms: round(theirs),
    ratio: round(ours / theirs, 2),
    spread: [Math.min(...ratios), Math.max(...ratios)].map((r) => round(r, 2)),
    n: pairs.length,
  };
}

/** @param {Result} result */
export function table({ machine, rows, sizes }) {
  console.log(`${machine}\n`);
  const line = (/** @type {(string | number)[]} */ [work, device, ours, rival, ratio, spread, n, name]) =>
    console.log(
      `${String(work).padEnd(22)}${String(device).padEnd(8)}${String(ours).padStart(12)}${String(rival).padStart(12)}` +
        `${String(ratio).padStart(8)}   ${String(spread).padEnd(15)}${String(n).padEnd(4)}${name}`,
    );
  line(['work', 'device', 'ours', 'rival', 'ratio', 'spread', 'n', 'rival']);
  for (const r of rows) {
    const known = !Number.isNaN(r.ratio);
    const spread = known ? r.spread.map((s) => s.toFixed(2)).join(' to ') : '';
    const theirs = known ? [`${r.rival_ms} ms`, r.ratio.toFixed(2)] : ['', ''];
    line([r.work, r.device, `${r.ours_ms} ms`, ...theirs, spread, r.n, r.rival]);
  }
  if (!sizes) return;
  console.log('');
  const mb = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(2).padStart(8)} MB`;
  for (const { name, bytes, brotli } of sizes) {
    console.log(`${name.padEnd(32)}${mb(bytes)}${mb(brotli)} with brotli`);
  }
}

/** Writes docs/benchmarks.json; rows that others measured stay, and so do sizes. @param {Result} all */
export async function save(all) {
  const file = join(ROOT, 'docs', 'benchmarks.json');
  const before = JSON.parse(await readFile(file, 'utf8').catch(() => '{"rows":[],"sizes":[]}'));
  const same = (/** @type {Row} */ a, /** @type {Row} */ b) =>
    a.work === b.work && a.device === b.device && a.rival.split(' ')[0] === b.rival.split(' ')[0];
  const kept = before.rows.filter((/** @type {Row} */ old) => !all.rows.some((now) => same(old, now)));
  const list = (/** @type {object[]} */ items) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
  const fields = [
    `"machine": ${JSON.stringify(all.machine)}`,
    `"rows": [\n${list([...all.rows, ...kept])}\n  ]`,
    `"sizes": [\n${list(all.sizes ?? before.sizes)}\n  ]`,
  ];
  await writeFile(file, `{\n  ${fields.join(',\n  ')}\n}\n`);
}
