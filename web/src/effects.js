import { PeerlightError, findBundle, openEngine, preview as decodePreview } from '../pkg/index.js';
import { runGallery } from './gallery-effects.js';
import { runnable } from './state.js';

/** Changes that follow on each other's heels (a slider, typing) are explained once. */
const SETTLE_MS = 180;

/**
 * Everything that takes time. Each effect follows from a change of state and answers with actions.
 * @param {import('./store.js').Store} store
 */
export function runEffects(store) {
  const { dispatch } = store;
  /** @type {import('../pkg/index.js').Engine | null} */
  let engine = null;
  let opening = new AbortController();
  let switching = new AbortController();
  let job = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  store.subscribe((state, before) => {
    if (state.engine.attempt !== before.engine.attempt) open(state);
    if (state.engine.phase === 'failed' && before.engine.phase === 'loading') opening.abort();
    if (state.engine.wish !== before.engine.wish && engine) move(engine, state.engine.wish);
    if (state.image.serial !== before.image.serial) show(state.image);
    if (state.image.preview !== before.image.preview) before.image.preview?.bitmap.close();

    const key = runnable(state);
    if (key !== runnable(before)) {
      clearTimeout(timer);
      job.abort();
      if (key) timer = setTimeout(explain, state.result ? SETTLE_MS : 0, key);
    }
  });

  runGallery(store, () => engine, failure);

  /** @param {import('./state.js').State} state */
  async function open({ engine: { wish, attempt } }) {
    opening.abort();
    const mine = (opening = new AbortController());
    const { signal } = mine;
    try {
      const { url, sha256, bytes } = await findBundle(new URL('models/index.json', document.baseURI), undefined, {
        signal,
      });
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
      dispatch({ type: 'engine-ready', catalog, info, device });
      if (store.state.engine.wish !== wish) move(opened, store.state.engine.wish);
    } catch (thrown) {
      if (store.state.engine.attempt === attempt && !signal.aborted)
        dispatch({ type: 'engine-failed', error: failure(thrown) });
    }
  }

  /** @param {import('../pkg/index.js').Engine} engine @param {import('../pkg/index.js').DeviceWish} wish */
  async function move(engine, wish) {
    switching.abort();
    const { signal } = (switching = new AbortController());
    try {
      await engine.use(wish, {
        signal,
        onProgress: (progress) => !signal.aborted && dispatch({ type: 'engine-progress', progress }),
      });
    } catch (thrown) {
      const { code, message } = failure(thrown);
      if (code !== 'cancelled')
        dispatch({
          type: 'device-changed',
          device: { ...engine.device, reason: `The device was not changed: ${message}` },
        });
    }
    dispatch({ type: 'device-settled', wish });
  }

  /** @param {import('./state.js').ImageState} image */
  async function show({ serial, next }) {
    try {
      const preview = await decodePreview(/** @type {import('./state.js').Chosen} */ (next).source);
      if (store.state.image.serial === serial) dispatch({ type: 'image-ready', serial, preview });
      else preview.bitmap.close();
    } catch (thrown) {
      dispatch({ type: 'image-failed', serial, error: failure(thrown) });
    }
  }

  /** @param {number} serial */
  async function explain(serial) {
    const { image, ask } = store.state;
    const { signal } = (job = new AbortController());
    dispatch({ type: 'job-started', serial });
    try {
      const result = await /** @type {NonNullable<typeof engine>} */ (engine).explain(
        /** @type {import('./state.js').Chosen} */ (image.chosen).source,
        ask,
        {
          signal,
          onProgress: (step) => dispatch({ type: 'job-step', serial, step }),
        },
      );
      dispatch({ type: 'job-done', serial, result });
    } catch (thrown) {
      dispatch({ type: 'job-failed', serial, error: failure(thrown) });
    }
  }
}

/** @param {unknown} thrown @returns {import('./state.js').Failure} */
function failure(thrown) {
  if (!(thrown instanceof PeerlightError)) return { code: 'crashed', message: String(thrown), help: 'Try again.' };
  const { code, message, help } = thrown;
  return { code, message, help };
}

/**
 * A worker that is loaded from an address has a policy of its own, or none; one made from a blob has the page's.
 * So it is the page's policy that keeps the images here, in the workers too.
 * @param {import('../pkg/index.js').DeviceKind} kind
 */
function spawn(kind) {
  const code = `import ${JSON.stringify(new URL('../pkg/worker.js', import.meta.url).href)};`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  return new Worker(url, { type: 'module', name: `peerlight-${kind}` });
}

/** The list of samples; a page without samples still works. @returns {Promise<import('./state.js').Sample[]>} */
export async function listSamples() {
  const base = new URL('samples/index.json', document.baseURI);
  const response = await fetch(base).catch(() => null);
  if (!response?.ok) return [];
  /** @type {import('./state.js').Sample[]} */
  const samples = await response.json().catch(() => []);
  return samples.map((s) => ({ ...s, url: new URL(s.file, base).href }));
}
