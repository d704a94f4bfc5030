import { boxesOf, dueWork, metricsOf, requestOf } from './gallery-view.js';
import { cardOf, methodsOf } from './gallery.js';

/**
 * Does the gallery's work, one piece at a time. The main explanation goes first: whatever runs then is called off, and takes its
 * turn again. What is finished stays, whatever becomes of the device.
 * @param {import('./store.js').Store} store
 * @param {() => import('../pkg/index.js').Engine | null} engineNow
 * @param {(thrown: unknown) => import('./state.js').Failure} failure
 */
export function runGallery(store, engineNow, failure) {
  let running = 0;
  let control = new AbortController();

  store.subscribe((state) => {
    const due = dueWork(state);
    if ((due?.serial ?? 0) === running) return;
    control.abort();
    running = due?.serial ?? 0;
    control = new AbortController();
    // After the others have heard of this state.
    if (due) queueMicrotask(() => work(due, control.signal));
  });

  /** @param {NonNullable<ReturnType<typeof dueWork>>} due @param {AbortSignal} signal */
  async function work({ id, kind, serial }, signal) {
    const { state, dispatch } = store;
    const engine = engineNow();
    const source = state.image.chosen?.source;
    const method = methodsOf(state).find((m) => m.id === id);
    if (signal.aborted || !engine || !source || !method) return;
    const about = { id, kind, serial };
    const call = {
      signal,
      onProgress: (/** @type {import('./state.js').Step} */ step) => dispatch({ type: 'work-step', ...about, step }),
    };
    dispatch({ type: 'work-started', ...about });
    try {
      const value = await ask(engine, source, kind, method, state, call);
      dispatch({ type: 'work-done', ...about, value });
    } catch (thrown) {
      // So that the same piece can take its turn again.
      if (running === serial) running = 0;
      dispatch({ type: 'work-failed', ...about, error: failure(thrown) });
    }
  }
}

/**
 * @param {import('../pkg/index.js').Engine} engine
 * @param {Blob} source
 * @param {import('./gallery.js').Kind} kind
 * @param {import('../pkg/index.js').Method} method
 * @param {import('./state.js').State} state
 * @param {import('../pkg/index.js').Call} call
 */
function ask(engine, source, kind, method, state, call) {
  const request = requestOf(state, method);
  if (kind === 'map') return engine.attribute(source, request, call);
  if (kind === 'sanity') return engine.sanity(source, request, call);
  const metrics = metricsOf(state, kind, method).map((m) => m.id);
  const side = cardOf(state.gallery, method.id).map.value?.side ?? 0;
  return engine.measure(source, request, { metrics, boxes: kind === 'boxes' ? boxesOf(state, side) : [] }, call);
}
