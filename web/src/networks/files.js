/** What is dropped or picked: which files are networks, which are names of classes, and which are neither. */

/**
 * @import { Failure } from '../shared/failure.js'
 * @import { Said } from './choice.js'
 */

const NETWORK = /\.(onnx|safetensors)$/i;
const LABELS = /\.(txt|json|csv|names)$/i;

/** Formats of networks that are not read here, and how to turn them into one that is. */
const FOREIGN = /** @type {const} */ ([
  [
    /\.(pt|pth|pkl|bin|ckpt)$/i,
    'a PyTorch file',
    'Export the network with torch.onnx.export(model, image, "model.onnx").',
  ],
  [/\.(h5|hdf5|keras|pb)$/i, 'a Keras or TensorFlow file', 'Convert it with `python -m tf2onnx.convert` to ONNX.'],
  [/\.(tflite)$/i, 'a TensorFlow Lite file', 'Convert it with `python -m tf2onnx.convert --tflite` to ONNX.'],
  [/\.(pdmodel|pdiparams)$/i, 'a Paddle file', 'Convert it with `paddle2onnx` to ONNX.'],
  [/\.(mlmodel|caffemodel|prototxt|engine|ort|ncnn)$/i, 'a file of another kind', 'Export the network as ONNX.'],
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
  return found
    ? { code: 'network-unsupported', message: `“${name}” is ${found[1]}, which cannot be read here.`, help: found[2] }
    : null;
}

/**
 * The address of a network that someone typed. The page's policy lets it connect to its own site alone.
 * @param {string} text
 * @param {string} base
 * @returns {{ url: URL } | { error: Failure }}
 */
export function addressOf(text, base) {
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  const refuse = (/** @type {string} */ message, /** @type {string} */ help) => ({
    error: { code: 'download-failed', message, help },
  });
  if (!url || !text.trim())
    return refuse('That is not an address.', 'Give the address of an .onnx or .safetensors file.');
  if (url.origin === new URL(base).origin) return { url };
  return refuse(
    `This page may not connect to ${url.host}: its policy keeps it to its own site, so that your images stay here.`,
    'Download the file, then drop it here.',
  );
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
 * What a file that comes with networks says of them.
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
