import { PeerlightError, asError, cancelled } from './errors.js';
import { whenEnded } from './life.js';
import { notSendable } from './source.js';
import { notStarted, spawnFrom } from './spawn.js';

/** @import { DeviceKind } from './index.js' */

/**
 * What a worker can be asked for.
 * @typedef {'open' | 'load' | 'inspect' | 'time' | 'prepare' | 'close' | 'explain' | 'measure' | 'whatIf'
 *   | 'sanity' | 'classes'} RequestType
 */

/**
 * @typedef {{ postMessage(message: object): void, terminate(): void, onmessage: ((e: MessageEvent) => void) | null,
 *   onerror: ((e: any) => void) | null, onmessageerror?: ((e: any) => void) | null }} WorkerLike
 * @typedef {{ type: string, job: number, lock?: string, value?: any, code?: any, message?: string,
 *   help?: string }} Answer
 * @typedef {(progress: any) => void} OnProgress
 * @typedef {(error: PeerlightError) => void} OnSpoilt kept weights have turned out to be spoilt
 * @typedef {{ signal?: AbortSignal, onProgress?: OnProgress }} CallOptions
 * @typedef {{ resolve: (value: any) => void, reject: (error: Error) => void, onProgress?: OnProgress }} Pending
 */

/** A worker that has never said a word for so long did not start; one that stays silent after a cancel hangs. */
const HANG_MS = 45_000;
/** Between two words of a worker that computes. A step takes seconds at most, a module's compilation a minute. */
const SILENCE_MS = 240_000;
/** A timer that is this late means that the page or the machine slept. */
const ASLEEP_MS = 5_000;

const silentEnd = () => new PeerlightError('crashed', 'The engine stopped answering.');

/** One worker and its life: numbered calls, progress, cancelling, and an end that leaves no call hanging. */
export class WorkerClient {
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** Calls that were cancelled, but which the worker has not answered yet. @type {Set<number>} */
  #leaving = new Set();
  #serial = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #deadline;
  #worker;
  #hang;
  #silence;
  #onSpoilt;
  #heard = false;
  #ended = new AbortController();
  alive = true;

  /**
   * @param {DeviceKind} kind
   * @param {{ spawn?: (kind: DeviceKind) => WorkerLike, hang?: number, silence?: number,
   *   onSpoilt?: OnSpoilt }} [options]
   */
  constructor(kind, { spawn = spawnFrom(), hang = HANG_MS, silence = SILENCE_MS, onSpoilt } = {}) {
    this.kind = kind;
    this.#onSpoilt = onSpoilt;
    this.#hang = hang;
    this.#silence = silence;
    try {
      this.#worker = spawn(kind);
      if (typeof this.#worker?.postMessage !== 'function') throw notStarted('`spawn` gave no worker.');
    } catch (thrown) {
      throw thrown instanceof PeerlightError ? thrown : notStarted(/** @type {Error} */ (thrown).message);
    }
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault?.();
      this.#end(this.#heard ? new PeerlightError('crashed', event.message) : notStarted(event.message));
    };
    this.#worker.onmessageerror = () => this.#end(new PeerlightError('crashed', 'The answer could not be read.'));
  }

  /**
   * @param {RequestType} type
   * @param {object} body
   * @param {CallOptions} [options]
   * @returns {Promise<any>}
   */
  call(type, body, { signal, onProgress } = {}) {
    if (signal?.aborted) return Promise.reject(cancelled());
    if (!this.alive) return Promise.reject(new PeerlightError('crashed', 'The engine has stopped.'));
    const job = ++this.#serial;
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#cancel(job);
      const settle = (/** @type {(value: any) => void} */ fn) => (/** @type {any} */ value) => {
        signal?.removeEventListener('abort', onAbort);
        fn(value);
      };
      this.#pending.set(job, { resolve: settle(resolve), reject: settle(reject), onProgress });
      signal?.addEventListener('abort', onAbort);
      try {
        this.#worker.postMessage({ type, job, ...body });
      } catch (thrown) {
        // What cannot be sent is the caller's mistake; the worker knows nothing of it.
        const pending = this.#pending.get(job);
        this.#pending.delete(job);
        pending?.reject(notSendable(/** @type {{ source?: unknown }} */ (body).source, thrown));
      }
      this.#watch();
    });
  }

  close() {
    this.#end(cancelled());
  }

  /** @param {number} job */
  #cancel(job) {
    const pending = this.#pending.get(job);
    if (!pending) return;
    this.#pending.delete(job);
    this.#leaving.add(job);
    this.#worker.postMessage({ type: 'cancel', job });
    pending.reject(cancelled());
    this.#watch();
  }

  /** A worker that owes an answer and says nothing is ended, so that no call waits for ever. */
  #watch() {
    clearTimeout(this.#deadline);
    if (!this.alive || !(this.#pending.size || this.#leaving.size)) return;
    const limit = this.#heard && !this.#leaving.size ? this.#silence : this.#hang;
    const due = performance.now() + limit + ASLEEP_MS;
    this.#deadline = setTimeout(() => {
      if (performance.now() > due) return this.#watch();
      this.#end(this.#heard ? silentEnd() : notStarted());
    }, limit);
  }

  /** @param {Answer} data */
  #receive({ type, job, lock, value, code, message, help, ...progress }) {
    this.#heard = true;
    if (type === 'hello') {
      if (lock) whenEnded(lock, this.#ended.signal, () => this.#end(silentEnd()));
      return this.#watch();
    }
    if (type === 'progress') {
      this.#watch();
      this.#pending.get(job)?.onProgress?.(progress);
      return;
    }
    this.#leaving.delete(job);
    const pending = this.#pending.get(job);
    this.#pending.delete(job);
    this.#watch();
    if (type !== 'failed') return pending?.resolve(value);
    const error = asError({ code, message, help });
    pending?.reject(error);
    // Nobody asked: the worker has looked at its weights.
    if (!job && code === 'bundle-hash') {
      this.#end(error);
      return this.#onSpoilt?.(error);
    }
    // A panic poisons the instance, and a lost device does not come back.
    if (code === 'crashed' || code === 'device-lost' || code === 'out-of-memory') this.#end(error);
  }

  /** @param {PeerlightError} error */
  #end(error) {
    if (!this.alive) return;
    this.alive = false;
    clearTimeout(this.#deadline);
    this.#ended.abort();
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
