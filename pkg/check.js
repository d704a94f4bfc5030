import { PeerlightError } from './errors.js';
import { MOST } from './networks.js';

/**
 * @import { DeviceWish, ImageRequest, OpenOptions } from './index.js'
 */

/** What a caller gives is checked before anything is sent or fetched: a mistake there must cost nothing. */

/** @param {string} message */
const refuse = (message) => new PeerlightError('ask-invalid', message);

/** @param {unknown} value */
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value in a sentence, also one that is no JSON (NaN, a BigInt, a list within itself). @param {unknown} value */
function told(value) {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

/** @param {unknown} value @returns {value is number} */
const isNumber = (value) => typeof value === 'number';

/**
 * @param {unknown} value
 * @param {string} name
 */
function record(value, name) {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw refuse(`${name} must be an object, not ${told(value)}.`);
  return /** @type {any} */ (value);
}

/**
 * @param {unknown} request
 * @returns {ImageRequest}
 */
export function checkRequest(request) {
  const { crop = null, across = null, down = null, ...rest } = record(request, 'The request');
  if (crop !== null && !(isNumber(crop) && crop > 0 && crop <= 1)) {
    throw refuse(`The crop must be a number above 0 and up to 1, not ${told(crop)}.`);
  }
  for (const [name, at] of Object.entries({ across, down })) {
    if (at === null || (isNumber(at) && at >= 0 && at <= 1)) continue;
    throw refuse(`The place of the square, ${name}, must be a number from 0 to 1, not ${told(at)}.`);
  }
  const framing = Object.entries({ crop, across, down }).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(framing), ...rest };
}

/** @param {unknown} options @returns {object} */
export const checkOptions = (options) => record(options, 'The options');

/**
 * @template {{ signal?: AbortSignal, onProgress?: (step: any) => void }} T
 * @param {T | null | undefined} call
 * @returns {Partial<T>}
 */
export function checkCall(call) {
  const { signal, onProgress } = record(call, 'The call');
  if (signal && !(typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function')) {
    throw refuse('`signal` must be an AbortSignal (the `signal` of an AbortController).');
  }
  if (onProgress && typeof onProgress !== 'function') throw refuse('`onProgress` must be a function.');
  return call ?? {};
}

/**
 * Whether something is the address of a file, or its bytes.
 * @param {unknown} file
 */
function isFile(file) {
  const address = (typeof file === 'string' && file) || file instanceof URL;
  return address || file instanceof Blob || file instanceof ArrayBuffer || ArrayBuffer.isView(file);
}

/** @param {unknown} model */
export function checkModel(model) {
  if (isFile(record(model, 'A model').source)) return;
  throw refuse('The `source` of a model must be the address of an ONNX file or a bundle, or its bytes.');
}

/** @param {unknown} models */
function checkModels(models) {
  if (!Array.isArray(models)) throw refuse('`models` must be a list: [{ source, name, labels, preprocess }].');
  if (models.length < 1 || models.length > MOST) {
    throw refuse(`There are ${models.length} models; there must be 1 to ${MOST}.`);
  }
  models.forEach(checkModel);
}

/** @param {unknown} names @returns {string[]} */
export function checkNames(names) {
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  throw refuse("The names must be a list of texts: ['cat', 'n01440764'].");
}

/** @param {unknown} wish @returns {asserts wish is DeviceWish} */
export function checkWish(wish) {
  if (wish === 'auto' || wish === 'cpu' || wish === 'webgpu') return;
  throw refuse(`The device must be 'auto', 'cpu' or 'webgpu', not ${told(wish)}.`);
}

/**
 * @template {OpenOptions} T
 * @param {T} options
 * @returns {T}
 */
export function checkOpen(options) {
  const { bundle, models, sha256, device = 'auto', spawn } = record(options, 'The options');
  checkCall(options);
  checkWish(device);
  if (bundle && models) throw refuse('Give a `bundle` or `models`, not both.');
  if (models) checkModels(models);
  else if (!isFile(bundle)) {
    throw refuse('`bundle` must be the address of a weights file, or its bytes. `findBundle` finds the address.');
  }
  if (sha256 && typeof sha256 !== 'string') throw refuse('`sha256` must be a text of hexadecimal digits.');
  if (spawn && typeof spawn !== 'function') throw refuse('`spawn` must be a function.');
  return { ...options, sha256: sha256?.toLowerCase() };
}
