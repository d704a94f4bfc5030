import { findBundle, openEngine } from 'peerlight';
import { failure } from '../shared/failure.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Store } from '../app/store.js'
 * @import { DeviceKind, DeviceWish, Engine } from 'peerlight'
 */

/**
 * Opens the networks and moves them to the device that is wished for.
 * @param {Store} store
 * @returns {() => Engine | null} the engine, once it is there
 */
export function runNetworks(store) {
  const { dispatch } = store;
  /** @type {Engine | null} */
  let engine = null;
  let opening = new AbortController();
  let moving = new AbortController();

  store.subscribe((state, before) => {
    if (state.engine.attempt !== before.engine.attempt) open(state);
    if (state.engine.phase === 'failed' && before.engine.phase === 'loading') opening.abort();
    if (state.engine.wish !== before.engine.wish && engine) move(engine, state.engine.wish);
  });

  /** @param {State} state */
  async function open({ engine: { wish, attempt } }) {
    opening.abort();
    const { signal } = (opening = new AbortController());
    try {
      const list = new URL('models/index.json', document.baseURI);
      const { url, sha256, bytes, note } = await findBundle(list, undefined, { signal });
      const opened = await openEngine({
        bundle: url,
        sha256,
        bytes,
        device: wish,
        signal,
        spawn,
        onProgress: (progress) => !signal.aborted && dispatch({ type: 'engine-progress', progress }),
        onDevice: (device) => store.state.engine.phase === 'ready' && dispatch({ type: 'device-changed', device }),
      });
      if (signal.aborted) return opened.close();
      engine = opened;
      const { catalog, info, device } = opened;
      dispatch({ type: 'engine-ready', catalog, info, note, device });
      if (store.state.engine.wish !== wish) move(opened, store.state.engine.wish);
    } catch (thrown) {
      const current = store.state.engine.attempt === attempt && !signal.aborted;
      if (current) dispatch({ type: 'engine-failed', error: failure(thrown) });
    }
  }

  /**
   * @param {Engine} engine
   * @param {DeviceWish} wish
   */
  async function move(engine, wish) {
    moving.abort();
    const { signal } = (moving = new AbortController());
    try {
      await engine.use(wish, {
        signal,
        onProgress: (progress) => !signal.aborted && dispatch({ type: 'engine-progress', progress }),
      });
    } catch (thrown) {
      const { code, message } = failure(thrown);
      const device = { ...engine.device, reason: `The device was not changed: ${message}` };
      if (code !== 'cancelled') dispatch({ type: 'device-changed', device });
    }
    dispatch({ type: 'device-settled', wish });
  }

  return () => engine;
}

/**
 * Starts a worker under the page's own security policy, so that the images stay here in the workers too. A worker that
 * is loaded from its address has the policy that its server sends, if any; one made from a blob has the page's.
 * @param {DeviceKind} kind
 */
function spawn(kind) {
  const code = `import ${JSON.stringify(import.meta.resolve('peerlight/worker.js'))};`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  return new Worker(url, { type: 'module', name: `peerlight-${kind}` });
}
