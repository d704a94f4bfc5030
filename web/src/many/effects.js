import { readText } from 'peerlight';
import { ofAnyImage } from '../explain/select.js';
import { failure } from '../shared/failure.js';
import { labelsOf, wantedOf } from './labels.js';
import { busy, nextItem } from './select.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Store } from '../app/store.js'
 * @import { Item, Outcome } from './state.js'
 * @import { Engine, Explanation } from 'peerlight'
 */

/**
 * Works through the queue, one image at a time. Each is open in the engine only as long as it is explained, so that
 * memory stays flat and the image that the person looks at stays open beside.
 * @param {Store} store
 * @param {() => Engine | null} engineNow
 */
export function runMany(store, engineNow) {
  const { dispatch } = store;
  let job = new AbortController();
  /**
   * Images in whose turn the engine stopped. It need not be their fault, so each has one more turn.
   * @type {Set<number>}
   */
  const again = new Set();

  const warn = (/** @type {BeforeUnloadEvent} */ event) => event.preventDefault();
  store.subscribe((state, before) => {
    if (busy(state)) addEventListener('beforeunload', warn);
    else if (busy(before)) removeEventListener('beforeunload', warn);
    if (state.many.lists !== before.many.lists) state.many.lists.forEach(read);
    if (state.many.phase !== 'running') job.abort();
    const { many } = state;
    const named = many.lastId !== before.many.lastId || many.labels !== before.many.labels;
    if (named || state.engine.info !== before.engine.info) find(state);
    const item = nextItem(state);
    const engine = engineNow();
    if (item && engine) explain(engine, item);
  });

  /** @param {File} list */
  async function read(list) {
    const text = await readText(list).catch(() => '');
    dispatch({ type: 'many-labeled', list: list.name, labels: labelsOf(text) });
  }

  /**
   * Asks the engine which classes the folders and lists mean.
   * @param {State} state
   */
  async function find({ many, engine: { info } }) {
    const wanted = new Set(many.items.map(({ path }) => wantedOf(path, many.labels)));
    const names = [...wanted].filter((name) => name && !many.classes.has(name));
    // A worker that ends for another's fault is asked anew, once.
    const ask = async () => engineNow()?.findClasses(names);
    const found = names.length
      ? await ask()
          .catch(ask)
          .catch(() => null)
      : null;
    if (!found || store.state.engine.info !== info) return;
    const classes = new Map(names.map((name, i) => [name, found[i] ?? null]));
    dispatch({ type: 'many-classes', classes });
  }

  /**
   * @param {Engine} engine
   * @param {Item} item
   */
  async function explain(engine, { id, file }) {
    const { signal } = (job = new AbortController());
    const { crop, ...request } = ofAnyImage(store.state.ask);
    dispatch({ type: 'many-started', id });
    const start = performance.now();
    try {
      const image = await engine.prepare(file, { crop }, { signal });
      const result = await image.explain(request, { signal }).finally(() => image.close());
      dispatch({ type: 'many-done', id, outcome: outcomeOf(result, performance.now() - start) });
    } catch (thrown) {
      const error = failure(thrown);
      const stopped = error.code === 'crashed' && !again.has(id);
      if (stopped) again.add(id);
      if (stopped || error.code === 'cancelled') dispatch({ type: 'many-returned', id });
      else dispatch({ type: 'many-failed', id, error });
    }
  }
}

/**
 * @param {Explanation} result
 * @param {number} ms
 * @returns {Outcome}
 */
function outcomeOf({ image, target, agreement, peers }, ms) {
  const answers = peers.map(({ id, name, top }) => ({ id, name, top }));
  return { image, target, agreement, peers: answers, ms };
}
