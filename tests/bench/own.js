import { openEngine } from '/pkg/index.js';
import { Calls } from './calls.js';
import { input } from './input.js';

/** Networks of one's own: an ONNX file in our engine, as a page opens it, beside the same file in onnxruntime-web. */

/** The scale of the tensor that the other runtime is given. */
const PREPROCESS = { mean: [127, 127, 127].map((x) => x / 255), std: [128, 128, 128].map((x) => x / 255), crop: 0.875 };

/** The worker of our engine. @type {Worker} */
let worker;
/** @type {import('/pkg/index.js').Engine | null} */
let ours = null;
/** @type {Calls | null} */
let rival = null;
/** @type {Float32Array} */
let tensor;

const start = () => new Worker('/pkg/worker.js', { type: 'module', name: 'peerlight-cpu' });

/** @param {string | Blob} source @param {Worker} [started] */
function openOurs(source, started) {
  const spawn = () => (worker = started ?? start());
  return openEngine({ models: [{ source, preprocess: PREPROCESS }], device: 'cpu', spawn });
}

/**
 * Opens a file on both sides, which then see the same class. With random weights every class may be as likely as the
 * next; such a file has no class to compare. @param {string} file
 */
async function open(file) {
  ours?.close();
  rival?.close();
  const seen = await input();
  tensor = seen.tensor;
  ours = await openOurs(file);
  rival = new Calls('rival.js');
  await rival.ask({ type: 'open', device: 'cpu', models: [file] });
  const [theirs] = await rival.ask({ type: 'forward', tensor });
  const { peers } = await ours.explain(seen.image);
  const [first, second] = peers[0].top;
  const told = first.probability > second.probability;
  if (told && first.class !== theirs) throw new Error(`${file}: class ${first.class} against ${theirs}`);
}

/** Our engine's own time of a forward pass. Its worker is asked, since the client has no such question. */
function ourTime() {
  const job = 1e9;
  return new Promise((resolve, reject) => {
    const listen = (/** @type {MessageEvent} */ { data }) => {
      if (data.job !== job) return;
      worker.removeEventListener('message', listen);
      if (data.type === 'done') resolve(data.value);
      else reject(new Error(data.message));
    };
    worker.addEventListener('message', listen);
    worker.postMessage({ type: 'time', job });
  });
}

/** Milliseconds of a forward pass on both sides: each the median of three, after one to warm up. */
const pair = async () => [await ourTime(), await rival?.ask({ type: 'time', tensor })];

/** The file that is opened, in memory or wherever the browser keeps what was chosen. @type {Blob} */
let blob;

/** @param {string} file */
async function fetchFile(file) {
  blob = await (await fetch(file)).blob();
}

/**
 * From the file to an engine that can be asked, in a worker whose code is loaded and ready: the page starts one as soon
 * as it has looked at a file.
 * @returns {Promise<number>} ms
 */
async function openingOurs() {
  const started = start();
  await new Promise((ready) => setTimeout(ready, 2000));
  const begin = performance.now();
  ours = await openOurs(blob, started);
  return performance.now() - begin;
}

/**
 * From the file to the other runtime's session, in a new worker whose code is loaded and ready.
 * @param {string} small a file that it has opened before
 * @returns {Promise<number>} ms
 */
async function openingRival(small) {
  rival = new Calls('rival.js');
  await rival.ask({ type: 'open', device: 'cpu', models: [small] });
  const start = performance.now();
  const bytes = await blob.arrayBuffer();
  await rival.ask({ type: 'create', bytes }, [bytes]);
  return performance.now() - start;
}

function close() {
  ours?.close();
  rival?.close();
  [ours, rival] = [null, null];
}

export const own = { open, pair, fetchFile, openingOurs, openingRival, close };
