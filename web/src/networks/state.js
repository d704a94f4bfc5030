import { refusal } from '../shared/refusal.js';

/**
 * @import { Action, State } from '../app/state.js'
 * @import { Failure } from '../shared/refusal.js'
 * @import { Choice } from './choice.js'
 * @import { BundleInfo, Catalog, Device, DeviceWish, OpenProgress } from 'peerlight'
 */

/**
 * The networks and the device that they run on.
 *
 * @typedef {object} EngineState
 * @property {'asleep' | 'loading' | 'ready' | 'failed'} phase
 * @property {number} attempt grows with every try to open
 * @property {Partial<Record<OpenProgress['stage'], Omit<OpenProgress, 'stage'>>>} progress
 * @property {Failure | null} error
 * @property {Catalog | null} catalog
 * @property {BundleInfo | null} info
 * @property {string} note what to know of these networks before reading their agreement
 * @property {Device | null} device
 * @property {DeviceWish} wish
 * @property {number} wishes grows with every wish, also with the same one again
 * @property {boolean} switching
 *
 * @typedef {{ type: 'engine-start' } | { type: 'engine-retry' } | { type: 'engine-cancel' }
 *   | { type: 'engine-progress', progress: OpenProgress }
 *   | { type: 'engine-ready', catalog: Catalog, info: BundleInfo, note: string, device: Device,
 *     choice: Choice }
 *   | { type: 'engine-worded', catalog: Catalog }
 *   | { type: 'engine-failed', error: Failure }
 *   | { type: 'device-wished', wish: DeviceWish }
 *   | { type: 'device-changed', device: Device }
 *   | { type: 'device-settled', wishes: number }} NetworksAction
 */

/** @type {EngineState} */
export const noEngine = {
  phase: 'asleep',
  attempt: 0,
  progress: {},
  error: null,
  catalog: null,
  info: null,
  note: '',
  device: null,
  wish: 'auto',
  wishes: 0,
  switching: false,
};

const STOPPED = refusal('cancelled', 'status.stopped', null);

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceNetworks(page, action) {
  const engine = reduceEngine(page.engine, action);
  return engine === page.engine ? page : { ...page, engine };
}

/**
 * @param {EngineState} engine
 * @param {Action} action
 * @returns {EngineState}
 */
function reduceEngine(engine, action) {
  switch (action.type) {
    case 'engine-start':
      return engine.phase === 'asleep' ? started(engine) : engine;
    case 'engine-retry':
      return engine.phase === 'failed' ? started(engine) : engine;
    case 'image-picked':
    case 'many-given':
      if (engine.phase === 'ready') return engine.error ? { ...engine, error: null } : engine;
      return engine.phase === 'loading' ? engine : started(engine);
    case 'engine-cancel':
      return cancelled(engine);
    case 'engine-progress': {
      const { stage, ...progress } = action.progress;
      return { ...engine, progress: { ...engine.progress, [stage]: progress } };
    }
    case 'engine-ready': {
      const { type: _, choice: __, ...opened } = action;
      return { ...engine, ...opened, phase: 'ready', progress: {}, error: null };
    }
    case 'engine-worded':
      return { ...engine, catalog: action.catalog };
    case 'engine-failed':
      return unopened(engine, action.error);
    case 'networks-chosen':
      return started(engine);

    case 'device-wished':
      return { ...wished(engine, action.wish), switching: engine.phase === 'ready' };
    case 'device-changed':
      return { ...engine, device: action.device };
    case 'device-settled':
      // An answer to an older wish changes nothing.
      return action.wishes === engine.wishes ? { ...engine, switching: false, progress: {} } : engine;
    default:
      return engine;
  }
}

/**
 * @param {EngineState} engine
 * @returns {EngineState}
 */
function started(engine) {
  return { ...engine, phase: 'loading', attempt: engine.attempt + 1, progress: {}, error: null };
}

/**
 * @param {EngineState} engine
 * @param {DeviceWish} wish
 * @returns {EngineState}
 */
function wished(engine, wish) {
  return { ...engine, wish, wishes: engine.wishes + 1, progress: {} };
}

/**
 * Another device is given up for the one in use; loading stops.
 * @param {EngineState} engine
 * @returns {EngineState}
 */
function cancelled(engine) {
  if (engine.switching) return wished(engine, engine.device?.kind ?? 'cpu');
  return engine.phase === 'loading' ? unopened(engine, STOPPED) : engine;
}

/**
 * Networks that were open stay open when others cannot be opened.
 * @param {EngineState} engine
 * @param {Failure} error
 * @returns {EngineState}
 */
function unopened(engine, error) {
  return { ...engine, phase: engine.info ? 'ready' : 'failed', progress: {}, error };
}
