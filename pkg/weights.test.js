import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { findBundle, keyOf, loadWeights } from './weights.js';

const data = new Uint8Array(1000).map((_, i) => i);
const sha256 = createHash('sha256').update(data).digest('hex');
const url = 'https://example.test/models/w.safetensors';
const real = globalThis.fetch;

afterEach(() => {
  globalThis.fetch = real;
  Reflect.deleteProperty(globalThis, 'caches');
});

/** @param {...(() => Response | Promise<Response>)} answers */
function serve(...answers) {
  let calls = 0;
  globalThis.fetch = /** @type {any} */ (async () => answers[Math.min(calls++, answers.length - 1)]());
  return () => calls;
}

/** A cache in memory. */
function fakeCache() {
  const kept = new Map();
  const cache = {
    match: async (key) => kept.get(key)?.clone(),
    put: async (key, response) => void kept.set(key, response),
    delete: async (key) => kept.delete(key),
  };
  Object.defineProperty(globalThis, 'caches', { value: { open: async () => cache }, configurable: true });
  return kept;
}

const good = () => new Response(data);
/** Nobody waits for what is put into the cache. */
const kept = () => new Promise((resolve) => setTimeout(resolve, 5));
const fails = (code) => (error) => error.code === code;

test('progress is told in bytes', async () => {
  serve(good);
  const seen = [];
  const bytes = await loadWeights({ url, sha256, bytes: 1000, onBytes: (loaded, total) => seen.push([loaded, total]) });
  assert.equal(bytes.length, 1000);
  assert.deepEqual(
    [seen[0], seen.at(-1)],
    [
      [0, 1000],
      [1000, 1000],
    ],
  );
});

test('a second load comes from the cache', async () => {
  fakeCache();
  const calls = serve(good);
  await loadWeights({ url, sha256, bytes: 1000 });
  await kept();
  await loadWeights({ url, sha256, bytes: 1000 });
  assert.equal(calls(), 1);
});

test('nobody waits for the cache to keep a copy', async () => {
  const never = { match: async () => undefined, put: () => new Promise(() => {}) };
  Object.defineProperty(globalThis, 'caches', { value: { open: async () => never }, configurable: true });
  serve(good);
  assert.equal((await loadWeights({ url, sha256, bytes: 1000 })).length, 1000);
});

test('a bad copy in the cache is deleted and fetched again', async () => {
  const copies = fakeCache();
  const calls = serve(good);
  await loadWeights({ url, sha256, bytes: 1000 });
  await kept();
  const [key] = copies.keys();
  copies.set(key, new Response(new Uint8Array(1000)));
  const bytes = await loadWeights({ url, sha256, bytes: 1000 });
  assert.deepEqual(bytes, data);
  assert.equal(calls(), 2);
});

test('a copy that was verified is not hashed again, until it is asked for', async (t) => {
  const copies = fakeCache();
  const calls = serve(good);
  await loadWeights({ url, sha256, bytes: 1000 });
  await kept();
  const digest = t.mock.method(crypto.subtle, 'digest');
  /** @type {(() => Promise<boolean>)[]} */
  const checks = [];
  const again = () => loadWeights({ url, sha256, bytes: 1000, onTrusted: (check) => void checks.push(check) });
  assert.deepEqual(await again(), data);
  assert.deepEqual([digest.mock.callCount(), calls(), await checks[0]?.()], [0, 1, true]);
  // Spoilt in place, with the note still beside it: the copy is deleted where it is found out.
  const [[key, copy] = []] = copies;
  copies.set(key, new Response(new Uint8Array(1000), { headers: copy.headers }));
  await again();
  assert.deepEqual([await checks[1]?.(), copies.size], [false, 0]);
  await again();
  assert.deepEqual([calls(), checks.length], [2, 2]);
});

test('a copy of another length, or without a note, is hashed', async () => {
  const copies = fakeCache();
  const calls = serve(good);
  await loadWeights({ url, sha256, bytes: 1000 });
  await kept();
  const [[key, { headers }] = []] = copies;
  const untrusted = { url, sha256, bytes: 1000, onTrusted: () => assert.fail('trusted') };
  for (const spoilt of [new Response(data.slice(1), { headers }), new Response(new Uint8Array(1000))]) {
    copies.set(key, spoilt);
    assert.deepEqual(await loadWeights(untrusted), data);
    await kept();
  }
  assert.equal(calls(), 3);
});

test('a broken cache does not stop the work', async () => {
  Object.defineProperty(globalThis, 'caches', {
    value: {
      open: async () => {
        throw new Error('denied');
      },
    },
    configurable: true,
  });
  serve(good);
  assert.equal((await loadWeights({ url, sha256, bytes: 1000 })).length, 1000);
});

test('a download that ends early, stalls, is refused or does not match is named', async () => {
  serve(() => new Response(data.slice(0, 10)));
  await assert.rejects(loadWeights({ url, sha256, bytes: 1000 }), fails('download-failed'));
  serve(() => new Response('gone', { status: 503 }));
  await assert.rejects(loadWeights({ url, sha256, bytes: 1000 }), fails('download-failed'));
  serve(() => new Response(new ReadableStream({ start: () => {} })));
  await assert.rejects(loadWeights({ url, sha256, bytes: 1000, stall: 20 }), fails('download-failed'));
  serve(() => {
    throw new TypeError('offline');
  });
  await assert.rejects(loadWeights({ url, sha256, bytes: 1000 }), fails('download-failed'));
  serve(() => new Response(new Uint8Array(1000)));
  await assert.rejects(loadWeights({ url, sha256, bytes: 1000 }), fails('bundle-hash'));
});

test('after a failure the next try works', async () => {
  const short = () => new Response(data.slice(0, 10));
  serve(short, short, good);
  await assert.rejects(loadWeights({ url, sha256, bytes: 1000 }));
  assert.equal((await loadWeights({ url, sha256, bytes: 1000 })).length, 1000);
});

test('a former file that a cache on the way still has is fetched anew, around it', async () => {
  for (const former of [new Uint8Array(1000), new Uint8Array(900)]) {
    const asked = [];
    globalThis.fetch = /** @type {any} */ (
      async (_url, { cache }) => new Response(asked.push(cache ?? 'usual') > 1 ? data : former)
    );
    assert.deepEqual(await loadWeights({ url, sha256, bytes: 1000 }), data);
    assert.deepEqual(asked, ['usual', 'reload']);
  }
  // What the server itself has wrongly is told, after two downloads.
  const calls = serve(() => new Response(new Uint8Array(1000)));
  await assert.rejects(loadWeights({ url, sha256, bytes: 1000 }), fails('bundle-hash'));
  assert.equal(calls(), 2);
});

test('cancelling stops the download', async () => {
  const control = new AbortController();
  serve(
    () =>
      new Response(
        new ReadableStream({
          start(c) {
            c.enqueue(data);
            control.signal.addEventListener('abort', () => c.error(new Error('aborted')));
          },
        }),
      ),
  );
  const loading = loadWeights({ url, sha256, bytes: 5000, signal: control.signal });
  setTimeout(() => control.abort(), 10);
  await assert.rejects(loading, fails('cancelled'));
});

test('where there is room for one copy alone, the former one goes first', async () => {
  const kept = fakeCache();
  const { put } = await caches.open('');
  const full = async () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  Object.assign(await caches.open(''), {
    put: async (key, response) => (kept.size && !kept.has(key) ? full() : put(key, response)),
    keys: async () => [...kept.keys()].map((url) => ({ url })),
  });
  const former = new Uint8Array(1000);
  const old = createHash('sha256').update(former).digest('hex');
  for (const [bytes, hash] of [
    [former, old],
    [data, sha256],
  ]) {
    serve(() => new Response(bytes));
    await loadWeights({ url, sha256: hash, bytes: 1000 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual([...kept.keys()], [keyOf(url, hash)]);
  }
});

test('the list of bundles names the default one and resolves its file', async () => {
  const list = {
    default: 'b',
    bundles: [{ id: 'a' }, { id: 'b', file: 'b.safetensors', bytes: 5, sha256: 'x', name: 'B' }],
  };
  serve(() => Response.json(list));
  const entry = await findBundle('https://example.test/models/index.json');
  assert.deepEqual([entry.url.href, entry.bytes, entry.name], ['https://example.test/models/b.safetensors', 5, 'B']);
  await assert.rejects(findBundle('https://example.test/models/index.json', 'z'), fails('ask-invalid'));
});

/** As from another origin: a hidden encoding, and the length of the compressed body. */
const foreign = (length, type = 'cors') => {
  const response = new Response(data, { headers: { 'content-length': String(length) } });
  return Object.defineProperty(response, 'type', { value: type });
};

test('a compressed file of another origin is whole, whatever length is told', async () => {
  for (const length of [400, 1000, 1200]) {
    serve(() => foreign(length));
    const seen = [];
    const bytes = await loadWeights({ url, onBytes: (loaded, total) => seen.push(loaded <= total || total === 0) });
    assert.deepEqual([bytes.length, seen.every(Boolean)], [1000, true], String(length));
  }
  serve(() => foreign(400));
  await assert.rejects(loadWeights({ url, bytes: 1200 }), fails('download-failed'));
  serve(() => foreign(1200, 'basic'));
  await assert.rejects(loadWeights({ url }), fails('download-failed'), 'here the length can be believed');
});

test('a web page in place of a file is said to be one', async () => {
  const page = () => new Response('<!doctype html>\n<html><body>Start</body></html>');
  const told = (error) => error.code === 'download-failed' && /web page/.test(error.message) && error.help !== '';
  serve(page);
  await assert.rejects(loadWeights({ url }), told);
  await assert.rejects(loadWeights({ url, bytes: 1000, sha256 }), told);
  await assert.rejects(findBundle('https://example.test/models/index.json'), told);
});

test('a list of networks that is none is refused', async () => {
  for (const text of ['', 'null', '[]', '7', '{"bundles":{}}', '{"bundles":[null]}', '{"bundles":[{"id":"a"}]}']) {
    serve(() => new Response(text));
    await assert.rejects(findBundle('https://example.test/models/index.json', 'a'), fails('download-failed'), text);
  }
});

test('former weights are removed, those in use and those of others are kept', async () => {
  const copies = fakeCache();
  const cache = await caches.open('x');
  /** @type {any} */ (cache).keys = async () => [...copies.keys()].map((url) => ({ url }));
  const former = [
    'https://example.test/models/old.safetensors?peerlight-sha256=1',
    'https://example.test/models/w.safetensors?peerlight-sha256=2',
  ];
  const others = [
    'https://example.test/other/models/w.safetensors?peerlight-sha256=3',
    'https://example.test/models/a/b',
  ];
  for (const key of [...former, ...others]) copies.set(key, new Response('x'));
  serve(good);
  await loadWeights({ url, sha256 });
  const beside = 'https://example.test/models/beside.safetensors';
  await kept();
  await loadWeights({ url: beside, sha256, beside: [keyOf(url, sha256)] });
  await kept();
  const query = `?peerlight-sha256=${sha256}`;
  assert.deepEqual([...copies.keys()].sort(), [...others, url + query, beside + query].sort());
});
