import { refusal } from '../shared/refusal.js';
import { stem } from './choice.js';

/** What is dropped or picked: which files are networks, which are names of classes, and which are neither. */

/**
 * @import { Failure } from '../shared/refusal.js'
 * @import { Said } from './choice.js'
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

/**
 * @param {File[]} files
 * @returns {{ networks: File[], labels: File[], foreign: Failure | null, others: File[] }}
 */
export function sorted(files) {
  const networks = files.filter(({ name }) => NETWORK.test(name));
  const labels = files.filter(({ name }) => LABELS.test(name));
  const foreign = files.map(foreignOf).find((found) => found !== null) ?? null;
  const others = files.filter((file) => !networks.includes(file) && !labels.includes(file) && !foreignOf(file));
  return { networks, labels, foreign, others };
}

/**
 * @param {File} file
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

/** What a JSON file says of a network, unlike one that lists names of classes. */
const ABOUT = [
  'name',
  'size',
  'output',
  'preprocess',
  'pretrained_cfg',
  'labels',
  'label_names',
  'id2label',
  'mean',
  'image_mean',
];

/**
 * That some files say nothing of any network, if there are such: one that has no network's name is about all, and a
 * second one cannot be.
 * @param {File[]} networks
 * @param {Said[]} said
 */
export function unusedOf(networks, said) {
  const stems = networks.map(({ name }) => stem(name));
  const unused = said.filter(({ name }) => !stems.includes(stem(name))).slice(1);
  const names = unused.map(({ name }) => name).join(', ');
  return names ? refusal('ask-invalid', 'networks.unused', 'networks.unused.help', { names, n: unused.length }) : null;
}

/**
 * That some files are neither networks nor about them, if there are such.
 * @param {File[]} others
 */
export function unknownOf(others) {
  const names = others.map(({ name }) => name).join(', ');
  return names ? refusal('ask-invalid', 'networks.others', null, { names, n: others.length }) : null;
}

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
  return { name, options: about ? { beside: text } : { labels: text } };
}
