import { listBundles } from 'peerlight';

/** @import { Store } from '../app/store.js' */

/**
 * Fetches the list of the bundles that come with the page, and tells it.
 * @param {Store['dispatch']} dispatch
 * @param {AbortSignal} [signal]
 */
export async function listShipped(dispatch, signal) {
  const listed = await listBundles(new URL('models/index.json', document.baseURI), { signal });
  dispatch({ type: 'networks-listed', shipped: listed.bundles, standard: listed.standard });
  return listed;
}
