import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from './client.js';
import { inspect, preview } from './decode.js';
import { inspectNetwork } from './inspect.js';
import { readModel } from './networks.js';
import { readText } from './text.js';
import { findBundle, listBundles } from './weights.js';

const fails = (code, text) => (error) =>
  error.name === 'PeerlightError' && error.code === code && text.test(`${error.message} ${error.help}`);

/** A worker that answers everything, and cannot be sent functions. */
function spawn() {
  const worker = {
    seen: [],
    ended: false,
    onmessage: null,
    onerror: null,
    terminate: () => (worker.ended = true),
    postMessage(m) {
      structuredClone(m);
      worker.seen.push(m);
      const value = m.type === 'open' ? { device: { kind: 'cpu', name: 'cpu', software: false } } : { sha256: 'x' };
      setTimeout(() => worker.onmessage({ data: { type: 'done', job: m.job, value } }));
    },
  };
  spawn.last = worker;
  return worker;
}

const open = () => openEngine(/** @type {any} */ ({ bundle: new Uint8Array(8), device: 'cpu', spawn }));
const image = new Blob(['image']);

/** An object that calls itself something, as those of the browser do. */
const called = (name, more = {}) => ({ ...more, [Symbol.toStringTag]: name });

test('a wrong kind of image is the mistake of who gave it, and costs nothing', async () => {
  const engine = /** @type {any} */ (await open());
  const before = spawn.last.seen.length;
  const sources = [null, undefined, '', 'cat.jpg', 7, true, {}, [], [image], Symbol.iterator, () => {}, new Map()];
  for (const source of [...sources, new URL('http://x/cat.jpg'), new Response('x'), Promise.resolve(image)]) {
    for (const call of ['explain', 'measure', 'sanity']) {
      await assert.rejects(engine[call](source, {}), fails('ask-invalid', /Blob.*ImageData.*ImageBitmap/));
    }
    await assert.rejects(engine.prepare(source), fails('ask-invalid', /Blob.*ImageData.*ImageBitmap/));
    await assert.rejects(engine.whatIf(source, {}), fails('ask-invalid', /Blob.*ImageData.*ImageBitmap/));
  }
  await assert.rejects(engine.explain('cat.jpg'), fails('ask-invalid', /fetch/));
  await assert.rejects(engine.explain([image]), fails('ask-invalid', /One image at a time/));
  assert.deepEqual([spawn.last.seen.length, spawn.last.ended], [before, false]);
  await engine.explain(image);
});

test('what shows an image, or holds one, is taken', async () => {
  const engine = /** @type {any} */ (await open());
  const bytes = Uint8Array.of(1, 2, 3, 4);
  for (const source of [
    bytes,
    bytes.buffer,
    new DataView(bytes.buffer),
    bytes.subarray(1, 3),
    new File([bytes], 'a'),
  ]) {
    await engine.explain(source);
    const sent = spawn.last.seen.at(-1).source;
    assert.ok(sent instanceof Blob);
    assert.equal(sent.size, source.byteLength ?? source.size);
  }
  const bitmaps = [];
  globalThis.createImageBitmap = /** @type {any} */ (
    async (source) => {
      const bitmap = { of: source.id, close: () => bitmaps.push(source.id) };
      return bitmap;
    }
  );
  try {
    const size = { width: 4, height: 3, naturalWidth: 4, naturalHeight: 3, videoWidth: 4, videoHeight: 3 };
    const frame = { displayWidth: 4, displayHeight: 3 };
    const names = ['HTMLCanvasElement', 'OffscreenCanvas', 'HTMLVideoElement', 'HTMLImageElement', 'VideoFrame'];
    for (const id of names) {
      const element = called(id, { id, ...size, ...frame, decode: async () => {} });
      spawn.last.postMessage = (m) => spawn.last.onmessage({ data: { type: 'done', job: m.job, value: m.source.of } });
      assert.equal(await engine.explain(element), id);
    }
    assert.deepEqual(bitmaps, names, 'and the copies of their pixels are let go');
  } finally {
    Reflect.deleteProperty(globalThis, 'createImageBitmap');
  }
});

test('an element without an image says so', async () => {
  const engine = /** @type {any} */ (await open());
  const none = { width: 0, height: 0, naturalWidth: 0, naturalHeight: 0, videoWidth: 0, videoHeight: 0 };
  for (const name of ['HTMLCanvasElement', 'OffscreenCanvas', 'HTMLVideoElement']) {
    await assert.rejects(engine.explain(called(name, none)), fails('image-empty', new RegExp(name)));
  }
  const broken = called('HTMLImageElement', { ...none, decode: () => Promise.reject(new Error('x')) });
  await assert.rejects(engine.explain(broken), fails('image-broken', /could not be loaded/));
});

test('wrong requests, options and signals are refused before anything is sent', async () => {
  const engine = /** @type {any} */ (await open());
  const before = spawn.last.seen.length;
  for (const request of ['cam', 3, [], true]) {
    for (const call of ['explain', 'measure', 'sanity']) {
      await assert.rejects(engine[call](image, request), fails('ask-invalid', /object/));
    }
  }
  for (const crop of [0, -1, 2, NaN, 'half', {}]) {
    await assert.rejects(engine.explain(image, { crop }), fails('ask-invalid', /crop/));
  }
  for (const place of [-0.1, 1.1, NaN, 'left', {}]) {
    await assert.rejects(engine.explain(image, { across: place }), fails('ask-invalid', /across/));
    await assert.rejects(engine.explain(image, { down: place }), fails('ask-invalid', /down/));
  }
  await assert.rejects(engine.measure(image, {}, 'deletion'), fails('ask-invalid', /options/));
  for (const question of ['all', 3, [[2, 3]]]) {
    await assert.rejects(engine.whatIf(image, question), fails('ask-invalid', /object/));
  }
  await assert.rejects(engine.explain(image, {}, { signal: new AbortController() }), fails('ask-invalid', /signal/));
  await assert.rejects(engine.explain(image, {}, { onProgress: 'yes' }), fails('ask-invalid', /onProgress/));
  await assert.rejects(engine.use('gpu'), fails('ask-invalid', /webgpu/));
  assert.equal(spawn.last.seen.length, before);
  await assert.rejects(engine.explain(image, { settings: { f() {} } }), fails('ask-invalid', /cloned/));
  assert.equal(spawn.last.ended, false);
  for (const none of [undefined, null, {}]) {
    await engine.explain(image, none, none);
    await engine.measure(image, none, none, none);
    await engine.sanity(image, none, none);
  }
});

test('opening without what it needs is refused', async () => {
  const open = /** @type {any} */ (openEngine);
  for (const options of [undefined, null, {}, { bundle: '' }, { bundle: null }, { bundle: 7 }]) {
    await assert.rejects(open(options), fails('ask-invalid', /bundle/));
  }
  for (const options of ['models/a.safetensors', [], 3]) await assert.rejects(open(options), fails('ask-invalid', /./));
  const bundle = new Uint8Array(8);
  await assert.rejects(open({ bundle, device: 'gpu' }), fails('ask-invalid', /'webgpu'/));
  await assert.rejects(open({ bundle, signal: 1 }), fails('ask-invalid', /signal/));
  await assert.rejects(open({ bundle, spawn: 'worker.js' }), fails('ask-invalid', /spawn/));
  await assert.rejects(/** @type {any} */ (findBundle)(), fails('ask-invalid', /list of networks/));
  for (const file of [null, 'a.png', {}, new Uint8Array(3)]) {
    await assert.rejects(inspect(/** @type {any} */ (file)), fails('ask-invalid', /Blob/));
    await assert.rejects(preview(/** @type {any} */ (file)), fails('ask-invalid', /Blob/));
  }
});

test('bytes of weights are taken in every shape', async () => {
  const bytes = new Uint8Array(8);
  for (const bundle of [bytes, bytes.buffer, new DataView(bytes.buffer), new Blob([bytes])]) {
    await openEngine(/** @type {any} */ ({ bundle, device: 'cpu', spawn }));
    assert.equal(spawn.last.seen.at(-1).files[0].source.size, 8);
  }
});

test('a value that is no JSON is the mistake of who gave it, and is told as it is', async () => {
  const engine = /** @type {any} */ (await open());
  const circle = /** @type {any[]} */ ([]);
  circle.push(circle);
  for (const [request, words] of [
    [{ crop: NaN }, /not NaN/],
    [{ crop: 1n }, /not 1\./],
    [{ across: Infinity }, /not Infinity/],
    [{ down: circle }, /not object/],
    [circle, /must be an object, not object/],
    [5n, /must be an object, not 5/],
  ]) {
    await assert.rejects(engine.explain(image, request), fails('ask-invalid', words));
  }
});

test('what opening, looking and listing are given is checked, too, before anything is fetched', async () => {
  const open = /** @type {any} */ (openEngine);
  const bundle = new Uint8Array(8);
  for (const [options, words] of [
    [{ bundle: 'http://[' }, /must be an address/],
    [{ bundle, sha256: 'abc' }, /64 hexadecimal digits/],
    [{ bundle, bytes: -3 }, /length of the file, not -3/],
    [{ bundle, bytes: '12' }, /length of the file, not "12"/],
    [{ bundle, base: 4 }, /`base`/],
    [{ bundle, base: 'http://[' }, /must be an address/],
    [{ bundle, onDevice: 4 }, /`onDevice` must be a function/],
    [{ bundle, onSpoilt: {} }, /`onSpoilt` must be a function/],
    [{ bundle, sha265: 'a' }, /no 'sha265'/],
    [{ models: [{ source: 'a.onnx', label: ['a', 'b'] }] }, /no 'label'.*labels/],
    [{ models: [{ source: 'http://[' }] }, /must be an address/],
    [{ models: [{ source: 'a.onnx', size: NaN }] }, /'size' must be a number/],
    [{ models: [{ source: 'a.onnx', id: 'a b!' }] }, /letters, digits and dashes/],
    [{ models: [{ source: 'a.onnx', beside: { size: 32 } }] }, /JSON\.stringify/],
  ]) {
    await assert.rejects(open(options), fails('ask-invalid', /** @type {RegExp} */ (words)));
  }
  const list = /** @type {any} */ (listBundles);
  for (const index of [undefined, 5, {}, 'http://['])
    await assert.rejects(list(index), fails('ask-invalid', /address/));
  await assert.rejects(list('index.json', { signal: 3 }), fails('ask-invalid', /signal/));
  const look = /** @type {any} */ (inspectNetwork);
  await assert.rejects(look({ source: 'a' }, { signal: 3 }), fails('ask-invalid', /signal/));
  await assert.rejects(look({ source: 'a' }, { spwan: open }), fails('ask-invalid', /no 'spwan'/));
  await assert.rejects(/** @type {any} */ (readText)('a text'), fails('ask-invalid', /Blob/));
  const image = new Blob(['x']);
  for (const pixels of [NaN, -1, 0, '9']) {
    await assert.rejects(/** @type {any} */ (preview)(image, pixels), fails('ask-invalid', /pixels/));
  }
});

test('a worker that is none cannot be started', async () => {
  const none = /** @type {any} */ (() => null);
  const opened = openEngine({ bundle: new Uint8Array(8), device: 'cpu', spawn: none });
  await assert.rejects(opened, fails('download-failed', /could not be started: `spawn` gave no worker/));
});

test('nothing that a request, question or call says is lost in silence', async () => {
  const engine = /** @type {any} */ (await open());
  await assert.rejects(
    engine.explain(image, { target: NaN }),
    fails('ask-invalid', /'target' must be a number, not NaN/),
  );
  await assert.rejects(engine.explain(image, { settings: { grid: Infinity } }), fails('ask-invalid', /'grid'/));
  await assert.rejects(engine.whatIf(image, { boxes: [[0, 0, NaN, 1]] }), fails('ask-invalid', /'boxes'/));
  await assert.rejects(
    engine.whatIf(image, { boxes: [[0.5, 0.5, 0.1, 0.9]] }),
    fails('ask-invalid', /before it begins/),
  );
  await assert.rejects(engine.measure(image, {}, { boxes: [[9, 9, 9, 99]] }), fails('ask-invalid', /before it begins/));
  await assert.rejects(
    engine.explain(image, {}, { onprogress() {} }),
    fails('ask-invalid', /no 'onprogress'.*onProgress/),
  );
  const { signal } = new AbortController();
  await assert.rejects(engine.explain(image, { signal }), fails('ask-invalid', /after the request/));
  const open_ = await engine.prepare(image, { crop: 0.5 });
  await assert.rejects(open_.explain({ crop: 0.8 }), fails('ask-invalid', /engine\.prepare/));
  await open_.explain({ crop: 0.5, across: null });
  await engine.whatIf(image, { brush: new Float32Array([NaN]), boxes: [[0, 0, 1, 1]] });
});

test('an image that was given away says so', async () => {
  const engine = /** @type {any} */ (await open());
  await assert.rejects(engine.explain(called('ImageBitmap', { width: 0 })), fails('image-empty', /closed/));
  const bytes = new ArrayBuffer(4);
  const view = new Uint8Array(bytes);
  structuredClone(bytes, { transfer: [bytes] });
  await assert.rejects(engine.explain(bytes), fails('image-empty', /given away/));
  await assert.rejects(engine.explain(view), fails('image-empty', /given away/));
});

test('labels that are given stand for the file of labels that the JSON beside names', async () => {
  const beside = '{"preprocess": "tf", "labels": "labels.txt"}';
  const source = new Blob(['x']);
  const both = /** @type {any} */ (await readModel({ source, beside, labels: ['a', 'b'] })).options;
  assert.deepEqual([both.labels, JSON.parse(both.beside)], [['a', 'b'], { preprocess: 'tf' }]);
  assert.equal(/** @type {any} */ (await readModel({ source, beside })).options.beside, beside);
  assert.equal('name' in JSON.parse(JSON.stringify((await readModel({ source, name: '' })).options)), false, 'no name');
  const list = '["a", "b"]';
  assert.equal(/** @type {any} */ (await readModel({ source, beside: list, labels: 'none' })).options.beside, list);
});
