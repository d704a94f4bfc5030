import { findBundle, openEngine } from '/pkg/index.js';
import { Calls } from './calls.js';
import { input } from './input.js';
import { own } from './own.js';

/** @type {Record<string, () => Promise<unknown>>} what can be timed, once it is open */
const works = {};

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

Object.assign(window, { bench: { open, time, start, own } });
