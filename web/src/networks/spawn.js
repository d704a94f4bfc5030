/** @import { DeviceKind } from 'peerlight' */

/**
 * Starts a worker under the page's own security policy, so that the images stay here in the workers too. A worker that
 * is loaded from its address has the policy that its server sends, if any; one made from a blob has the page's.
 * @param {DeviceKind} kind
 */
export function spawn(kind) {
  const code = `import ${JSON.stringify(import.meta.resolve('peerlight/worker.js'))};`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  return new Worker(url, { type: 'module', name: `peerlight-${kind}` });
}
