import { isImageName, isSystem } from '../images/gather.js';
import { refusal } from '../shared/refusal.js';

/** What is given: which files are networks, or about them, and which are neither. */

/**
 * @import { Found } from '../images/gather.js'
 * @import { Failure } from '../shared/refusal.js'
 */

const NETWORK = /\.(onnx|safetensors)$/i;
const LABELS = /\.(txt|json|csv|names)$/i;

/** Formats of networks that are not read here, and how to turn them into one that is. */
const FOREIGN = /** @type {const} */ ([
  [/\.(pt|pth|pkl|bin|ckpt)$/i, 'foreign.pytorch'],
  [/\.(h5|hdf5|keras|pb)$/i, 'foreign.keras'],
  [/\.(tflite)$/i, 'foreign.tflite'],
  [/\.(pdmodel|pdiparams)$/i, 'foreign.paddle'],
  [/\.(mlmodel|caffemodel|prototxt|engine|ort|ncnn)$/i, 'foreign.other'],
]);

/** @param {File[]} files */
export function sorted(files) {
  const networks = files.filter(({ name }) => NETWORK.test(name));
  const labels = files.filter(({ name }) => LABELS.test(name));
  const foreign = files.map(foreignOf).find((found) => found !== null) ?? null;
  return { networks, labels, foreign, others: files.filter((file) => !kindOf(file)).map(({ name }) => name) };
}

/** @param {{ name: string }} file */
const kindOf = (file) => NETWORK.test(file.name) || LABELS.test(file.name) || foreignOf(file) !== null;

/** @param {string} path */
const folderOf = (path) => path.slice(0, path.lastIndexOf('/') + 1);

/**
 * Of what was given, the files that are about networks: these, and what lies in a folder with one. Names of classes
 * alone are meant for networks only while some are being got ready. Beside several images, a table is about them.
 * @param {Found[]} found
 * @param {boolean} drafting
 * @returns {{ files: File[], rest: Found[] }}
 */
export function forNetworks(found, drafting) {
  const own = found.filter(({ file, path }) => file && !isSystem(path));
  const folders = new Set(own.filter(({ path }) => NETWORK.test(path)).map(({ path }) => folderOf(path)));
  const images = own.filter(({ file, path }) => isImageName(path, file?.type)).length;
  const alone = !folders.size && own.length === found.length && own.every(({ file }) => file && kindOf(file));
  const foreign = alone && own.some(({ file }) => file && foreignOf(file));
  /** @param {Found} given */
  const isMine = ({ file, path }) => {
    if (!file || isSystem(path) || !kindOf(file)) return false;
    if (!folders.size) return foreign || (alone && drafting);
    return folders.has(folderOf(path)) && !(images > 1 && /\.csv$/i.test(path));
  };
  const mine = found.filter(isMine);
  return { files: mine.flatMap(({ file }) => file ?? []), rest: found.filter((given) => !mine.includes(given)) };
}

/**
 * @param {{ name: string }} file
 * @returns {Failure | null}
 */
function foreignOf({ name }) {
  const found = FOREIGN.find(([like]) => like.test(name));
  return found ? refusal('network-unsupported', found[1], `${found[1]}.help`, { name }) : null;
}

/**
 * The address of a network that someone typed. The page's policy lets it connect to its own site alone.
 * @param {string} text
 * @param {string} base
 * @returns {{ url: URL } | { error: Failure }}
 */
export function addressOf(text, base) {
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  if (!url || !text.trim()) {
    return { error: refusal('download-failed', 'networks.no-address', 'networks.no-address.help') };
  }
  if (url.origin === new URL(base).origin) return { url };
  const { host } = url;
  return { error: refusal('download-failed', 'networks.elsewhere', 'networks.elsewhere.help', { host }) };
}
