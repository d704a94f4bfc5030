import assert from 'node:assert/strict';
import { near, test } from '../harness.mjs';
import { GPU } from '../browsers.mjs';
import { SLOW, Site, inWorker } from '../site.mjs';
import { png } from '../images.mjs';

const LONG = 150_000;

/**
 * Chooses WebGPU by hand, after a first image: with it come the settings.
 * @param {Site} site
 * @param {RegExp} name what the page then says it uses
 */
async function choose(site, name) {
  if (!(await site.results())) await site.shown(() => site.at('sample-1').click());
  await site.at('device-webgpu').click();
  await site.page.waitForFunction(
    () => !/Changing/.test(document.querySelector('[data-testid=device-reason]').textContent),
    undefined,
    { timeout: LONG },
  );
  return `${await site.text('device-name', name, LONG)} ${await site.at('device-reason').textContent()}`;
}

test(
  "webgpu: by hand on the software adapter, with the CPU's figures; lost in the middle, the CPU takes over",
  async (t) => {
    const site = await (await Site.make(t, { flags: GPU, edits: inWorker(SLOW) })).open();
    const cat = await png('cat');
    const cpu = await site.explain(() => site.pick(cat));
    t.note(await site.text('device-reason', /software adapter/));

    const start = performance.now();
    t.note(await choose(site, /on WebGPU/));
    const ready = performance.now();
    const gpu = await site.explain(() => site.pick(cat), LONG);
    t.note(`open ${((ready - start) / 1000).toFixed(1)} s, first ${((performance.now() - ready) / 1000).toFixed(1)} s`);
    let far = 0;
    const maps = [...cpu.peers.map((p, k) => [p, gpu.peers[k]]), [cpu, gpu]];
    for (const [a, b] of maps) a.map.forEach((v, i) => (far = Math.max(far, Math.abs(v - b.map[i]))));
    t.note(`maps within ${far.toExponential(1)} of the CPU's`);
    assert.ok(far <= 1e-2);
    cpu.peers.forEach((peer, k) => {
      assert.equal(peer.top[0].class, gpu.peers[k].top[0].class);
      near(peer.top[0].probability, gpu.peers[k].top[0].probability, 1e-3, 'probability');
    });
    assert.deepEqual(site.errors, []);

    const again = await site.explain(() => site.at('grid').fill('5'), LONG);
    assert.equal(again.regions.length, 25);

    // The graphics process ends in the middle of a run, as with a driver's crash.
    const worker = await site.worker('webgpu');
    await worker.evaluate(() => Object.assign(self, { slowness: 1500 }));
    const root = await site.browser.newBrowserCDPSession();
    const lost = await site.explain(async () => {
      await site.pick(cat);
      await site.text('status', /^Running/, LONG);
      await root.send('Browser.crashGpuProcess').catch(() => {});
    }, LONG);
    assert.equal(lost.regions.length, 25);
    await site.text('device-name', /the CPU/);
    t.note(await site.text('device-reason', /WebGPU failed, so the CPU took over/));
    near(lost.peers[0].top[0].probability, cpu.peers[0].top[0].probability, 1e-5, "the CPU's figures");
    await site.explain(() => site.at('sample-1').click());
    assert.ok(await site.stillThere());
  },
  { ms: 4 * LONG },
);

/** Every buffer read back has one wrong number, as from a bad driver. */
const WRONG = `{
  const read = GPUBuffer.prototype.getMappedRange;
  GPUBuffer.prototype.getMappedRange = function (...args) {
    const range = read.apply(this, args);
    if (!(this.usage & GPUBufferUsage.MAP_READ)) return range;
    const copy = range.slice(0);
    if (copy.byteLength >= 4) new Float32Array(copy, 0, 1)[0] += 0.5;
    return copy;
  };
}
`;

test(
  'webgpu: a device that computes wrongly fails its self-test, and the CPU stays',
  async (t) => {
    const site = await (await Site.make(t, { flags: GPU, edits: inWorker(WRONG) })).open();
    t.note(await choose(site, /the CPU/));
    await site.text('device-reason', /WebGPU cannot be used here/);
    await site.explain(() => site.at('sample-0').click());
  },
  { ms: LONG },
);

/** The adapter refuses a device. */
const REFUSED = `GPUAdapter.prototype.requestDevice = async () => {
  throw new DOMException('no device today', 'OperationError');
};
`;

test(
  'webgpu: a device that cannot be had, and the CPU stays',
  async (t) => {
    const site = await (await Site.make(t, { flags: GPU, edits: inWorker(REFUSED) })).open();
    t.note(await choose(site, /the CPU/));
    await site.text('device-reason', /WebGPU cannot be used here|no .* WebGPU/);
    await site.explain(() => site.at('sample-0').click());
  },
  { ms: LONG },
);

test(
  'webgpu: a failed download of its engine keeps the CPU and says so',
  async (t) => {
    const site = await (
      await Site.make(t, { flags: GPU, faults: [{ path: /webgpu\/peerlight_bg\.wasm$/, kind: 'missing', times: 1 }] })
    ).open();
    t.note(await choose(site, /the CPU/));
    await site.text('device-reason', /404/);
    await site.explain(() => site.at('sample-0').click());
  },
  { ms: LONG },
);
