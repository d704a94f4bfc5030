import { PeerlightError, asError, cancelled } from './errors.js';

/** @import { DeviceKind } from './index.js' */

/**
 * What a worker can be asked for.
 * @typedef {'open' | 'load' | 'time' | 'explain' | 'measure' | 'sanity'} RequestType
 */

/**
 * @typedef {{ postMessage(message: object): void, terminate(): void, onmessage: ((e: MessageEvent) => void) | null,
 *   onerror: ((e: any) => void) | null }} WorkerLike
 * @typedef {(progress: any) => void} OnProgress
 * @typedef {{ signal?: AbortSignal, onProgress?: OnProgress }} CallOptions
 * @typedef {{ resolve: (value: any) => void, reject: (error: Error) => void, onProgress?: OnProgress }} Pending
 */

const HANG_MS = 60_000;

/**
 * @param {DeviceKind} kind
 * @returns {WorkerLike}
 */
const spawnWorker = (kind) =>
  new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: `peerlight-${kind}` });

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
  alive = true;

  /**
   * @param {DeviceKind} kind
   * @param {{ spawn?: (kind: DeviceKind) => WorkerLike, hang?: number }} [options]
   */
  constructor(kind, { spawn = spawnWorker, hang = HANG_MS } = {}) {
    this.kind = kind;
    this.#hang = hang;
    this.#worker = spawn(kind);
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault?.();
      this.#end(new PeerlightError('crashed', event.message || 'The worker could not be started.'));
    };
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
      this.#worker.postMessage({ type, job, ...body });
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

  /** A worker that stays silent after a cancel hangs, and only then is it worth its restart. */
  #watch() {
    clearTimeout(this.#deadline);
    if (!this.#leaving.size) return;
    this.#deadline = setTimeout(
      () => this.#end(new PeerlightError('crashed', 'The engine stopped answering.')),
      this.#hang,
    );
  }

  /** @param {{ type: string, job: number, value?: any, code?: any, message?: string }} data */
  #receive({ type, job, value, code, message, ...progress }) {
    if (type === 'progress') {
      this.#watch();
      this.#pending.get(job)?.onProgress?.(progress);
      return;
    }
    this.#leaving.delete(job);
    this.#watch();
    const pending = this.#pending.get(job);
    this.#pending.delete(job);
    if (type !== 'failed') return pending?.resolve(value);
    const error = asError({ code, message });
    pending?.reject(error);
    // A panic poisons the instance, and a lost device does not come back.
    if (code === 'crashed' || code === 'device-lost' || code === 'out-of-memory') this.#end(error);
  }

  /** @param {PeerlightError} error */
  #end(error) {
    if (!this.alive) return;
    this.alive = false;
    clearTimeout(this.#deadline);
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
