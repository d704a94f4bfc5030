import { checkList } from './check.js';
import { PeerlightError, asError, cancelled, throwIfCancelled } from './errors.js';
import { canDigest, digest } from './hash.js';
import { CORS, looksLikePage, notThere, plainLength } from './http.js';

const CACHE = 'peerlight-weights';
const STALL_MS = 30_000;
/** Beside a kept copy: by which hash it was verified, and its length. */
const VERIFIED = 'peerlight-verified';

/** All came, and it is not the file that was wanted. */
class OtherFile extends PeerlightError {}

/** @typedef {(loaded: number, total: number) => void} OnBytes */
/** @typedef {() => Promise<boolean>} Check hashes a kept copy; a spoilt one is deleted, and the answer is no */

/**
 * Reads a list of bundles and returns one entry.
 * @param {string | URL} index
 * @param {string} [id]
 * @param {{ signal?: AbortSignal }} [options]
 */
export async function findBundle(index, id, options) {
  const { standard, bundles } = await listBundles(index, options);
  const entry = bundles.find((bundle) => bundle.id === (id ?? standard));
  if (!entry) {
    const there = bundles.map((bundle) => bundle.id).join(', ');
    const code = id && there ? 'ask-invalid' : 'download-failed';
    throw new PeerlightError(code, `The list of networks has no “${id ?? standard}”. It has: ${there || 'none'}.`);
  }
  return entry;
}

/**
 * Reads a list of bundles: the entries, and the id of the one to take where nobody chose.
 * @param {string | URL} index
 * @param {{ signal?: AbortSignal }} [options]
 */
export async function listBundles(index, options) {
  checkList(index, options);
  const { signal } = options ?? {};
  const url = new URL(index, globalThis.location?.href);
  const response = await request(url, signal, { cache: 'no-cache' });
  const text = await response.text().catch(() => '');
  if (looksLikePage(new TextEncoder().encode(text.slice(0, 200)))) throw asError(notThere('the list of networks'));
  const list = parsed(text);
  const entry = (/** @type {Record<string, any>} */ { id, name, note, file, bytes, sha256 }) => ({
    id,
    name: name ?? id,
    note: note ?? '',
    url: new URL(file, url),
    bytes,
    sha256,
  });
  return { standard: list.default ?? '', bundles: list.bundles.filter((bundle) => bundle?.file).map(entry) };
}

/**
 * @param {string} text
 * @returns {{ default?: string, bundles: Record<string, any>[] }}
 */
function parsed(text) {
  try {
    const list = JSON.parse(text);
    if (Array.isArray(list?.bundles)) return list;
  } catch {
    // Said below.
  }
  throw new PeerlightError('download-failed', 'The list of networks could not be read.');
}

/**
 * Fetches a weights file and verifies it. A verified copy is kept in the browser's cache under its hash, with a note
 * that it was verified. It is hashed again when it is read, unless `onTrusted` takes that over; a bad copy is deleted
 * and fetched anew.
 *
 * @param {object} options
 * @param {string | URL} options.url
 * @param {string} [options.sha256]
 * @param {number} [options.bytes] expected size, for exact progress
 * @param {AbortSignal} [options.signal]
 * @param {OnBytes} [options.onBytes]
 * @param {number} [options.stall] milliseconds without a byte after which the download has failed
 * @param {string[]} [options.beside] addresses of weights whose copies stay, besides this one's: see `keyOf`
 * @param {(check: Check) => void} [options.onTrusted] is told where a copy with such a note is taken as it is
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function loadWeights({ url, sha256, bytes = 0, signal, onBytes, stall = STALL_MS, beside, onTrusted }) {
  throwIfCancelled(signal);
  const address = new URL(url, globalThis.location?.href);
  sha256 = sha256?.toLowerCase();
  const verified = isVerified(sha256);
  const cache = verified ? await openCache() : null;
  const key = keyOf(address, sha256);

  const kept = cache && (await readCopy(cache, key, /** @type {string} */ (sha256), onTrusted));
  if (kept) {
    onBytes?.(kept.length, kept.length);
    return kept;
  }

  const fetched = async (/** @type {RequestInit} */ init) => {
    const data = await download(address, { bytes, signal, onBytes, stall, init });
    if (!verified || (await digest(data)) === sha256) return data;
    throw new OtherFile('bundle-hash', 'The weights do not match their published checksum.');
  };
  // A cache on the way may bring the file that had this address before, so one of another length or hash is fetched
  // anew, around all caches.
  const data = await fetched({}).catch((thrown) => {
    if (!(thrown instanceof OtherFile)) throw thrown;
    return fetched({ cache: 'reload' });
  });
  throwIfCancelled(signal);
  // Nobody waits for the copy, and a full disk or a private window must not stop the work.
  if (cache) keep(cache, address, [key, ...(beside ?? [])], data, noteOf(sha256, data)).catch(() => {});
  return data;
}

/**
 * The address of a kept copy.
 * @param {string | URL} url
 * @param {string} [sha256]
 */
export const keyOf = (url, sha256) => new URL(`?peerlight-sha256=${sha256}`, url).href;

/**
 * @param {string | undefined} sha256
 * @param {Uint8Array} data
 */
const noteOf = (sha256, data) => `${sha256} ${data.length}`;

/**
 * Whether a download with this hash was verified by it.
 * @param {string} [sha256]
 */
export const isVerified = (sha256) => Boolean(sha256 && canDigest());

/**
 * @param {Cache} cache
 * @param {URL} address
 * @param {string[]} keys the copy's own, then those of the copies that stay
 * @param {Uint8Array<ArrayBuffer>} data
 * @param {string} note
 */
async function keep(cache, address, keys, data, note) {
  // By way of a Blob, which the browser takes over at once: a body of bytes holds the worker up for longer.
  const put = () => cache.put(String(keys[0]), new Response(new Blob([data]), { headers: { [VERIFIED]: note } }));
  const removed = () => removeFormer(cache, address, keys);
  // Where there is no room beside the former ones, these go first.
  await put().catch(() => removed().then(put));
  await removed();
}

/**
 * Removes the copies of former weights: those of the same address, which has others now, and those of the same folder
 * that nobody has opened since the page was loaded.
 *
 * @param {Cache} cache
 * @param {URL} address of the new ones
 * @param {string[]} keys those that stay
 */
async function removeFormer(cache, address, [key, ...others]) {
  const folder = new URL('.', address).href;
  for (const { url } of await cache.keys()) {
    const [file = ''] = url.split('?');
    const same = file === address.href.split('?')[0];
    const beside = file.startsWith(folder) && !file.slice(folder.length).includes('/') && !others.includes(url);
    if (url !== key && (same || beside)) await cache.delete(url);
  }
}

/**
 * @param {Cache} cache
 * @param {string} key
 * @param {string} sha256
 * @param {(check: Check) => void} [onTrusted]
 */
async function readCopy(cache, key, sha256, onTrusted) {
  try {
    const hit = await cache.match(key);
    if (!hit) return null;
    const data = new Uint8Array(await hit.arrayBuffer());
    if (onTrusted && hit.headers.get(VERIFIED) === noteOf(sha256, data)) {
      onTrusted(() => checkCopy(cache, key, sha256));
      return data;
    }
    if ((await digest(data)) === sha256) return data;
    await cache.delete(key);
  } catch {
    await cache.delete(key).catch(() => false);
  }
  return null;
}

/**
 * Hashes a kept copy and deletes a spoilt one. A copy that is gone spoils nothing.
 * @param {Cache} cache
 * @param {string} key
 * @param {string} sha256
 */
async function checkCopy(cache, key, sha256) {
  const hit = await cache.match(key);
  if (!hit || (await digest(await hit.arrayBuffer())) === sha256) return true;
  await cache.delete(key);
  return false;
}

/**
 * @param {URL} url
 * @param {{ bytes: number, signal?: AbortSignal, onBytes?: OnBytes, stall: number, init: RequestInit }} options
 */
async function download(url, { bytes: expected, signal, onBytes, stall, init }) {
  const response = await request(url, signal, init);
  const said = plainLength(response);
  let total = expected || said;
  const reader = response.body?.getReader();
  if (!reader) throw new PeerlightError('download-failed', 'The server sent no data.');
  let data = new Uint8Array(total || 1 << 20);
  let loaded = 0;
  onBytes?.(0, total);
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), stall);
      if (done) break;
      if (!loaded && looksLikePage(value)) throw asError(notThere(`“${url.pathname.split('/').pop()}”`));
      if (loaded + value.length > data.length) data = grown(data, loaded + value.length);
      data.set(value, loaded);
      loaded += value.length;
      if (!expected && loaded > total) total = 0;
      onBytes?.(loaded, total);
    }
  } catch (thrown) {
    reader.cancel().catch(() => {});
    if (signal?.aborted) throw cancelled();
    throw thrown instanceof PeerlightError
      ? thrown
      : new PeerlightError('download-failed', 'The download was interrupted.');
  }
  // From another origin, what the server says may be the length of a compressed body.
  const wanted = expected || (response.type === 'cors' ? 0 : said);
  if (expected ? loaded !== wanted : loaded < wanted) {
    const Failure = expected ? OtherFile : PeerlightError;
    throw new Failure('download-failed', `Received ${loaded} bytes instead of ${wanted}.`);
  }
  return data.subarray(0, loaded);
}

/**
 * @param {Uint8Array<ArrayBuffer>} data
 * @param {number} least
 */
function grown(data, least) {
  const more = new Uint8Array(Math.max(least, 2 * data.length));
  more.set(data);
  return more;
}

/**
 * @param {URL} url
 * @param {AbortSignal} [signal]
 * @param {RequestInit} [init]
 */
async function request(url, signal, init = {}) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, { ...init, signal });
  } catch {
    if (signal?.aborted) throw cancelled();
    const foreign = url.origin !== globalThis.location?.origin;
    throw new PeerlightError(
      'download-failed',
      `No connection to ${url.host || 'the server'}.`,
      foreign ? CORS : undefined,
    );
  }
  if (!response.ok) {
    throw new PeerlightError(
      'download-failed',
      `The server answered ${response.status} for ${url.pathname.split('/').pop()}.`,
    );
  }
  return response;
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T>}
 */
async function within(promise, ms) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new PeerlightError('download-failed', 'The download stalled.')), ms);
  });
  try {
    return await Promise.race([promise, /** @type {Promise<never>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}

async function openCache() {
  try {
    return (await globalThis.caches?.open(CACHE)) ?? null;
  } catch {
    return null;
  }
}
