import { findAdapter } from './adapter.js';
import { plain } from './errors.js';
import { watchGpu } from './gpu-watch.js';
import { hashOf } from './hash.js';
import { ImageCache } from './image-cache.js';
import { holdLife } from './life.js';
import { loadCode } from './load-code.js';
import { arrive, readInto, sizeOf } from './networks.js';

/**
 * @import { Image } from './decode.js'
 * @import { Pixels, Size } from './image-cache.js'
 * @import { DeviceKind, Explanation, ImageRequest, WhatIf } from './index.js'
 * @import { Bytes, NetworkFile } from './networks.js'
 * @import { Check } from './weights.js'
 */

/**
 * One worker is one device. It owns decoding, the engine and the wasm, takes one job at a time, and converts only.
 * @typedef {{ job: number, cancelled: boolean, control: AbortController }} Live
 * @typedef {(step: object) => Promise<boolean>} OnStep whether to go on
 * @typedef {{ type: string, job: number, kind: string, files: NetworkFile[], source: Pixels, sourceId: number,
 *   held?: boolean, request: ImageRequest, options: object, question: WhatIf,
 *   names: string[] }} Message
 */

/** @type {{ name?: string, postMessage(m: object): void, onmessage: ((e: MessageEvent<Message>) => void) | null }} */
const scope = /** @type {any} */ (self);

/** So many bytes of a file are read between two reports. */
const STEP = 4e6;
/** Between two reports of a download. */
const SELDOM_MS = 50;
/** After an answer, before kept weights are hashed: nobody is to wait for that. */
const CHECK_MS = 3000;

/** @typedef {{ file: ReturnType<typeof arrive>, check: Check | null }} Arrival */
/** @typedef {{ glue: any, engine: Promise<any> }} Code the generated glue, and its engine while it is made ready */

/** The device that the worker is named after: it is made ready before anybody asks. */
const named = /^peerlight-(cpu|webgpu)$/.exec(scope.name ?? '')?.[1];
/** @type {(progress: object) => void} */
let sayEarly = () => {};
/** @type {Promise<Code> | null} */
let early = named ? begin(named, (progress) => sayEarly(progress)) : null;
early?.catch(() => {}); // Whoever asks for it hears of it.

/** @type {any} the generated glue, once its code is there */
let glue;
/** @type {any} the engine of the glue */
let engine;
const images = new ImageCache((id) => engine.close_image(id));
/** @type {{ code: string, message: string } | null} */
let trouble = null;
/** @type {Map<number, Live>} */
const live = new Map();
/** The weights that come or have come, by the job that asked. @type {Map<number, Arrival[]>} */
const arriving = new Map();
/** Of weights that were taken as they were kept. @type {Check | null} */
let unchecked = null;
let running = 0;
let queue = Promise.resolve();
/** Says by which lock the worker's life is known, to whoever has sent the first message and so listens. */
let introduce = () => {
  introduce = () => {};
  life.then((lock) => scope.postMessage({ type: 'hello', lock }));
};
const life = holdLife();

scope.onmessage = ({ data }) => {
  introduce();
  if (data.type === 'cancel') {
    const job = live.get(data.job);
    if (job) job.cancelled = true;
    job?.control.abort();
    return;
  }
  const control = new AbortController();
  live.set(data.job, { job: data.job, cancelled: false, control });
  // Weights come while the engine's code does.
  if (data.type === 'load')
    arriving.set(
      data.job,
      data.files.map((file) => expect(file, data.job, control.signal)),
    );
  queue = queue.then(() => handle(data));
};

/** @type {Record<string, (m: Message, live: Live) => Promise<any>>} */
const TASKS = {
  async open({ job, kind }) {
    const say = saying(job);
    const code = await codeFor(kind, say);
    glue = code.glue;
    say({ stage: 'device', loaded: 0, total: 0, text: 'Checking what this device can do' });
    engine = await code.engine;
    if (trouble) throw trouble;
    const adapter = kind === 'webgpu' ? await findAdapter() : null;
    const card = adapter && 'name' in adapter ? adapter : { software: false, name: '' };
    return {
      device: { ...engine.device, software: card.software, name: card.name || engine.device.name },
      catalog: glue.catalog(),
    };
  },

  async load({ job, files }, live) {
    const say = saying(job);
    /** @type {(string | Promise<string>)[]} */
    const hashes = [];
    const add = async (/** @type {Arrival} */ { file }, /** @type {number} */ i) => {
      const { source, options, sha256 } = await file;
      const own = await readFile(source, say, live);
      // The browser hashes a copy of its own while the engine makes networks of the file.
      hashes[i] = sha256 ?? hashOf(own);
      engine.add(own, JSON.stringify(options));
    };
    for (const [i, arrival] of (arriving.get(job) ?? []).entries()) {
      try {
        await add(arrival, i);
      } catch (thrown) {
        // A kept copy that cannot be read may be spoilt: it is then fetched anew.
        if (!arrival.check || (await arrival.check())) throw thrown;
        arrival.check = null;
        await add(expect(/** @type {NetworkFile} */ (files[i]), job, live.control.signal), i);
      }
      unchecked = arrival.check ?? unchecked;
    }
    return engine.load_added(await Promise.all(hashes));
  },

  /** What is in a file with a network, without a device. */
  async inspect({ job, kind, source, options }, live) {
    const say = saying(job);
    ({ glue } = await codeFor(kind, say));
    const file = await readFile(/** @type {Bytes} */ (source), say, live);
    return glue.inspect(file, JSON.stringify(options));
  },

  time: () => engine.time_ms(),

  classes: async ({ names }) => Array.from(engine.folder_classes(names), (found) => (found < 0 ? null : found)),

  prepare: (message, live) => withForward(message, live, async (_request, _onStep, image) => image.full),

  async close({ sourceId }) {
    images.release(sourceId);
  },

  explain: (message, live) =>
    withForward(message, live, async (request, onStep, image) =>
      inImagePixels(await engine.explain(message.sourceId, request, onStep), image),
    ),

  measure: (message, live) =>
    withForward(message, live, (request, onStep) => engine.measure(message.sourceId, request, message.options, onStep)),

  whatIf: (message, live) =>
    withForward(message, live, (request, onStep) => {
      const brush = Array.from(message.question.brush ?? []);
      return engine.what_if(message.sourceId, { ...message.question, brush }, request, onStep);
    }),

  sanity: (message, live) =>
    withForward(message, live, (request, onStep) => engine.sanity(message.sourceId, request, onStep)),
};

/** @param {number} job */
const saying = (job) => (/** @type {object} */ progress) => scope.postMessage({ type: 'progress', job, ...progress });

/**
 * A file that is to be loaded, which begins to come now where it is elsewhere.
 * @param {NetworkFile} wanted
 * @param {number} job
 * @param {AbortSignal} signal
 * @returns {Arrival}
 */
function expect(wanted, job, signal) {
  const say = saying(job);
  let next = 0;
  const onBytes = (/** @type {number} */ loaded, /** @type {number} */ total) => {
    if (loaded && loaded < total && performance.now() < next) return;
    next = performance.now() + SELDOM_MS;
    say({ stage: 'weights', loaded, total, text: 'Loading the networks' });
  };
  const arrival = /** @type {Arrival} */ ({ check: null });
  arrival.file = arrive(wanted, { signal, onBytes, onTrusted: (check) => (arrival.check = check) });
  arrival.file.catch(() => {}); // Whoever waits for it hears of it.
  return arrival;
}

/**
 * Hashes weights that were taken as they were kept, once and behind the first answer. Spoilt ones end the worker: what
 * it answered may be wrong.
 */
async function checkKept() {
  const check = unchecked;
  unchecked = null;
  if ((await check?.().catch(() => true)) === false) {
    const message =
      'The copy of the weights that this browser kept was spoilt. What was explained with it may be wrong.';
    fail(0, { code: 'bundle-hash', message, help: 'Explain again: the weights are then downloaded anew.' });
  }
}

/**
 * The engine's code: what has begun to load, or else what begins now.
 * @param {string} kind
 * @param {(progress: object) => void} say
 */
function codeFor(kind, say) {
  const begun = kind === named ? early : null;
  [early, sayEarly] = [null, say];
  return begun ?? begin(kind, say);
}

/**
 * Loads the engine's code and begins to make its device ready.
 * @param {string} kind
 * @param {(progress: object) => void} say
 * @returns {Promise<Code>}
 */
async function begin(kind, say) {
  watchGpu((code, message) => {
    trouble ??= { code, message };
    // After a loss no answer may ever come back, so the running job is failed from here.
    if (code === 'device-lost' && running) fail(running, trouble);
  });
  const glue = await loadCode(/** @type {DeviceKind} */ (kind), say);
  const engine = glue.Engine.open();
  engine.catch(() => {}); // As above.
  return { glue, engine };
}

/**
 * A file in the engine's memory.
 * @param {Bytes} source
 * @param {(progress: object) => void} say
 * @param {Live} live
 */
function readFile(source, say, live) {
  let said = -Infinity;
  const total = sizeOf(source);
  return readInto(glue.NetworkFile, source, async (loaded) => {
    if (live.cancelled) throw { code: 'cancelled', message: 'Cancelled.' };
    if (loaded < total && loaded - said < STEP) return;
    said = loaded;
    say({ stage: 'networks', loaded, total, text: 'Reading the networks' });
  });
}

/**
 * Does a task on an image, after the networks' forward pass over it unless that was the last one.
 * @template T
 * @param {Message} message
 * @param {Live} live
 * @param {(request: ImageRequest, onStep: OnStep, image: Size) => Promise<T>} task
 */
async function withForward({ job, source, sourceId, held, request: { crop, across, down, ...request } }, live, task) {
  if (trouble) throw lost(trouble);
  const onStep = async (/** @type {object} */ step) => {
    scope.postMessage({ type: 'progress', job, ...step });
    await turn();
    return !live.cancelled;
  };
  const framing = { crop: crop ?? null, across: across ?? null, down: down ?? null };
  const which = { id: sourceId, framing: JSON.stringify(framing), held };
  const image = await images.ensure(source, which, (p) =>
    engine.forward(sourceId, p.width, p.height, p.rgba, framing, onStep),
  );
  const value = await task(request, onStep, image);
  if (trouble) throw lost(trouble);
  if (unchecked) setTimeout(checkKept, CHECK_MS);
  return value;
}

/** @param {Message} message */
async function handle(message) {
  const { job, type } = message;
  const mine = /** @type {Live} */ (live.get(job));
  running = job;
  try {
    if (mine.cancelled) throw { code: 'cancelled', message: 'Cancelled.' };
    const value = await /** @type {(typeof TASKS)[string]} */ (TASKS[type])(message, mine);
    scope.postMessage({ type: type === 'open' ? 'device' : 'done', job, value });
  } catch (thrown) {
    fail(job, plain(thrown));
  } finally {
    running = 0;
    live.delete(job);
    arriving.delete(job);
  }
}

/**
 * Trouble during the self-test says the device is unfit; later it says the device is lost.
 * @param {{ message: string }} trouble
 */
const lost = ({ message }) => ({ code: 'device-lost', message });

/**
 * @param {number} job
 * @param {{ code: string, message: string, help?: string }} error
 */
const fail = (job, { code, message, help }) => scope.postMessage({ type: 'failed', job, code, message, help });

// A panic traps outside of every promise, and the job it belongs to never settles by itself.
const crash = (/** @type {string} */ message) =>
  fail(running, { code: 'crashed', message: `The engine stopped unexpectedly (${message}).` });
self.addEventListener('error', (event) => crash(event.message.replace(/^Uncaught /, '')));
self.addEventListener('unhandledrejection', (event) => crash(plain(event.reason).message));

/**
 * Sizes and crop are told in pixels of the image itself, also when the browser drew it down.
 * @param {Explanation} explanation
 * @param {Size} decoded
 */
function inImagePixels(explanation, { width, height, full }) {
  if (width === full.width && height === full.height) return explanation;
  const { crop } = explanation.image;
  const [across, down] = [full.width / width, full.height / height];
  const side = crop.side * (width < height ? across : down);
  return { ...explanation, image: { ...full, crop: { x: crop.x * across, y: crop.y * down, side } } };
}

/** Lets waiting messages in, a cancel above all. A channel is not slowed down as nested timers are. */
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(0);
  });
}

// The first word says that the worker has started; whoever waits for it need not guess.
scope.postMessage({ type: 'hello' });
