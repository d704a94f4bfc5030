import { WorkerClient } from './worker-client.js';
import { PeerlightError, asError } from './errors.js';

/**
 * @import { OpenCall } from './client.js'
 * @import { BundleInfo, Catalog, Device, DeviceKind } from './index.js'
 * @import { NetworkFile } from './networks.js'
 * @import { OnSpoilt, WorkerLike } from './worker-client.js'
 */

/**
 * A worker with its device ready and the networks loaded.
 * @typedef {{ worker: WorkerClient, device: Omit<Device, 'reason'>, catalog: Catalog, info: BundleInfo }} OpenEngine
 */

/** At most one engine for each kind of device, opened when first asked for and again after its worker has ended. */
export class EnginePool {
  /** @type {Partial<Record<DeviceKind, Promise<OpenEngine>>>} */
  #engines = {};
  #files;
  #sha256;
  #spawn;
  #onSpoilt;

  /**
   * @param {Promise<NetworkFile[]>} files
   * @param {{ sha256?: string, spawn?: (kind: DeviceKind) => WorkerLike, onSpoilt?: OnSpoilt }} options
   */
  constructor(files, { sha256, spawn, onSpoilt }) {
    this.#files = files;
    this.#sha256 = sha256;
    this.#spawn = spawn;
    this.#onSpoilt = onSpoilt;
  }

  /**
   * @param {DeviceKind} kind
   * @param {OpenCall} [options]
   * @returns {Promise<OpenEngine>}
   */
  async open(kind, options = {}) {
    const last = this.#engines[kind];
    const known = await last?.catch(() => null);
    if (known?.worker.alive) return known;
    // Of several that find it ended, the first opens it anew.
    if (this.#engines[kind] !== last && this.#engines[kind]) return this.open(kind, options);
    const opening = this.#build(kind, options);
    this.#engines[kind] = opening;
    opening.catch(() => {
      if (this.#engines[kind] === opening) delete this.#engines[kind];
    });
    return opening;
  }

  /** @param {DeviceKind} kind */
  drop(kind) {
    const engine = this.#engines[kind];
    delete this.#engines[kind];
    engine?.then(
      ({ worker }) => worker.close(),
      () => {},
    );
  }

  /**
   * @param {DeviceKind} kind
   * @param {OpenCall} options
   * @returns {Promise<OpenEngine>}
   */
  async #build(kind, options) {
    const worker = new WorkerClient(kind, { spawn: this.#spawn, onSpoilt: this.#onSpoilt });
    try {
      const load = async () => worker.call('load', { files: await this.#files }, options);
      const [opened, info] = await Promise.all([worker.call('open', { kind }, options), load()]);
      if (this.#sha256 && info.sha256 !== this.#sha256) {
        throw new PeerlightError('bundle-hash', 'The weights do not match their published checksum.');
      }
      return { worker, device: opened.device, catalog: opened.catalog, info };
    } catch (thrown) {
      worker.close();
      throw asError(thrown);
    }
  }
}
