import assert from 'node:assert/strict';
import { NAME } from '../browsers.mjs';
import { test } from '../harness.mjs';
import { Site, inWorker } from '../site.mjs';

test('start: the page paints before any wasm or weights', async (t) => {
  const site = await Site.make(t, { faults: [{ path: /\.(wasm|safetensors)$/, kind: 'hold' }] });
  await site.open({ ready: false });
  await site.page.getByRole('heading', { level: 1 }).waitFor();
  assert.ok(await site.at('drop').isVisible());
  await site.at('sample-0').waitFor();
  const paint = await site.page.waitForFunction(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  );
  await site.text('status', /Loading the networks/);
  t.note(`first paint after ${Math.round(/** @type {number} */ (await paint.jsonValue()))} ms`);
  site.server.release();
  await site.text('status', /^Ready\./);
});

test('start: an image chosen while the networks load is explained when they are there', async (t) => {
  const site = await Site.make(t, { faults: [{ path: /\.safetensors$/, kind: 'hold' }] });
  await site.open({ ready: false });
  const result = await site.explain(async () => {
    await site.at('sample-0').click();
    await site.text('status', /Your image is next/);
    site.server.release();
  });
  assert.equal(result.peers.length, 2);
});

test('start: without a graphics adapter the CPU is used and the reason given', async (t) => {
  const site = await (await Site.make(t)).open();
  assert.equal(await site.at('device').getAttribute('data-kind'), 'cpu');
  await site.explain(() => site.at('sample-0').click());
  const reason = await site.text('device-reason', /no WebGPU|software adapter/);
  t.note(reason);
  await site.at('device-webgpu').click();
  await site.text('device-reason', /no WebGPU|WebGPU cannot be used here/);
  await site.text('device-name', /the CPU/);
  assert.equal((await site.explain(() => site.at('sample-1').click())).image.width > 0, true);
});

test('start: a second visit takes the weights from the cache', async (t) => {
  const site = await (await Site.make(t)).open();
  assert.equal(site.server.count(/safetensors/), 1);
  await site.open();
  assert.equal(site.server.count(/safetensors/), 1);
});

/** Counts what is hashed, on the page and in the worker. */
const COUNT = `{
  const { digest } = SubtleCrypto.prototype;
  self.hashed = 0;
  SubtleCrypto.prototype.digest = function (...args) {
    self.hashed += 1;
    return digest.apply(this, args);
  };
}
`;

test('start: a second visit asks no network and hashes nothing before its first map', async (t) => {
  const site = await Site.make(t, { edits: inWorker(COUNT) });
  await site.context.addInitScript(COUNT);
  await site.open();
  await site.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  // All of the first visit is over: the page's later part, and what that imports.
  await site.at('tour').waitFor();
  await site.page.waitForLoadState('networkidle');
  site.server.asked.length = 0;
  await site.open();
  await site.explain(() => site.at('sample-0').click());
  // Whether there is a new build is asked by the browser itself. Firefox shows the import of a worker from a blob
  // nothing of what is kept; from a server that lets browsers keep files it takes its own copy.
  const beyond = NAME === 'firefox' ? ['/sw.js', '/pkg/worker.js'] : ['/sw.js'];
  const asked = site.server.asked.filter(({ path }) => !beyond.includes(path));
  assert.deepEqual(asked, []);
  const worker = await site.worker();
  const hashed = async () => [await site.page.evaluate(() => self.hashed), await worker.evaluate(() => self.hashed)];
  assert.deepEqual(await hashed(), [0, 0]);
  // It is made up for behind the map.
  while ((await hashed())[1] === 0) await site.page.waitForTimeout(100);
  assert.deepEqual(await hashed(), [0, 1]);
  assert.ok(await site.at('error').isHidden());
});

test('start: the first map takes few files, and no image but small ones', async (t) => {
  const site = await Site.make(t, { faults: [{ path: /later-|sw\.js/, kind: 'hold' }] });
  await site.open();
  await site.explain(() => site.at('sample-0').click());
  const paths = site.server.asked.map(({ path }) => path);
  const count = (/** @type {RegExp} */ like) => paths.filter((path) => like.test(path)).length;
  t.note(`${paths.length} requests, of them ${count(/\.js$/)} scripts`);
  assert.ok(count(/\.js$/) <= 14, paths.join());
  assert.deepEqual([count(/\.css$/), count(/\.wasm$/), count(/samples\/\w+\.jpg$/)], [1, 1, 1]);
  assert.equal(await site.at('compare').count(), 0, 'the comparison is not there yet');
  // What comes behind is there for what was explained before it.
  site.server.release();
  await site.at('compare').waitFor();
  await site.at('region-1-1').focus();
  await site.page.keyboard.press(' ');
  await site.text('what-if-sentence', /^Hiding/);
});

test('start: a part of the page that does not come is told, and the maps are there without it', async (t) => {
  const site = await Site.make(t, { faults: [{ path: /later-|sw\.js/, kind: 'missing' }] });
  await site.open();
  await site.explain(() => site.at('sample-0').click());
  await site.text('offline', /^A part of the page could not be loaded.*Reload the page\.$/);
});

/** The most that is called good: https://web.dev/articles/cls */
const GOOD_SHIFT = 0.1;

test('start: what loads later moves little', async (t) => {
  for (const width of [320, 412, 800, 1350]) {
    const site = await (await Site.make(t, { width, height: 823 })).open();
    await site.at('tour').waitFor();
    const moved = await site.page.evaluate(
      () =>
        new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += /** @type {any} */ (entry).value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => done(sum), 500);
        }),
    );
    t.note(`${width}: ${moved.toFixed(3)}`);
    assert.ok(moved < GOOD_SHIFT, `${width} wide: ${moved}`);
  }
});
