import { failure } from '../shared/failure.js';
import { seldom } from '../shared/seldom.js';
import { runnable } from './select.js';

/**
 * @import { Store } from '../app/store.js'
 * @import { Engine } from 'peerlight'
 */

/** Changes in quick succession (a slider, typing) are explained once. */
const SETTLE_MS = 180;

/**
 * Explains the image whenever it or a setting has changed.
 * @param {Store} store
 * @param {() => Engine | null} engineNow
 */
export function runExplain(store, engineNow) {
  const { dispatch } = store;
  let job = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  store.subscribe((state, before) => {
    const serial = runnable(state);
    if (serial === runnable(before)) return;
    clearTimeout(timer);
    job.abort();
    if (serial && state.result) timer = setTimeout(explain, SETTLE_MS, serial);
    // Before anything is drawn: the networks work meanwhile.
    else if (serial) queueMicrotask(() => explain(serial));
  });

  /** @param {number} serial */
  async function explain(serial) {
    const { image, ask } = store.state;
    const engine = engineNow();
    if (!engine || !image.chosen || serial !== runnable(store.state)) return;
    const { signal } = (job = new AbortController());
    dispatch({ type: 'job-started', serial });
    try {
      const result = await engine.explain(image.chosen.source, ask, {
        signal,
        onProgress: seldom((step) => dispatch({ type: 'job-step', serial, step })),
      });
      dispatch({ type: 'job-done', serial, result });
    } catch (thrown) {
      dispatch({ type: 'job-failed', serial, error: failure(thrown) });
    }
  }
}
