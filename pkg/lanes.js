import { Runner } from './runner.js';
import { PeerlightError, advised, asError } from './errors.js';

/**
 * @typedef {import('./index.js').DeviceKind} DeviceKind
 * @typedef {import('./client.js').OpenCall} OpenCall
 * @typedef {{ runner: Runner, device: Omit<import('./index.js').Device, 'reason'>, catalog: import('./index.js').Catalog,
 *   info: import('./index.js').BundleInfo }} Lane a worker with its device ready and the weights loaded
 */

/** At most one lane for each kind of device, opened when first asked for and again after its worker has ended. */
export class Lanes {
  /** @type {Partial<Record<DeviceKind, Promise<Lane>>>} */
  #lanes = {};
  #weights;
  #sha256;
  #spawn;

  /**
   * @param {Promise<Blob>} weights
   * @param {{ sha256?: string, spawn?: (kind: DeviceKind) => import('./runner.js').WorkerLike }} options
   */
  constructor(weights, { sha256, spawn }) {
    this.#weights = weights;
    this.#sha256 = sha256;
    this.#spawn = spawn;
  }

  /**
   * @param {DeviceKind} kind
   * @param {OpenCall} [options]
   * @returns {Promise<Lane>}
   */
  async open(kind, options = {}) {
    const last = this.#lanes[kind];
    const known = await last?.catch(() => null);
    if (known?.runner.alive) return known;
    // Of several that find it ended, the first opens it anew.
    if (this.#lanes[kind] !== last && this.#lanes[kind]) return this.open(kind, options);
    const opening = this.#build(kind, options);
    this.#lanes[kind] = opening;
    opening.catch(() => {
      if (this.#lanes[kind] === opening) delete this.#lanes[kind];
    });
    return opening;
  }

  /** @param {DeviceKind} kind */
  drop(kind) {
    const lane = this.#lanes[kind];
    delete this.#lanes[kind];
    lane?.then(
      ({ runner }) => runner.close(),
      () => {},
    );
  }

  /**
   * @param {DeviceKind} kind
   * @param {OpenCall} options
   * @returns {Promise<Lane>}
   */
  async #build(kind, options) {
    const runner = new Runner(kind, { spawn: this.#spawn });
    let catalog;
    try {
      const [opened, weights] = await Promise.all([runner.call('open', { kind }, options), this.#weights]);
      catalog = opened.catalog;
      const info = await runner.call('load', { weights }, options);
      if (this.#sha256 && info.sha256 !== this.#sha256) {
        throw new PeerlightError('bundle-hash', 'The weights do not match their published checksum.');
      }
      return { runner, device: opened.device, catalog, info };
    } catch (thrown) {
      runner.close();
      throw advised(asError(thrown), catalog);
    }
  }
}
