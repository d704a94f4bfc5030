import { EnginePool } from './pool.js';
import { spawnFrom } from './spawn.js';
import { PeerlightError, asError, cancelled, throwIfCancelled } from './errors.js';
import { gather } from './networks.js';
import { explainChoice, findAdapter } from './adapter.js';
import { checkCall, checkFraming, checkNames, checkOpen, checkOptions, checkRequest, checkWish } from './check.js';
import { toSendable } from './source.js';

/**
 * @import { Call, Device, DeviceKind, DeviceWish, Engine, Framing, MeasureOptions, OpenOptions } from './index.js'
 * @import { OpenProgress, ImageRequest, PreparedImage, Request, Source, WhatIf } from './index.js'
 * @import { OpenEngine } from './pool.js'
 * @import { NetworkFile } from './networks.js'
 * @import { OnBytes } from './weights.js'
 * @import { OnSpoilt, RequestType, WorkerClient, WorkerLike } from './worker-client.js'
 */

/** @typedef {{ signal?: AbortSignal, onProgress?: (p: OpenProgress) => void }} OpenCall */

/** Failures of a graphics device that the CPU does not share. */
const FALL_BACK = ['device-lost', 'device-self-test', 'device-unavailable', 'crashed', 'out-of-memory'];
/** A graphics device must be clearly faster: on a tie the CPU spares the battery. */
const CLEARLY = 0.85;

/**
 * @param {OpenOptions & { spawn?: (kind: DeviceKind) => WorkerLike }} options
 * @returns {Promise<Engine>}
 */
export async function openEngine(options) {
  const { device = 'auto', signal, onProgress, onDevice, onSpoilt, base, spawn, ...what } = checkOpen(options);
  const inner = new AbortController();
  const stop = () => inner.abort();
  throwIfCancelled(signal);
  signal?.addEventListener('abort', stop);
  /** @type {OnBytes} */
  const onBytes = (loaded, total) => onProgress?.({ stage: 'weights', loaded, total, text: 'Loading the networks' });
  const files = gather(what, inner.signal, onBytes);
  files.catch(() => {}); // Whoever waits for them hears of it.
  const client = new Client(files, { sha256: what.sha256, spawn: spawn ?? spawnFrom(base), onDevice, onSpoilt });
  try {
    await client.start(device, { signal: inner.signal, onProgress });
    return client;
  } catch (thrown) {
    // Whichever half failed, weights or device, the other half must not go on alone.
    inner.abort();
    client.close();
    throw asError(thrown);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** @param {PeerlightError} error */
const whyNot = ({ code, message }) =>
  code === 'device-unavailable' ? message : `WebGPU cannot be used here: ${message}`;

/** @implements {Engine} */
class Client {
  #pool;
  #onDevice;
  /** @type {OpenEngine | null} */
  #engine = null;
  #reason = '';
  /** @type {DeviceWish} */
  #wish = 'auto';
  /** @type {Promise<void> | null} */
  #falling = null;
  /** @type {WeakMap<object, number>} */
  #ids = new WeakMap();
  #lastId = 0;
  #closed = false;

  /**
   * @param {Promise<NetworkFile[]>} files
   * @param {{ sha256?: string, spawn?: (kind: DeviceKind) => WorkerLike, onDevice?: (d: Device) => void,
   *   onSpoilt?: OnSpoilt }} options
   */
  constructor(files, { sha256, spawn, onDevice, onSpoilt }) {
    this.#pool = new EnginePool(files, { sha256, spawn, onSpoilt });
    this.#onDevice = onDevice;
  }

  get info() {
    return this.#current.info;
  }
  get catalog() {
    return this.#current.catalog;
  }
  get device() {
    return { ...this.#current.device, reason: this.#reason };
  }
  get #current() {
    if (!this.#engine) throw new PeerlightError('cancelled', 'The engine is closed.');
    return this.#engine;
  }

  /**
   * @param {DeviceWish} wish
   * @param {OpenCall} options
   */
  async start(wish, options) {
    this.#wish = wish;
    if (wish === 'webgpu') await this.#tryGpu(options);
    if (!this.#engine) await this.#take('cpu', this.#reason || explainChoice(wish), options);
    if (wish === 'auto') this.#race();
  }

  /**
   * @param {DeviceWish} wish
   * @param {OpenCall} [options]
   */
  async use(wish, options = {}) {
    checkWish(wish);
    checkCall(options);
    if (this.#closed) throw new PeerlightError('cancelled', 'The engine is closed.');
    this.#wish = wish;
    try {
      if (wish === 'webgpu') await this.#tryGpu(options);
      else await this.#take('cpu', explainChoice(wish), options);
    } catch (thrown) {
      throw asError(thrown);
    }
    if (wish === 'auto') this.#race();
    return this.device;
  }

  /**
   * @param {Source} source
   * @param {Framing} [options]
   * @param {Call} [call]
   * @returns {Promise<PreparedImage>}
   */
  async prepare(source, options, call) {
    const { crop, across, down } = checkRequest(options);
    const image = await toSendable(source);
    const open = { source: image, sourceId: ++this.#lastId, held: true };
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      this.#forget(open.sourceId);
      closeCopy(image, source);
    };
    /** @type {(type: RequestType, body: { request: ImageRequest }, call?: Call) => Promise<any>} */
    const ask = async (type, { request, ...body }, call) => {
      if (closed) throw new PeerlightError('cancelled', 'The image is closed.');
      checkFraming(request, { crop, across, down });
      return this.#run(type, { ...open, request: { ...request, crop, across, down }, ...body }, call);
    };
    try {
      const size = await ask('prepare', { request: {} }, call);
      return { ...size, ...asking(ask), close };
    } catch (thrown) {
      close();
      throw thrown;
    }
  }

  /**
   * @param {Source} source
   * @param {ImageRequest} [request]
   * @param {Call} [call]
   */
  async explain(source, request, call) {
    return this.#of(source).explain(request, call);
  }

  /**
   * @param {Source} source
   * @param {ImageRequest} [request]
   * @param {MeasureOptions} [options]
   * @param {Call} [call]
   */
  async measure(source, request, options, call) {
    return this.#of(source).measure(request, options, call);
  }

  /**
   * @param {Source} source
   * @param {WhatIf} question
   * @param {ImageRequest} [request]
   * @param {Call} [call]
   */
  async whatIf(source, question, request, call) {
    return this.#of(source).whatIf(question, request, call);
  }

  /**
   * @param {Source} source
   * @param {ImageRequest} [request]
   * @param {Call} [call]
   */
  async sanity(source, request, call) {
    return this.#of(source).sanity(request, call);
  }

  /**
   * @param {string[]} names
   * @param {Call} [call]
   * @returns {Promise<(number | null)[]>}
   */
  async findClasses(names, call) {
    return this.#run('classes', { names: checkNames(names) }, call);
  }

  close() {
    this.#closed = true;
    this.#pool.drop('cpu');
    this.#pool.drop('webgpu');
    this.#engine = null;
  }

  /**
   * What can be asked of an image that does not stay open.
   * @param {Source} source
   */
  #of(source) {
    return asking(async (type, body, call) => {
      checkCall(call);
      throwIfCancelled(call?.signal);
      const image = await toSendable(source);
      try {
        return await this.#run(type, { source: image, sourceId: this.#id(image), ...body }, call);
      } finally {
        closeCopy(image, source);
      }
    });
  }

  /**
   * One job from call to answer. The worker takes them in turn.
   * @param {RequestType} type
   * @param {object} body
   * @param {Call} [call]
   * @returns {Promise<any>}
   */
  async #run(type, body, call) {
    const { signal, onProgress } = checkCall(call);
    throwIfCancelled(signal);
    if (this.#closed) throw new PeerlightError('cancelled', 'The engine is closed.');
    try {
      return await this.#send(type, body, { signal, onProgress });
    } catch (thrown) {
      throw asError(thrown);
    }
  }

  /**
   * @param {RequestType} type
   * @param {object} body
   * @param {Call} call
   * @returns {Promise<any>}
   */
  async #send(type, body, call) {
    if (!this.#current.worker.alive) await (this.#falling ?? this.#take(this.#current.worker.kind, this.#reason));
    const { worker } = this.#current;
    try {
      return await worker.call(type, body, call);
    } catch (thrown) {
      const { code, message } = asError(thrown);
      if (worker.kind !== 'webgpu' || !FALL_BACK.includes(code)) throw thrown;
      await this.#fall(worker, message);
      return this.#send(type, body, call);
    }
  }

  /**
   * From a graphics device that failed to the CPU, once for all the jobs that failed with it.
   * @param {WorkerClient} worker
   * @param {string} message
   */
  async #fall(worker, message) {
    if (this.#engine?.worker === worker) {
      this.#pool.drop('webgpu');
      this.#falling ??= this.#take('cpu', `WebGPU failed, so the CPU took over: ${message}`).finally(
        () => (this.#falling = null),
      );
    }
    await this.#falling;
  }

  /**
   * @param {DeviceKind} kind
   * @param {string} reason
   * @param {OpenCall} [options]
   */
  async #take(kind, reason, options) {
    const wish = this.#wish;
    const engine = await this.#pool.open(kind, options);
    if (this.#closed) throw cancelled();
    if (this.#wish !== wish) return; // Overtaken by a later wish.
    this.#engine = engine;
    this.#reason = reason;
    this.#onDevice?.(this.device);
  }

  /**
   * The person asked for WebGPU: have it, or stay and say why.
   * @param {OpenCall} options
   */
  async #tryGpu(options) {
    try {
      const adapter = await findAdapter();
      if ('missing' in adapter) throw new PeerlightError('device-unavailable', adapter.missing);
      await this.#take(
        'webgpu',
        adapter.software ? 'Chosen by you. It is a software adapter, so it is slow.' : 'Chosen by you.',
        options,
      );
    } catch (thrown) {
      const error = asError(thrown);
      if (error.code === 'cancelled' || error.code === 'download-failed' || error.code.startsWith('bundle'))
        throw error;
      this.#reason = whyNot(error);
      if (this.#engine) this.#onDevice?.(this.device);
    }
  }

  /** Opens WebGPU behind the CPU's back, times both while nobody waits, and keeps the faster. */
  async #race() {
    const tell = (/** @type {string} */ reason) => {
      if (this.#wish !== 'auto' || this.#closed) return;
      this.#reason = reason;
      this.#onDevice?.(this.device);
    };
    try {
      const adapter = await findAdapter();
      if ('missing' in adapter) return tell(adapter.missing);
      if (adapter.software) return tell('WebGPU has only a software adapter here, which is slower than the CPU.');
      const [cpu, gpu] = [await this.#pool.open('cpu'), await this.#pool.open('webgpu')];
      const [slow, fast] = [await cpu.worker.call('time', {}), await gpu.worker.call('time', {})].map(Math.round);
      const times = `${fast} ms per pass, against ${slow} ms on the CPU`;
      if (this.#wish !== 'auto' || this.#closed) return;
      if (Number(fast) < Number(slow) * CLEARLY) return await this.#take('webgpu', `It is faster here: ${times}.`);
      this.#pool.drop('webgpu');
      tell(`WebGPU is not clearly faster here: ${times}.`);
    } catch (thrown) {
      this.#pool.drop('webgpu');
      tell(whyNot(asError(thrown)));
    }
  }

  /** @param {object} source */
  #id(source) {
    const id = this.#ids.get(source) ?? ++this.#lastId;
    this.#ids.set(source, id);
    return id;
  }

  /** @param {number} sourceId of an image that was held */
  #forget(sourceId) {
    const worker = this.#engine?.worker;
    if (worker?.alive) worker.call('close', { sourceId }).catch(() => {}); // A worker that has ended holds nothing.
  }
}

/**
 * The questions that can be put to an image, checked before anything is sent.
 * @typedef {{ request: ImageRequest, [more: string]: unknown }} Body
 * @param {(type: RequestType, body: Body, call?: Call) => Promise<any>} ask
 * @returns {Pick<PreparedImage, 'explain' | 'measure' | 'whatIf' | 'sanity'>}
 */
const asking = (ask) => ({
  explain: async (request, call) => ask('explain', { request: checkRequest(request) }, call),
  measure: async (request, options, call) =>
    ask('measure', { request: checkRequest(request), options: checkOptions(options) }, call),
  whatIf: async (question, request, call) =>
    ask('whatIf', { request: checkRequest(request), question: checkOptions(question) }, call),
  sanity: async (request, call) => ask('sanity', { request: checkRequest(request) }, call),
});

/**
 * Frees the copy of an element's pixels that was made here.
 * @param {Blob | ImageData | ImageBitmap} image
 * @param {Source} source
 */
function closeCopy(image, source) {
  if (image !== source && 'close' in image) image.close();
}
