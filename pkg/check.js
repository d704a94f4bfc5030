import { PeerlightError } from './errors.js';
import { MOST } from './networks.js';

/**
 * @import { DeviceWish, Framing, ImageRequest, OpenOptions } from './index.js'
 */

/** What a caller gives is checked before anything is sent or fetched: a mistake there must cost nothing. */

const CALL = ['signal', 'onProgress'];
const MODEL = ['source', 'id', 'name', 'file', 'labels', 'preprocess', 'size', 'output', 'beside', 'peers'];
/** The last ones are what `findBundle` tells beside: its answer may be given as it is, with the address as `bundle`. */
const OPEN = [
  ...['bundle', 'models', 'sha256', 'bytes', 'device', ...CALL, 'onDevice', 'onSpoilt', 'base', 'spawn'],
  ...['id', 'name', 'note', 'url'],
];

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

/**
 * A name that nothing reads is a slip, and must not be lost in silence.
 * @param {object} value
 * @param {string[]} names
 * @param {string} what
 */
function onlyKnown(value, names, what) {
  const other = Object.keys(value).find((name) => !names.includes(name));
  if (other !== undefined) throw refuse(`${what} has no '${other}'. It may have: ${names.join(', ')}.`);
}

/**
 * Numbers that are none, which JSON would leave out without a word. Bytes are not looked through.
 * @param {unknown} value
 * @param {string} name
 * @param {number} [depth]
 */
function onlyNumbers(value, name, depth = 5) {
  if (isNumber(value) && !Number.isFinite(value))
    throw refuse(`The value of '${name}' must be a number, not ${value}.`);
  if (!depth || typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  const inList = Array.isArray(value);
  for (const [key, part] of Object.entries(value)) onlyNumbers(part, inList ? name : key, depth - 1);
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
  for (const name of CALL) {
    if (name in rest) throw refuse(`\`${name}\` belongs after the request, in an object of its own.`);
  }
  onlyNumbers(rest, 'request');
  const framing = Object.entries({ crop, across, down }).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(framing), ...rest };
}

/**
 * What is measured of a map, or asked of an image. A box that ends before it begins holds nothing.
 * @param {unknown} options
 * @returns {object}
 */
export function checkOptions(options) {
  const checked = record(options, 'The options');
  onlyNumbers(checked, 'options');
  for (const box of Array.isArray(checked.boxes) ? checked.boxes : []) {
    const [left, top, right, bottom] = Array.isArray(box) ? box : [];
    if (left >= right || top >= bottom) {
      throw refuse(`The box ${told(box)} ends before it begins.`);
    }
  }
  return checked;
}

/**
 * What is asked of an image that is open: its square was chosen when it was opened.
 * @param {Framing} request
 * @param {Framing} open
 */
export function checkFraming({ crop, across, down }, open) {
  for (const [name, value] of Object.entries({ crop, across, down })) {
    if ((value ?? null) === null || value === open[/** @type {keyof Framing} */ (name)]) continue;
    throw refuse(`Give \`${name}\` to engine.prepare.`);
  }
}

/**
 * @template {{ signal?: AbortSignal, onProgress?: (step: any) => void }} T
 * @param {T | null | undefined} call
 * @returns {Partial<T>}
 */
export function checkCall(call) {
  const checked = record(call, 'The call');
  onlyKnown(checked, CALL, 'A call');
  checkListener(checked);
  return call ?? {};
}

/** @param {{ signal?: any, onProgress?: unknown }} call */
function checkListener({ signal, onProgress }) {
  if (signal && !(typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function')) {
    throw refuse('`signal` must be an AbortSignal (the `signal` of an AbortController).');
  }
  checkFunction(onProgress, 'onProgress');
}

/**
 * Whether something is the address of a file, or its bytes.
 * @param {unknown} file
 */
function isFile(file) {
  return isAddress(file) || file instanceof Blob || file instanceof ArrayBuffer || ArrayBuffer.isView(file);
}

/** @param {unknown} file */
const isAddress = (file) => (typeof file === 'string' && file !== '') || file instanceof URL;

/** @param {unknown} value @param {string} name */
function checkAddress(value, name) {
  const is = typeof value === 'string' || value instanceof URL;
  if (is && URL.canParse(value, globalThis.location?.href ?? 'https://a.b')) return;
  throw refuse(`${name} must be an address, not ${told(value)}.`);
}

/** Bytes need no address. @param {unknown} file @param {string} name */
const checkFile = (file, name) => isAddress(file) && checkAddress(file, name);

/** @param {unknown} model */
export function checkModel(model) {
  const checked = record(model, 'A model');
  const { source, id, beside, size } = checked;
  if (!isFile(source)) {
    throw refuse('The `source` of a model must be the address of its file, or its bytes.');
  }
  checkFile(source, '`source`');
  onlyKnown(checked, MODEL, 'A model');
  onlyNumbers({ size }, 'size');
  if (id && !/^[\w-]+$/.test(id)) throw refuse(`An id has letters, digits and dashes, unlike ${told(id)}.`);
  if (beside && !(typeof beside === 'string' || beside instanceof Blob)) {
    throw refuse('`beside` must be a text: JSON.stringify makes one of an object.');
  }
}

/** @param {unknown} index the address of a list of networks @param {unknown} options */
export function checkList(index, options) {
  checkAddress(index || null, 'A list of networks');
  checkListener(record(options, 'The options'));
}

/** @param {unknown} options */
export function checkInspect(options) {
  const checked = record(options, 'The options');
  onlyKnown(checked, [...CALL, 'base', 'spawn'], 'The options');
  checkListener(checked);
  checkStart(checked);
  return checked;
}

/** How a worker is started. @param {{ base?: unknown, spawn?: unknown }} options */
function checkStart({ base, spawn }) {
  checkFunction(spawn, 'spawn');
  if (base !== undefined && base !== null) checkAddress(base, '`base`');
}

/** @param {unknown} value @param {string} name */
function checkFunction(value, name) {
  if (value && typeof value !== 'function') throw refuse(`\`${name}\` must be a function.`);
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
  const checked = record(options, 'The options');
  const { bundle, models, sha256, bytes, device = 'auto' } = checked;
  checkListener(checked);
  checkWish(device);
  if (bundle && models) throw refuse('Give a `bundle` or `models`, not both.');
  if (models) checkModels(models);
  else if (!isFile(bundle)) {
    throw refuse('`bundle` must be the address of a weights file, or its bytes. `findBundle` finds the address.');
  }
  onlyKnown(checked, OPEN, 'openEngine');
  checkFile(bundle, '`bundle`');
  if (sha256 && !(typeof sha256 === 'string' && /^[\da-f]{64}$/i.test(sha256))) {
    throw refuse('`sha256` must be a text of 64 hexadecimal digits.');
  }
  if (bytes && !(Number.isSafeInteger(bytes) && bytes > 0)) {
    throw refuse(`\`bytes\` must be the length of the file, not ${told(bytes)}.`);
  }
  for (const name of ['onDevice', 'onSpoilt']) checkFunction(checked[name], name);
  checkStart(checked);
  return { ...options, sha256: sha256?.toLowerCase() };
}
