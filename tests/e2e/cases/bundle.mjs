import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { Site } from '../site.mjs';

/** @import { Fault } from '../server.mjs' */

const WEIGHTS = /\.safetensors$/;
const WASM = /cpu\/peerlight_bg\.wasm$/;
const GLUE = /cpu\/peerlight\.js$/;
const INDEX = /models\/index\.json$/;

/** @type {[string, Fault, RegExp, RegExp][]} */
const FAULTS = [
  ['truncated weights', { path: WEIGHTS, kind: 'short', times: 2 }, /download-failed/, /bytes instead of/],
  ['weights with one bit flipped', { path: WEIGHTS, kind: 'flip', times: 2 }, /bundle-hash/, /checksum/],
  ['weights not found', { path: WEIGHTS, kind: 'missing', times: 1 }, /download-failed/, /404/],
  ['a connection dropped in the weights', { path: WEIGHTS, kind: 'drop', times: 1 }, /download-failed/, /interrupted/],
  ['no list of networks', { path: INDEX, kind: 'missing', times: 1 }, /download-failed/, /404/],
  ['a truncated list of networks', { path: INDEX, kind: 'short', times: 1 }, /download-failed/, /could not be read/],
  ['engine not found', { path: WASM, kind: 'missing', times: 1 }, /download-failed/, /404/],
  ['a connection dropped in the engine', { path: WASM, kind: 'drop', times: 1 }, /download-failed/, /./],
  ['a truncated engine', { path: WASM, kind: 'short', times: 1 }, /download-failed/, /./],
  ['engine code not found', { path: GLUE, kind: 'missing', times: 1 }, /download-failed/, /engine could not be loaded/],
];

for (const [name, fault, code, says] of FAULTS) {
  test(`bundle: ${name}: said clearly, and trying again works`, async (t) => {
    const site = await Site.make(t, { faults: [fault] });
    await site.open({ ready: false });
    const text = await site.text('error', says);
    assert.match(String(await site.at('error').getAttribute('data-code')), code, text);
    t.note(text);
    await site.at('retry').click();
    await site.text('status', /^Ready\./);
    await site.explain(() => site.at('sample-0').click());
    assert.ok(await site.stillThere());
  });
}

test('bundle: a wrong checksum in the list, until it is mended', async (t) => {
  let wrong = true;
  const site = await Site.make(t, {
    edits: { 'models/index.json': (text) => (wrong ? text.replace(/("sha256":\s*")(\w{8})/, '$100000000') : text) },
  });
  await site.open({ ready: false });
  await site.text('error', /checksum/);
  await site.at('retry').click();
  // The old error stays until the next frame: only one that comes after the loading is the second.
  await site.text('status', /^(?!The networks could not)/);
  await site.text('error', /checksum/);
  wrong = false;
  // An image chosen now is a try of its own.
  await site.explain(() => site.at('sample-0').click());
  assert.ok(await site.stillThere());
});

test('bundle: a spoilt copy in the cache is fetched again', async (t) => {
  const site = await (await Site.make(t)).open();
  const spoilt = await site.page.evaluate(async () => {
    const cache = await caches.open('peerlight-weights');
    const [key] = await cache.keys();
    if (!key) return 0;
    const bytes = new Uint8Array(await (await cache.match(key)).arrayBuffer());
    bytes[bytes.length >> 1] ^= 1;
    await cache.put(key, new Response(bytes));
    return bytes.length;
  });
  assert.ok(spoilt > 1e6, 'the weights are in the cache');
  await site.open();
  assert.equal(site.server.count(WEIGHTS), 2);
  await site.explain(() => site.at('sample-0').click());
  await site.open();
  assert.equal(site.server.count(WEIGHTS), 2, 'the good copy is kept');
});

test('bundle: a copy that was spoilt since it was verified is found out behind the map, and told', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.page.evaluate(async () => {
    const cache = await caches.open('peerlight-weights');
    let [key] = await cache.keys();
    while (!key) [key] = await cache.keys();
    const { headers, ...kept } = await cache.match(key).then(async (hit) => ({
      headers: hit.headers,
      bytes: new Uint8Array(await hit.arrayBuffer()),
    }));
    // In the weights, not in what says where they are.
    kept.bytes[kept.bytes.length >> 1] ^= 1;
    await cache.put(key, new Response(kept.bytes, { headers }));
  });
  await site.open();
  await site.explain(() => site.at('sample-0').click());
  assert.equal(site.server.count(WEIGHTS), 1, 'it is trusted at first');
  await site.text('error', /copy of the networks .* was spoilt/);
  await site.explain(() => site.at('sample-1').click());
  assert.equal(site.server.count(WEIGHTS), 2);
  assert.ok(await site.at('error').isHidden());
});

test('bundle: a sample that cannot be fetched', async (t) => {
  const site = await Site.make(t);
  // The copy that is kept for times without the network would serve.
  await site.context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
  await site.open();
  site.server.faults = [{ path: /coffee\.jpg$/, kind: 'missing', times: 1 }];
  await site.at('sample-1').click();
  await site.text('error', /sample could not be loaded/);
  const result = await site.explain(() => site.at('sample-1').click());
  assert.equal(result.image.width, 600);
});
