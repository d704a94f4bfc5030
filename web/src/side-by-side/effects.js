import { ofAnyImage } from '../explain/select.js';
import { openEngine, preview as decodePreview } from 'peerlight';
import { listShipped } from '../networks/shipped.js';
import { spawn } from '../networks/spawn.js';
import { failure } from '../shared/failure.js';
import { runnableSide, targetIn } from './select.js';
import { t } from '../words/index.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Store } from '../app/store.js'
 * @import { Other } from './state.js'
 * @import { Call, Engine, Explanation, ImageRequest, PreparedImage } from 'peerlight'
 */

/**
 * What is open for the right side: other networks, or another image in the page's own.
 * @typedef {{ other: Other, engine: Engine }} Opened
 * @typedef {{ other: Other, crop: number | null, engine: Engine, image: PreparedImage }} Prepared
 */

/**
 * Explains the right side whenever it, the left side or a setting has changed, and frees it when it is closed.
 * @param {Store} store
 * @param {() => Engine | null} engineNow
 * @param {typeof import('../networks/kept.js').findKept} findKept given, so that it is no file of its own
 */
export function followSides(store, engineNow, findKept) {
  const { dispatch } = store;
  let job = new AbortController();
  let running = 0;
  /** @type {Opened | null} */
  let opened = null;
  /** @type {Prepared | null} */
  let prepared = null;

  store.subscribe((state, before) => {
    if (state.sides.preview !== before.sides.preview) before.sides.preview?.bitmap.close();
    look(state);
  });
  look(store.state);

  /** @param {State} state */
  function look(state) {
    const { sides, choice } = state;
    const serial = runnableSide(state);
    if (sides.open && sides.kind === 'networks' && !choice.shipped.length) list();
    if (opened && opened.other !== sides.other) free();
    if (prepared && prepared.other !== sides.other) free();
    if (serial === running) return;
    job.abort();
    running = serial;
    if (serial) explain(serial);
  }

  function free() {
    opened?.engine.close();
    prepared?.image.close();
    opened = prepared = null;
  }

  let listed = false;
  async function list() {
    if (listed) return;
    listed = true;
    await listShipped(dispatch).catch(() => null);
  }

  /** @param {number} serial */
  async function explain(serial) {
    const { signal } = (job = new AbortController());
    /** @type {Call} */
    const call = { signal, onProgress: (step) => dispatch({ type: 'sides-step', serial, step }) };
    dispatch({ type: 'sides-started', serial });
    try {
      const done = await rightSide(store.state, call);
      if (signal.aborted) done.preview?.bitmap.close();
      else dispatch({ type: 'sides-done', serial, ...done });
    } catch (thrown) {
      if (!signal.aborted) dispatch({ type: 'sides-failed', serial, error: failure(thrown) });
    }
  }

  /**
   * @param {State} state
   * @param {Call} call
   */
  async function rightSide(state, call) {
    const { ask, image, sides } = state;
    const other = /** @type {Other} */ (sides.other);
    const left = /** @type {Explanation} */ (sides.of);
    const engine = /** @type {Engine} */ (engineNow());
    const source = /** @type {Blob} */ (image.chosen?.source);
    if (other.kind === 'class') {
      return { result: await engine.explain(source, { ...ask, target: other.target }, call), preview: null };
    }
    if (other.kind === 'networks') {
      const second = await networks(state, other, call);
      const target = targetIn(left.target, second.info.classes);
      return { result: await second.explain(source, { ...ask, target }, call), preview: null };
    }
    const shown = await decodePreview(other.source);
    try {
      const target = sides.sameClass ? left.target.class : null;
      return {
        result: await explainImage(engine, other, { ...ofAnyImage(ask), target }, call),
        preview: shown,
      };
    } catch (thrown) {
      shown.bitmap.close();
      throw thrown;
    }
  }

  /**
   * Another image stays open in the page's own engine, beside the one that is shown.
   * @param {Engine} engine
   * @param {Extract<Other, { kind: 'image' }>} other
   * @param {ImageRequest} request
   * @param {Call} call
   */
  async function explainImage(engine, other, { crop = null, ...request }, call) {
    if (!prepared || prepared.engine !== engine || prepared.crop !== crop) {
      free();
      const image = await engine.prepare(other.source, { crop }, call);
      if (call.signal?.aborted) image.close();
      else prepared = { other, crop, engine, image };
      return image.explain(request, call);
    }
    return prepared.image.explain(request, call);
  }

  /**
   * Other networks have an engine of their own, on the device that the page's run on.
   * @param {State} state
   * @param {Extract<Other, { kind: 'networks' }>} other
   * @param {Call} call
   */
  async function networks({ engine: { device }, choice }, other, { signal, onProgress }) {
    if (opened) return opened.engine;
    const bundle = choice.shipped.find(({ id }) => id === other.id);
    const what =
      other.from === 'kept'
        ? { models: await findKept(other.id) }
        : { bundle: bundle?.url, sha256: bundle?.sha256, bytes: bundle?.bytes };
    const engine = await openEngine({
      ...what,
      device: device?.kind ?? 'cpu',
      signal,
      spawn,
      onProgress: ({ loaded, total }) => onProgress?.({ name: t('sides.opening'), done: loaded, total }),
    });
    if (signal?.aborted || store.state.sides.other !== other) engine.close();
    else opened = { other, engine };
    return engine;
  }
}
