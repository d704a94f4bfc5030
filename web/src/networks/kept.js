import { t } from '../words/index.js';
import { canKeep } from './choice.js';

/**
 * Networks of one's own that stay on this device, in the browser's cache: the files as they were, and what was said of
 * them. Nothing is kept unasked.
 *
 * @import { Store } from '../app/store.js'
 * @import { Model } from 'peerlight'
 * @import { Kept, Options } from './choice.js'
 *
 * @typedef {{ source: Blob, options: Options }} KeptFile
 * @typedef {Kept & { options: Options[] }} Entry
 */

const CACHE = 'peerlight-own-networks';

/** @param {string} path */
const address = (path) => new URL(`own-networks/${path}`, document.baseURI).href;

/**
 * Lists what is kept.
 * @param {Store} store
 */
export const runKept = ({ dispatch }) =>
  listKept().then(
    (kept) => dispatch({ type: 'networks-kept', kept }),
    () => {},
  );

/**
 * What is kept, the latest first.
 * @returns {Promise<Kept[]>}
 */
export async function listKept() {
  if (!canKeep() || !(await caches.has(CACHE))) return [];
  const cache = await caches.open(CACHE);
  const lists = (await cache.keys()).filter(({ url }) => url.endsWith('/about.json'));
  const entries = await Promise.all(lists.map(async (key) => (await cache.match(key))?.json()));
  return entries.filter(Boolean).sort((a, b) => b.id.localeCompare(a.id));
}

/**
 * @param {string} name
 * @param {KeptFile[]} files
 * @returns {Promise<string>} the id
 */
export async function keep(name, files) {
  const cache = await caches.open(CACHE);
  const id = `${Date.now()}`;
  const size = files.reduce((sum, { source }) => sum + source.size, 0);
  /** @type {Entry} */
  const entry = { id, name, size, options: files.map(({ options }) => options) };
  try {
    for (const [i, { source }] of files.entries()) await cache.put(address(`${id}/${i}`), new Response(source));
    // Last: what has no description is not there.
    await cache.put(address(`${id}/about.json`), new Response(JSON.stringify(entry)));
  } catch (thrown) {
    await forget(id);
    throw thrown;
  }
  return id;
}

/**
 * @param {string} id
 * @returns {Promise<Model[]>}
 */
export async function findKept(id) {
  const cache = await caches.open(CACHE);
  /** @type {Entry | undefined} */
  const entry = await (await cache.match(address(`${id}/about.json`)))?.json();
  if (!entry) throw new Error(t('networks.no-longer'));
  return Promise.all(
    entry.options.map(async (options, i) => {
      const response = await cache.match(address(`${id}/${i}`));
      if (!response) throw new Error(t('networks.file-no-longer'));
      return { ...options, source: await response.blob() };
    }),
  );
}

/** @param {string} id */
export async function forget(id) {
  const cache = await caches.open(CACHE);
  const keys = (await cache.keys()).filter(({ url }) => url.startsWith(address(`${id}/`)));
  await Promise.all(keys.map((key) => cache.delete(key)));
  if (!(await cache.keys()).length) await caches.delete(CACHE);
}
