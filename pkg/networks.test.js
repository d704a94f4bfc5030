import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkModel, checkOpen } from './check.js';
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

test('the engine is told the hash of every file', async (t) => {
  const bytes = new Uint8Array([1, 2, 3]);
  const sha256 = '039058C6F2C0CB492C533B0A4D14EF77CC0F78ABCCCED5287D84A1A2011CFB81';
  const hash = { sha256: sha256.toLowerCase() };
  t.mock.method(globalThis, 'fetch', async () => new Response(bytes));
  const told = async (/** @type {object} */ what) => {
    const [file] = await gather(what, signal);
    return (await arrive(/** @type {any} */ (file), { signal, onBytes: () => {} })).options;
  };
  assert.deepEqual(await told({ bundle: 'https://a.test/b', sha256 }), hash);
  assert.deepEqual(await told({ bundle: 'https://a.test/b' }), hash);
  // What a caller says of a file of its own is not taken for its hash.
  assert.deepEqual(await told({ bundle: new Blob([bytes]), sha256: sha256.replace(/0/g, '1') }), hash);
  const { sha256: found } = await told({ models: [{ source: 'https://a.test/a.onnx' }] });
  assert.equal(found, hash.sha256);
});

test('a file that cannot be hashed here is left to the engine', async (t) => {
  const blob = new Blob([new Uint8Array(3)]);
  blob.arrayBuffer = () => Promise.reject(new Error('NotReadableError'));
  const [file] = await gather({ models: [{ source: blob }] }, signal);
  assert.equal(file?.options.sha256, undefined);
  t.mock.getter(globalThis, 'crypto', () => ({}));
  const [plain] = await gather({ models: [{ source: new Uint8Array(3) }] }, signal);
  assert.equal(plain?.options.sha256, undefined);
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
