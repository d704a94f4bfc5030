import { findBundle, openEngine } from '/pkg/index.js';

/** A worker and its calls, answered in order. */
class Calls {
  /** @param {string} file */
  constructor(file) {
    this.worker = new Worker(new URL(file, import.meta.url), { type: 'module' });
  }

  /** @param {object} message @returns {Promise<any>} */
  ask(message) {
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data.value));
      this.worker.onerror = (event) => reject(new Error(event.message));
      this.worker.postMessage(message);
    });
  }
}

/** @type {Record<string, () => Promise<unknown>>} what can be timed, once it is open */
const works = {};

/** The image as our client takes it, and its square as the other runtime takes it. */
async function input() {
  const image = await (await fetch('/samples/cat.jpg')).blob();
  const side = 224;
  const bitmap = await createImageBitmap(image, { colorSpaceConversion: 'none' });
  const square = 0.875 * Math.min(bitmap.width, bitmap.height);
  const pen = new OffscreenCanvas(side, side).getContext('2d');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(bitmap, (bitmap.width - square) / 2, (bitmap.height - square) / 2, square, square, 0, 0, side, side);
  const { data } = pen.getImageData(0, 0, side, side);
  const tensor = new Float32Array(3 * side * side);
  for (let i = 0; i < side * side; i += 1)
    for (let c = 0; c < 3; c += 1) tensor[c * side * side + i] = (data[4 * i + c] - 127) / 128;
  return { image, tensor, side, pixels: new Uint8Array(data.buffer) };
}

/** The published networks, which the other runtime has too. The default bundle holds others. */
const BUNDLE = 'lite0-lite1';

/** @typedef {import('./models.mjs').Models} Models */
const addresses = (/** @type {Models} */ { files }) => files.map((file) => `/onnx/${file}`);

/** @param {'cpu' | 'webgpu'} device @param {Models} models */
async function open(device, models) {
  const { image, tensor, side, pixels } = await input();
  const bundle = await findBundle(new URL('/models/index.json', location.href), BUNDLE);
  const engine = await openEngine({ bundle: bundle.url, sha256: bundle.sha256, bytes: bundle.bytes, device });
  if (engine.device.kind !== device) throw new Error(engine.device.reason);
  const ours = new Calls('ours.js');
  await ours.ask({ type: 'open', device, bundle: bundle.url.href, side, pixels });
  const rival = new Calls('rival.js');
  await rival.ask({ type: 'open', device, models: addresses(models) });
  Object.assign(works, {
    // A new blob each time, or the engine would know the image and run no network.
    explain: () => engine.explain(image.slice()),
    forward: () => ours.ask({ type: 'forward' }),
    'grad-cam': () => ours.ask({ type: 'method', method: 'grad-cam' }),
    rival: () => rival.ask({ type: 'forward', tensor }),
  });
  return check(models.same);
}

/** Both see the same cat, where both have the same networks. @param {boolean} same */
async function check(same) {
  const explanation = /** @type {import('/pkg/index.js').Explanation} */ (await works.explain());
  const classes = /** @type {number[]} */ (await works.rival());
  const mine = explanation.peers.map((p) => p.top[0].class);
  if (same && mine.join() !== classes.join()) throw new Error(`classes ${mine} against ${classes}`);
  return explanation.timings;
}

/** @param {keyof typeof works} work @returns {Promise<number>} milliseconds from asking to having */
async function time(work) {
  const start = performance.now();
  const value = await works[work]();
  // The engine times itself where it has a number: a forward pass of both nets (the median of three), and methods.
  return typeof value === 'number' ? value : performance.now() - start;
}

/** The other runtime from nothing to its first answer. @param {Models} models */
async function start(models) {
  const { tensor } = await input();
  const rival = new Calls('rival.js');
  await rival.ask({ type: 'open', device: 'cpu', models: addresses(models) });
  await rival.ask({ type: 'forward', tensor });
  return performance.now();
}

Object.assign(window, { bench: { open, time, start } });
