import { wantedSteps } from './state.js';

/**
 * @import { Store } from '../app/store.js'
 * @import { Engine, Explanation } from 'peerlight'
 */

/**
 * Adds up the feature maps of each network, when the steps are opened: the forward passes are there already.
 * @param {Store} store
 * @param {() => Engine | null} engineNow
 */
export function runSteps(store, engineNow) {
  /** @type {Explanation | null} */
  let asked = null;
  let asking = new AbortController();
  store.subscribe((state) => {
    const wanted = wantedSteps(state);
    if (wanted === asked) return;
    asking.abort();
    asked = wanted;
    if (wanted) queueMicrotask(() => ask(wanted));
  });

  /** @param {Explanation} of */
  async function ask(of) {
    const { image, ask: request } = store.state;
    const engine = engineNow();
    if (!engine || !image.chosen) return;
    const { signal } = (asking = new AbortController());
    const { grid, crop = null, across, down } = request;
    const call = engine.explain(
      image.chosen.source,
      { method: 'attention', crop, across, down, ...(grid && { grid }) },
      { signal },
    );
    const layers = await call.catch(() => null);
    // Without them the steps show the networks' own maps.
    if (!signal.aborted) store.dispatch({ type: 'steps-found', of, layers });
  }
}
