import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkModel, checkOpen } from './check.js';
import { hashOf } from './hash.js';
import { arrive, gather, readInto, readModel } from './networks.js';

const fails = (code, text) => (error) => error.code === code && text.test(error.message);
const { signal } = new AbortController();

test('models in every shape, each with its name', async () => {
  const bytes = new Uint8Array(8);
  const models = [bytes, bytes.buffer, new DataView(bytes.buffer), new Blob([bytes]), new File([bytes], 'my.net.onnx')];
  const files = await gather({ models: models.map((source) => ({ source, size: 32 })) }, signal);
  assert.deepEqual(
    files.map(({ source, options }) => [source.size, options.size, options.file]),
    [...Array.from({ length: 4 }, () => [8, 32, undefined]), [8, 32, 'my.net']],
  );
  const named = await readModel({ source: bytes, name: 'A', labels: new Blob(['x\ny']), beside: new Blob(['{}']) });
  assert.deepEqual(
    [named.options.name, named.options.labels, named.options.beside, 'source' in named.options],
    ['A', 'x\ny', '{}', false],
  );
});

test('the hash that a download was verified by is told; the worker computes the others', async (t) => {
  const bytes = new Uint8Array([1, 2, 3]);
  const sha256 = '039058C6F2C0CB492C533B0A4D14EF77CC0F78ABCCCED5287D84A1A2011CFB81';
  t.mock.method(globalThis, 'fetch', async () => new Response(bytes));
  const told = async (/** @type {object} */ what) => {
    const [file] = await gather(what, signal);
    return (await arrive(/** @type {any} */ (file), { signal, onBytes: () => {} })).sha256;
  };
  assert.equal(await told({ bundle: 'https://a.test/b', sha256 }), sha256.toLowerCase());
  assert.equal(await told({ bundle: 'https://a.test/b' }), undefined);
  // What a caller says of a file of its own is not taken for its hash.
  assert.equal(await told({ bundle: new Blob([bytes]), sha256 }), undefined);
  assert.equal(await told({ models: [{ source: 'https://a.test/a.onnx' }] }), undefined);
  const file = { bytes, sha256: () => 'the engine’s' };
  assert.equal(await hashOf(file), sha256.toLowerCase());
  t.mock.getter(globalThis, 'crypto', () => ({}));
  assert.equal(await hashOf(file), 'the engine’s');
});

test('wrong models cost nothing', () => {
  for (const models of [{}, 'a.onnx', [], Array(9).fill({ source: 'a' }), [{}], [{ source: 7 }], ['a.onnx'], [null]]) {
    assert.throws(() => checkOpen(/** @type {any} */ ({ models })), fails('ask-invalid', /models|model/));
  }
  assert.throws(() => checkOpen({ bundle: 'a', models: [{ source: 'a' }] }), fails('ask-invalid', /not both/));
  assert.throws(() => checkModel(/** @type {any} */ ({})), fails('ask-invalid', /source/));
  checkOpen({ models: [{ source: 'a.onnx' }] });
});

test('a file goes over piece by piece; a stop lets its memory go', async () => {
  const made = [];
  class Room {
    constructor(size) {
      Object.assign(this, { size, taken: 0, freed: false });
      made.push(this);
    }
    push(piece) {
      this.taken += piece.length;
    }
    free() {
      this.freed = true;
    }
  }
  const blob = new Blob([new Uint8Array(300_000)]);
  const seen = [];
  const file = await readInto(Room, blob, async (loaded) => void seen.push(loaded));
  assert.deepEqual([file.size, file.taken, file.freed, seen.at(-1)], [300_000, 300_000, false, 300_000]);
  const stop = async () => {
    throw { code: 'cancelled', message: 'Cancelled.' };
  };
  await assert.rejects(readInto(Room, blob, stop), { code: 'cancelled' });
  assert.ok(made[1].freed);
});

test('the bytes come in order, also where a stream has no buffer of ours', async () => {
  const bytes = new Uint8Array(9_000_000).map((_, i) => i % 251);
  class Room {
    taken = [];
    push(piece) {
      this.taken.push(piece.slice());
    }
  }
  const plain = new Blob([bytes]);
  const { stream } = plain;
  plain.stream = () => stream.call(plain).pipeThrough(new TransformStream());
  assert.throws(() => plain.stream().getReader({ mode: 'byob' }), TypeError);
  for (const blob of [new Blob([bytes]), plain]) {
    const { taken } = await readInto(Room, blob, async () => {});
    assert.ok(Buffer.concat(taken).equals(bytes));
  }
});
