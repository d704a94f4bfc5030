/**
 * The page's workers. The first one starts before the rest of the page's program is there, so that the engine loads
 * meanwhile; this file imports nothing for that reason.
 */

/** @import { DeviceKind } from 'peerlight' */

/** @type {Worker | null} */
let first = null;
/** Whether a worker made from a blob did not start. */
let failed = false;
const { saveData } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator).connection ?? {};
if (!saveData) prepare();

/** Starts a worker that will soon be wanted, so that its code is there then. */
export function prepare() {
  if (first) return;
  const worker = (first = start('cpu'));
  // One that fails now is started again when it is asked for, and tells then.
  worker.onerror = (event) => {
    event.preventDefault();
    if (first === worker) first = null;
  };
}

/**
 * @param {DeviceKind} kind
 * @returns {Worker}
 */
export function spawn(kind) {
  const worker = (kind === 'cpu' && first) || start(kind);
  if (worker === first) first = null;
  return worker;
}

/**
 * Starts a worker under the page's own security policy, so that the images stay here in the workers too. A worker that
 * is loaded from its address has the policy that its server sends, if any; one made from a blob has the page's.
 * Firefox shows workers from blobs nothing of what is kept for times without the network. There, the address serves:
 * `sw.js` answers for it, and sends the policy.
 * @param {DeviceKind} kind
 */
function start(kind) {
  const address = import.meta.resolve('peerlight/worker.js');
  const code = `import ${JSON.stringify(address)};`;
  const direct = failed || !navigator.onLine;
  const url = direct ? address : URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module', name: `peerlight-${kind}` });
  const lost = () => (failed = true);
  worker.addEventListener('error', lost, { once: true });
  worker.addEventListener('message', () => worker.removeEventListener('error', lost), { once: true });
  return worker;
}
