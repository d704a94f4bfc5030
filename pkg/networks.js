import { PeerlightError } from './errors.js';
import { readText } from './text.js';
import { isVerified, keyOf, loadWeights } from './weights.js';

/**
 * @import { Model, OpenOptions } from './index.js'
 * @import { Check, OnBytes } from './weights.js'
 */

/**
 * A file: its bytes where they are few, so that a worker has them at once; else a Blob, which the browser can keep
 * outside the page's memory and a worker reads piece by piece.
 * @typedef {Blob | Uint8Array<ArrayBuffer>} Bytes
 *
 * A bundle that the worker downloads by itself, or finds among the kept copies; `beside` names those that stay.
 * @typedef {{ url: string, sha256?: string, bytes?: number, beside: string[] }} Remote
 *
 * A file with one network or more, and what was said of it; the worker's side reads both. With its hash, if it was
 * verified by that.
 * @typedef {{ source: Bytes | Remote, options: object, sha256?: string }} NetworkFile
 */

/** The kept copies of the bundles that this page has opened. @type {Set<string>} */
const inUse = new Set();

/** Where a JSON file has names of classes, or the name of a file of them. */
const LABELS = ['labels', 'label_names', 'class_names', 'classes', 'id2label'];
/** The most networks of one engine. */
export const MOST = 8;
/** The largest file. The engine's memory holds it and what is widened; the browser holds a copy while it hashes. */
export const LARGEST = 500e6;
/** The most bytes that are read at once. */
const PIECE = 4 << 20;
/** What was downloaded and has more bytes becomes a Blob. */
const FEW = 32e6;

/** @param {Bytes} file */
export const sizeOf = (file) => (file instanceof Blob ? file.size : file.length);

/**
 * The files of what an engine is opened with. Networks that are addresses are downloaded; a bundle's address is left to
 * the worker, so that the page has no part in it.
 * @param {Pick<OpenOptions, 'bundle' | 'models' | 'sha256' | 'bytes'>} options
 * @param {AbortSignal} signal
 * @param {OnBytes} [onBytes]
 * @returns {Promise<NetworkFile[]>}
 */
export async function gather({ bundle, models, sha256, bytes }, signal, onBytes) {
  if (bundle && isAddress(bundle)) {
    const { href } = new URL(bundle, globalThis.location?.href);
    if (sha256) inUse.add(keyOf(href, sha256));
    return [{ source: { url: href, sha256, bytes, beside: [...inUse] }, options: {} }];
  }
  if (bundle) {
    return [{ source: await fileOf(bundle, { signal, onBytes }), options: {} }];
  }
  const wanted = /** @type {Model[]} */ (models);
  const amounts = wanted.map(() => ({ loaded: 0, total: 0 }));
  const files = wanted.map((model, i) =>
    readModel(model, signal, (loaded, total) => {
      amounts[i] = { loaded, total };
      const sum = (/** @type {'loaded' | 'total'} */ key) => amounts.reduce((all, amount) => all + amount[key], 0);
      onBytes?.(sum('loaded'), amounts.every((amount) => amount.total) ? sum('total') : 0);
    }),
  );
  return Promise.all(files);
}

/**
 * In the worker: a file that is there, or comes now. Nobody need hash again what was verified.
 * @param {NetworkFile} file
 * @param {{ signal: AbortSignal, onBytes: OnBytes, onTrusted?: (check: Check) => void }} call
 * @returns {Promise<{ source: Bytes, options: object, sha256?: string }>}
 */
export async function arrive({ source, options }, call) {
  if (!('url' in source)) return { source, options };
  const bytes = await fileOf(source.url, { ...source, ...call });
  return { source: bytes, options, sha256: isVerified(source.sha256) ? source.sha256?.toLowerCase() : undefined };
}

/**
 * @param {Model} model
 * @param {AbortSignal} [signal]
 * @param {OnBytes} [onBytes]
 * @returns {Promise<{ source: Bytes, options: object }>}
 */
export async function readModel({ source, labels, beside, ...options }, signal, onBytes) {
  const file = await fileOf(source, { signal, onBytes });
  const [names, about] = await Promise.all([textOf(labels), textOf(beside)]);
  const name = options.file ?? nameOf(source);
  const others = names && about ? withoutLabels(about) : about;
  const said = { ...options, name: options.name || undefined, file: name, labels: names, beside: others };
  return { source: file, options: said };
}

/**
 * The JSON beside a network without the name of a file of labels, where these are given themselves.
 * @param {string} text
 */
function withoutLabels(text) {
  try {
    const about = JSON.parse(text);
    const named = LABELS.filter((key) => typeof about?.[key] === 'string');
    if (!named.length) return text;
    for (const key of named) delete about[key];
    return JSON.stringify(about);
  } catch {
    return text; // Whoever reads it says what is wrong with it.
  }
}

/**
 * @template T
 * @param {T | Blob} said
 */
const textOf = async (said) => (said instanceof Blob ? readText(said) : said);

/**
 * @param {Model['source']} source
 * @param {Partial<Parameters<typeof loadWeights>[0]>} options
 */
async function fileOf(source, options) {
  const file = await bytesOf(source, options);
  const size = sizeOf(file);
  if (!size) throw new PeerlightError('bundle-invalid', 'The file is empty.', 'Choose another file.');
  if (size <= LARGEST) return file;
  const sizes = [size, LARGEST].map((size) => `${Math.round(size / 1e6)} MB`);
  throw new PeerlightError('bundle-invalid', `The file has ${sizes[0]}; at most ${sizes[1]} can be read here.`);
}

/**
 * @param {Model['source']} source
 * @param {Partial<Parameters<typeof loadWeights>[0]>} options
 * @returns {Promise<Bytes>}
 */
async function bytesOf(source, options) {
  if (source instanceof Blob) return source;
  if (source instanceof ArrayBuffer) return new Blob([source]);
  if (ArrayBuffer.isView(source)) return new Blob([/** @type {BlobPart} */ (source)]);
  const bytes = await loadWeights({ ...options, url: source });
  return bytes.length > FEW ? new Blob([bytes]) : bytes;
}

/**
 * @param {Model['source']} source
 * @returns {source is string | URL}
 */
const isAddress = (source) => typeof source === 'string' || source instanceof URL;

/**
 * The name of a file without its ending; empty for bytes.
 * @param {Model['source']} source
 */
function nameOf(source) {
  const file = source instanceof File ? source.name : '';
  const path = isAddress(source) ? new URL(source, 'https://a.b').pathname : file;
  return decodeURIComponent(path.split('/').pop() ?? '').replace(/\.\w+$/, '') || undefined;
}

/**
 * A file in the engine's memory.
 * @typedef {{ push(piece: Uint8Array): void, free(): void, bytes: Uint8Array<ArrayBuffer>, sha256(): string }} Room
 */

/**
 * Reads a file into the engine's memory piece by piece, so that no other copy of all of it is held.
 * @param {{ new (size: number): Room }} NetworkFile the engine's
 * @param {Bytes} source
 * @param {(loaded: number) => Promise<void>} onBytes may throw to stop
 */
export async function readInto(NetworkFile, source, onBytes) {
  const file = new NetworkFile(sizeOf(source));
  if (!(source instanceof Blob)) {
    file.push(source);
    return file;
  }
  const pieces = piecesOf(source);
  try {
    for (let loaded = 0; ;) {
      const { done, value } = await pieces.next().catch(() => {
        throw {
          code: 'bundle-truncated',
          message: 'The file could not be read. It may have been moved: choose it again.',
        };
      });
      if (done) return file;
      file.push(value);
      loaded += value.length;
      await onBytes(loaded);
    }
  } catch (thrown) {
    file.free();
    pieces.cancel();
    throw thrown;
  }
}

/**
 * A Blob's bytes, piece by piece: each is good until the next is asked for. They come through one buffer where the
 * browser can do that, which is faster, and leaves no garbage of the file's size.
 * @param {Blob} source
 * @returns {{ next(): Promise<ReadableStreamReadResult<Uint8Array>>, cancel(): void }}
 */
function piecesOf(source) {
  const stream = source.stream();
  const stop = (/** @type {ReadableStreamGenericReader} */ reader) => () => void reader.cancel().catch(() => {});
  try {
    const reader = stream.getReader({ mode: 'byob' });
    let buffer = new ArrayBuffer(PIECE);
    const next = async () => {
      const read = await reader.read(new Uint8Array(buffer));
      if (read.value) buffer = read.value.buffer;
      return read;
    };
    return { next, cancel: stop(reader) };
  } catch {
    const reader = stream.getReader();
    return { next: () => reader.read(), cancel: stop(reader) };
  }
}
