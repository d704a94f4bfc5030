import { PeerlightError, cancelled, throwIfCancelled } from './errors.js';

const CACHE = 'peerlight-weights';
const STALL_MS = 30_000;

/** @typedef {(loaded: number, total: number) => void} OnBytes */

/**
 * Reads a list of bundles and returns one entry.
 * @param {string | URL} index
 * @param {string} [id]
 * @param {{ signal?: AbortSignal }} [options]
 */
export async function findBundle(index, id, { signal } = {}) {
  const url = new URL(index, globalThis.location?.href);
  const response = await request(url, signal, { cache: 'no-cache' });
  const list = await response.json().catch(() => {
    throw new PeerlightError('download-failed', 'The list of networks could not be read.');
  });
  const wanted = id ?? list.default;
  const entry = list.bundles?.find((/** @type {{ id: string }} */ b) => b.id === wanted);
  if (!entry) throw new PeerlightError('download-failed', `The list of networks has no entry “${wanted}”.`);
  return {
    id: entry.id,
    name: entry.name ?? entry.id,
    note: entry.note ?? '',
    url: new URL(entry.file, url),
    bytes: entry.bytes,
    sha256: entry.sha256,
  };
}

/**
 * Fetches a weights file and verifies it. A verified copy is kept in the browser's cache under its hash,
 * and verified again when it is read: a bad copy is deleted and fetched anew.
 *
 * @param {object} options
 * @param {string | URL} options.url
 * @param {string} [options.sha256]
 * @param {number} [options.bytes] expected size, for exact progress
 * @param {AbortSignal} [options.signal]
 * @param {OnBytes} [options.onBytes]
 * @param {number} [options.stall] milliseconds without a byte after which the download has failed
 * @returns {Promise<Blob>} a Blob: the browser can keep it outside the page's memory, and workers get it without a copy
 */
export async function loadWeights({ url, sha256, bytes = 0, signal, onBytes, stall = STALL_MS }) {
  throwIfCancelled(signal);
  const address = new URL(url, globalThis.location?.href);
  const cache = sha256 && canDigest() ? await openCache() : null;
  const key = new URL(`?peerlight-sha256=${sha256}`, address).href;

  const kept = cache && (await readCopy(cache, key, /** @type {string} */ (sha256)));
  if (kept) {
    onBytes?.(kept.size, kept.size);
    return kept;
  }

  const data = await download(address, bytes, signal, onBytes, stall);
  if (sha256 && canDigest() && (await digest(data)) !== sha256) {
    throw new PeerlightError('bundle-hash', 'The weights do not match their published checksum.');
  }
  throwIfCancelled(signal);
  const blob = new Blob([data]);
  // A full disk or a private window must not stop the work: the copy is a convenience.
  if (cache) await cache.put(key, new Response(blob)).catch(() => {});
  return blob;
}

/**
 * @param {Cache} cache
 * @param {string} key
 * @param {string} sha256
 */
async function readCopy(cache, key, sha256) {
  try {
    const hit = await cache.match(key);
    if (!hit) return null;
    const data = await hit.arrayBuffer();
    if ((await digest(new Uint8Array(data))) === sha256) return new Blob([data]);
    await cache.delete(key);
  } catch {
    await cache.delete(key).catch(() => false);
  }
  return null;
}

/**
 * @param {URL} url
 * @param {number} expected
 * @param {AbortSignal | undefined} signal
 * @param {OnBytes | undefined} onBytes
 * @param {number} stall
 */
async function download(url, expected, signal, onBytes, stall) {
  const response = await request(url, signal);
  const total = expected || plainLength(response);
  const reader = response.body?.getReader();
  if (!reader) throw new PeerlightError('download-failed', 'The server sent no data.');
  let data = new Uint8Array(total || 1 << 20);
  let loaded = 0;
  onBytes?.(0, total);
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), stall);
      if (done) break;
      if (loaded + value.length > data.length) data = grown(data, loaded + value.length);
      data.set(value, loaded);
      loaded += value.length;
      onBytes?.(loaded, total);
    }
  } catch (thrown) {
    reader.cancel().catch(() => {});
    if (signal?.aborted) throw cancelled();
    throw thrown instanceof PeerlightError
      ? thrown
      : new PeerlightError('download-failed', 'The download was interrupted.');
  }
  if (total && loaded !== total) {
    throw new PeerlightError('download-failed', `Received ${loaded} bytes instead of ${total}.`);
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
    throw new PeerlightError('download-failed', `No connection to ${url.host || 'the server'}.`);
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
 * The length of the body as it will be read; 0 when it is compressed on the way or not given.
 * @param {Response} response
 */
export function plainLength(response) {
  return response.headers.get('content-encoding') ? 0 : Number(response.headers.get('content-length')) || 0;
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

/** Web Crypto exists on https and localhost only; elsewhere pool.js compares the engine's own hash of the bundle. */
const canDigest = () => Boolean(globalThis.crypto?.subtle);

/** @param {Uint8Array<ArrayBuffer>} data */
async function digest(data) {
  const hash = await crypto.subtle.digest('SHA-256', data);
  return Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, '0')).join('');
}
