import { refusal } from '../shared/refusal.js';
import { named } from '../images/left-out.js';
import { isImageName, isSystem } from '../images/gather.js';
import { aboutOf, isBundle } from './choice.js';

/** What is dropped or picked: which files are networks, which are names of classes, and which are neither. */

/**
 * @import { Found } from '../images/gather.js'
 * @import { Failure } from '../shared/refusal.js'
 * @import { DraftFile, NetworkSource, Said } from './choice.js'
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

/** Where a JSON file has names of classes, or the name of a file of them. */
const NAMES = ['labels', 'label_names', 'class_names', 'classes', 'id2label'];
/** What a JSON file says of a network, unlike one that lists names of classes. */
const ABOUT = ['name', 'size', 'output', 'preprocess', 'pretrained_cfg', ...NAMES, 'mean', 'image_mean'];

/**
 * What files say together: one of labels that a JSON file names goes with that file, and is no file of its own.
 * @param {Said[]} said
 * @returns {Said[]}
 */
export function joined(said) {
  const wanted = new Set();
  const all = said.map((file) => {
    const labels = file.wants ? said.find(({ name }) => name === file.wants)?.options.labels : undefined;
    if (!labels) return file;
    wanted.add(file.wants);
    return { name: file.name, options: { ...file.options, labels } };
  });
  return all.filter(({ name }) => !wanted.has(name));
}

/**
 * That some files say nothing of any network, if there are such.
 * @param {NetworkSource[]} networks that came with them
 * @param {Said[]} said
 * @param {DraftFile[]} draft the networks that were there
 */
export function unusedOf(networks, said, draft) {
  const all = [...draft, ...networks];
  const fresh = networks.map(({ name }) => aboutOf({ name, saidBy: '', wants: '' }, said, all));
  const old = draft.map((file) => !isBundle(file) && aboutOf(file, said, all, networks.length > 0));
  const unused = said.filter((file) => ![...fresh, ...old].includes(file));
  const names = unused.map(({ name }) => name).join(', ');
  return names ? refusal('ask-invalid', 'networks.unused', 'networks.unused.help', { names, n: unused.length }) : null;
}

/**
 * That some files are neither networks nor about them, if there are such.
 * @param {string[]} paths
 */
export const unknownOf = (paths) =>
  paths.length ? refusal('ask-invalid', 'networks.others', null, { names: named(paths), n: paths.length }) : null;

/**
 * What the text of such a file says.
 * @param {string} name
 * @param {string} text
 * @returns {Said}
 */
export function saidIn(name, text) {
  /** @type {unknown} */
  let json = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Then it is a list of names.
  }
  const about = json !== null && typeof json === 'object' && ABOUT.some((key) => key in /** @type {object} */ (json));
  if (!about) return { name, options: { labels: text } };
  // Labels that are a text are the name of a file, which may lie in a folder.
  const file = NAMES.map((key) => /** @type {Record<string, unknown>} */ (json)[key]).find((value) => value);
  const wants = typeof file === 'string' ? file.split(/[\\/]/).pop() : '';
  return { name, options: { beside: text }, ...(wants ? { wants } : {}) };
}
