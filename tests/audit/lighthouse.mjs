/**
 * Lighthouse's verdict on the built page, served as a static host does it: text and code compressed, kept ten minutes.
 *
 *   cargo xtask build && npm install --prefix tests/audit && node tests/audit/lighthouse.mjs [--runs N] [--all]
 *
 * --runs N  for each kind of device; the median counts (3)
 * --all     every audit that is not perfect, instead of those that cost points
 *
 * It fails where a category is below 95, or something is painted only after the engine was asked for.
 */
import { parseArgs } from 'node:util';
import lighthouse, { desktopConfig } from 'lighthouse';
import { chromium } from 'playwright-core';
import { DIST } from '../e2e/paths.mjs';
import { Server } from '../e2e/server.mjs';
import { CHROME, FLAGS } from '../e2e/browsers.mjs';

const LEAST = 95;
const PORT = 9333;
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, all: { type: 'boolean', default: false } },
});

/** @param {number[]} all */
const median = (all) => all.toSorted((a, b) => a - b)[all.length >> 1] ?? NaN;

/** @param {string} form */
async function run(form) {
  const server = await new Server({
    root: DIST,
    gzip: /\.(html|css|js|json|svg|wasm|webmanifest)$|\/$/,
    headers: { 'cache-control': 'max-age=600' },
  }).start();
  const args = [...FLAGS, `--remote-debugging-port=${PORT}`];
  const browser = await chromium.launch({ executablePath: CHROME, args });
  try {
    const config = form === 'desktop' ? desktopConfig : undefined;
    const result = await lighthouse(`${server.origin}/`, { port: PORT, logLevel: 'error' }, config);
    if (!result || result.lhr.runtimeError) throw new Error(result?.lhr.runtimeError?.message ?? 'no result');
    return result.lhr;
  } finally {
    await browser.close();
    server.stop();
  }
}

let good = true;
for (const form of ['mobile', 'desktop']) {
  const runs = [];
  for (let i = 0; i < Number(values.runs); i += 1) runs.push(await run(form));
  const [first] = runs;
  for (const { id, title } of Object.values(first.categories)) {
    const scores = runs.map((lhr) => Math.round(100 * (lhr.categories[id]?.score ?? 0)));
    if (median(scores) < LEAST) good = false;
    console.log(`${form} ${title}: ${median(scores)} (${scores.join(', ')})`);
  }
  for (const id of ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'speed-index']) {
    const times = runs.map((lhr) => Math.round(lhr.audits[id]?.numericValue ?? 0));
    console.log(`${form} ${first.audits[id]?.title}: ${median(times)} ms (${times.join(', ')})`);
  }
  const shift = runs.map((lhr) => lhr.audits['cumulative-layout-shift']?.numericValue ?? 0);
  console.log(`${form} Cumulative Layout Shift: ${median(shift).toFixed(3)}`);
  for (const category of Object.values(first.categories)) {
    for (const { id, weight } of category.auditRefs) {
      const audit = first.audits[id];
      if (!audit || audit.score === null || audit.score >= 1 || (!values.all && !weight)) continue;
      console.log(`  ${category.title}: ${id} ${audit.score}: ${audit.title} ${audit.displayValue ?? ''}`);
    }
  }
}
process.exit(good ? 0 : 1);
