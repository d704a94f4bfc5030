import { failure } from '../shared/failure.js';
import { boxesOf, dueWork, metricsOf, requestOf } from './select.js';
import { methodsOf } from './state.js';
import { cardOf } from './work.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Store } from '../app/store.js'
 * @import { WorkId } from './state.js'
 * @import { Call, Engine, Method } from 'peerlight'
 */

/**
 * Does the comparison's work, one piece at a time. The main explanation goes first: whatever runs then is cancelled and
 * takes its turn again. What is finished stays, whatever becomes of the device.
 * @param {Store} store
 * @param {() => Engine | null} engineNow
 */
export function runCompare(store, engineNow) {
  const { dispatch } = store;
  let running = 0;
  let control = new AbortController();

  store.subscribe((state) => {
    const due = dueWork(state);
    const serial = due?.serial ?? 0;
    if (serial === running) return;
    control.abort();
    running = serial;
    control = new AbortController();
    // After the others have heard of this state.
    if (due) queueMicrotask(() => work(due, control.signal));
  });

  /**
   * @param {WorkId} due
   * @param {AbortSignal} signal
   */
  async function work(due, signal) {
    const { state } = store;
    const engine = engineNow();
    const source = state.image.chosen?.source;
    const method = methodsOf(state).find(({ id }) => id === due.id);
    if (signal.aborted || !engine || !source || !method) return;
    dispatch({ type: 'work-started', ...due });
    try {
      const value = await answerTo(engine, source, due, method, state, {
        signal,
        onProgress: (step) => dispatch({ type: 'work-step', ...due, step }),
      });
      dispatch({ type: 'work-done', ...due, value });
    } catch (thrown) {
      // So that the same piece can take its turn again.
      if (running === due.serial) running = 0;
      dispatch({ type: 'work-failed', ...due, error: failure(thrown) });
    }
  }
}

/**
 * @param {Engine} engine
 * @param {Blob} source
 * @param {WorkId} work
 * @param {Method} method
 * @param {State} state
 * @param {Call} call
 */
function answerTo(engine, source, { kind }, method, state, call) {
  const request = requestOf(state, method);
  if (kind === 'map') return engine.explain(source, request, call);
  if (kind === 'sanity') return engine.sanity(source, request, call);
  const metrics = metricsOf(state, kind, method).map((metric) => metric.id);
  const side = cardOf(state.comparison, method.id).map.value?.side ?? 0;
  return engine.measure(source, request, { metrics, boxes: kind === 'boxes' ? boxesOf(state, side) : [] }, call);
}
