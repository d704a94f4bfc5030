import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { SAMPLES } from '../paths.mjs';
import { Site } from '../site.mjs';
import { tasksOf } from '../tasks.mjs';

/** What keeps a click waiting for longer is felt: https://web.dev/articles/optimize-long-tasks */
const MOST_MS = 50;

/**
 * @param {{ note(text: string): void }} t
 * @param {Site} site
 * @param {() => Promise<unknown>} act
 */
async function allShort(t, site, act) {
  const tasks = await tasksOf(site, act);
  const [longest] = tasks;
  assert.ok(longest, 'tasks are told');
  const told = ({ ms, at, what }) => `${ms.toFixed(0)} ms after ${at.toFixed(0)} ms (${what})`;
  t.note(`${tasks.length} tasks, the longest ${told(longest)}`);
  const long = tasks.filter(({ ms }) => ms > MOST_MS);
  assert.deepEqual(long.map(told), []);
}

test('tasks: none is long when the page starts, until all of it is there', async (t) => {
  const site = await Site.make(t);
  await allShort(t, site, async () => {
    await site.open();
    await site.at('tour').waitFor();
    await site.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  });
});

test('tasks: none is long when an image is explained', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.at('tour').waitFor();
  await allShort(t, site, async () => {
    for (const i of [0, 1, 2]) await site.shown(() => site.at(`sample-${i}`).click());
    await site.at('compare').waitFor();
  });
});

test('tasks: none is long with ten images', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.at('tour').waitFor();
  const names = (await readdir(SAMPLES)).filter((name) => name.endsWith('.jpg')).slice(0, 10);
  assert.equal(names.length, 10);
  await allShort(t, site, async () => {
    await site.at('file').setInputFiles(names.map((name) => join(SAMPLES, name)));
    await site.text('many-status', /^10 images explained/);
  });
});

test('tasks: work is counted, and waiting is not', async (t) => {
  const site = await (await Site.make(t)).open();
  const worked = await tasksOf(site, () =>
    site.page.evaluate(() => {
      let sum = 0;
      for (let i = 0; i < 1e8; i += 1) sum = (sum * 31 + i) | 0;
      return sum;
    }),
  );
  assert.ok(worked[0] && worked[0].ms > MOST_MS, JSON.stringify(worked[0]));
  site.server.faults = [{ path: /cpu\/peerlight_bg\.wasm$/, kind: 'slow' }];
  const waited = await tasksOf(site, () =>
    site.page.evaluate(() => {
      const request = new XMLHttpRequest();
      request.open('GET', 'pkg/wasm/cpu/peerlight_bg.wasm?waited', false);
      request.send();
    }),
  );
  const [slowest] = waited.toSorted((a, b) => b.wall - a.wall);
  const [work, own, wait] = [worked[0].ms, slowest?.ms, slowest?.wall].map((ms) => ms?.toFixed(0));
  t.note(`${work} ms of work; ${own} ms of the processor in a wait of ${wait} ms`);
  assert.ok(slowest && slowest.wall > 300 && slowest.ms < MOST_MS, JSON.stringify(slowest));
});
