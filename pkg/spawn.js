import { PeerlightError } from './errors.js';

/**
 * @import { DeviceKind } from './index.js'
 * @import { WorkerLike } from './worker-client.js'
 */

const HELP =
  'Serve the package’s files as they are, and give their address: openEngine({ base: "/peerlight/" }). ' +
  'The package’s README says what each bundler needs. If the page has a Content-Security-Policy, its worker-src must ' +
  'allow “self”, or from another site that site and blob:.';

/** @param {string} [why] */
export const notStarted = (why) =>
  new PeerlightError('download-failed', `The worker could not be started${why ? `: ${why}` : '.'}`, HELP);

/**
 * How workers are started: from where this package lies, or from the folder `base` that holds a copy of its files.
 * @param {string | URL} [base]
 * @returns {(kind: DeviceKind) => WorkerLike}
 */
export function spawnFrom(base) {
  return (kind) => {
    if (typeof Worker === 'undefined') {
      throw new PeerlightError('device-unavailable', 'There are no workers here.', 'Peerlight runs in browsers only.');
    }
    if (base === undefined) return spawnBeside(kind);
    const folder = new URL(base, globalThis.location?.href).href.replace(/\/*$/, '/');
    return spawnAt(new URL('worker.js', folder).href, kind);
  };
}

/**
 * Written out twice, since bundlers read the calls and want every word of them plain.
 * @param {DeviceKind} kind
 */
function spawnBeside(kind) {
  try {
    return kind === 'webgpu'
      ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'peerlight-webgpu' })
      : new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'peerlight-cpu' });
  } catch {
    // From another origin. Where a bundler has moved the worker, this address is wrong, and the error says what to do.
    const address = import.meta.resolve?.('./worker.js');
    if (!address) throw notStarted();
    return spawnAt(address, kind);
  }
}

/**
 * A worker whose file may lie on another origin: browsers start workers from their own origin alone, but these may
 * import from everywhere.
 * @param {string} address
 * @param {DeviceKind} kind
 */
function spawnAt(address, kind) {
  const code = `import ${JSON.stringify(address)};`;
  const foreign = new URL(address).origin !== globalThis.location?.origin;
  const url = foreign ? URL.createObjectURL(new Blob([code], { type: 'text/javascript' })) : address;
  return new Worker(url, { type: 'module', name: `peerlight-${kind}` });
}
