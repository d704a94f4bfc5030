import { PeerlightError, openEngine } from 'peerlight';
import { failure } from '../shared/failure.js';
import { seldom } from '../shared/seldom.js';
import { refusal } from '../shared/refusal.js';
import { listShipped } from './shipped.js';
import { spawn } from './spawn.js';
import { t, heard, worded } from '../words/index.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Store } from '../app/store.js'
 * @import { Choice, ChoiceState } from './choice.js'
 * @import { EngineState } from './state.js'
 * @import { runOwnNetworks } from './own-effects.js'
 * @import { Engine, Model, OpenOptions, OpenProgress } from 'peerlight'
 * @typedef {typeof runOwnNetworks} RunOwnNetworks
 */

/**
 * Opens the networks and moves them to the device that is wished for.
 * @param {Store} store
 * @returns {{ engineNow: () => Engine | null, addOwn: (run: RunOwnNetworks) => void }} the engine, once it is there
 */
export function runNetworks(store) {
  const { dispatch } = store;
  /** @type {Engine | null} */
  let engine = null;
  let opening = new AbortController();
  let moving = new AbortController();
  /** What only one's own networks need comes later. @type {(run: RunOwnNetworks) => void} */
  let arrive = () => {};
  /** @type {Promise<ReturnType<RunOwnNetworks>>} */
  const own = new Promise((resolve) => (arrive = (run) => resolve(run(store, spawn))));

  store.subscribe((state, before) => {
    if (state.engine.attempt !== before.engine.attempt) open(state);
    // Stopped, or failed.
    if (state.engine.phase !== 'loading' && before.engine.phase === 'loading') opening.abort();
    if (state.engine.wishes !== before.engine.wishes && engine) move(engine, state.engine);
    const { given, draft, forgotten } = state.choice;
    if (forgotten !== before.choice.forgotten) own.then((own) => own.forget(forgotten));
    if (given !== before.choice.given) own.then((own) => own.take(given));
    if (draft !== before.choice.draft) own.then((own) => own.look(draft, before.choice.draft));
    if (state.language.code !== before.language.code && engine) {
      dispatch({ type: 'engine-worded', catalog: worded(engine.catalog) });
    }
    if (state.choice.shown && !before.choice.shown && !state.choice.shipped.length) {
      listShipped(dispatch).catch(() => {});
    }
  });

  /** @param {State} state */
  async function open({ engine: { wish, attempt }, choice: chosen }) {
    opening.abort();
    const { signal } = (opening = new AbortController());
    const onProgress = seldom(
      (/** @type {OpenProgress} */ progress) => !signal.aborted && dispatch({ type: 'engine-progress', progress }),
      ({ loaded, total }) => !loaded || loaded >= total,
    );
    try {
      const { note, choice, ...what } = await wanted(chosen, signal);
      const opened = await openEngine({
        ...what,
        device: wish,
        signal,
        spawn,
        onProgress,
        onSpoilt: () => {
          const error = refusal('bundle-hash', 'networks.spoilt', 'networks.spoilt.help');
          if (opened === engine) dispatch({ type: 'engine-failed', error });
        },
        onDevice: (device) => store.state.engine.phase === 'ready' && dispatch({ type: 'device-changed', device }),
      });
      if (signal.aborted) return opened.close();
      engine?.close();
      engine = opened;
      const { catalog, info, device } = opened;
      dispatch({ type: 'engine-ready', catalog: worded(catalog), info, note, device, choice });
      if (choice.kind === 'own' && chosen.keep) keep(info.name, what.models ?? []);
      if (store.state.engine.wish !== wish) move(opened, store.state.engine);
    } catch (thrown) {
      const current = store.state.engine.attempt === attempt && !signal.aborted;
      if (current) dispatch({ type: 'engine-failed', error: failure(thrown) });
    }
  }

  /**
   * What is to be opened: networks of one's own, or a bundle of the page's list.
   * @param {ChoiceState} state
   * @param {AbortSignal} signal
   * @returns {Promise<Pick<OpenOptions, 'bundle' | 'models' | 'sha256' | 'bytes'> & { note: string, choice: Choice }>}
   */
  async function wanted(state, signal) {
    const choice = state.wanted;
    if (choice && choice.kind !== 'shipped')
      return { models: await (await own).models(choice, state), note: '', choice };
    const { standard, bundles } = await listShipped(dispatch, signal);
    const found = bundles.find((bundle) => bundle.id === (choice?.id ?? standard));
    if (!found) throw new PeerlightError('download-failed', t('networks.unlisted'));
    const { id, url, sha256, bytes, note } = found;
    return { bundle: url, sha256, bytes, note, choice: { kind: 'shipped', id } };
  }

  /**
   * Keeps networks that work; that they cannot be kept stops nothing.
   * @param {string} name
   * @param {Model[]} models
   */
  async function keep(name, models) {
    try {
      dispatch({ type: 'networks-stay', choice: await (await own).keep(name, models) });
    } catch (thrown) {
      const error = refusal(failure(thrown).code, 'networks.not-kept', 'networks.not-kept.help');
      dispatch({ type: 'networks-trouble', error });
    }
  }

  /**
   * @param {Engine} engine
   * @param {EngineState} wanted
   */
  async function move(engine, { wish, wishes }) {
    moving.abort();
    const { signal } = (moving = new AbortController());
    try {
      await engine.use(wish, {
        signal,
        onProgress: (progress) => !signal.aborted && dispatch({ type: 'engine-progress', progress }),
      });
    } catch (thrown) {
      const { code, message } = failure(thrown);
      const device = { ...engine.device, reason: t('device.unchanged', { why: message }) };
      if (code !== 'cancelled') dispatch({ type: 'device-changed', device });
    }
    dispatch({ type: 'device-settled', wishes });
  }

  return { engineNow: () => engine, addOwn: arrive };
}
