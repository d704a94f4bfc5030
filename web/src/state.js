import { emptyGallery, reduceGallery } from './gallery.js';

/**
 * The page's whole state and every way it can change. Nothing here touches the document, the network or a clock.
 *
 * @typedef {import('../pkg/index.js').Explanation} Explanation
 * @typedef {{ code: string, message: string, help: string }} Failure
 * @typedef {{ bitmap: ImageBitmap, width: number, height: number }} Preview
 * @typedef {{ source: Blob, name: string, alt: string }} Chosen
 * @typedef {{ file: string, name: string, alt: string, credit: string, license?: string, changes?: string, url: string }} Sample
 * @typedef {{ name: string, done: number, total: number }} Step
 *
 * @typedef {object} EngineState
 * @property {'asleep' | 'loading' | 'ready' | 'failed'} phase
 * @property {number} attempt grows with every try to open
 * @property {Partial<Record<'weights' | 'code' | 'device', { loaded: number, total: number, text: string }>>} progress
 * @property {Failure | null} error
 * @property {import('../pkg/index.js').Catalog | null} catalog
 * @property {import('../pkg/index.js').BundleInfo | null} info
 * @property {import('../pkg/index.js').Device | null} device
 * @property {import('../pkg/index.js').DeviceWish} wish
 * @property {boolean} switching
 *
 * @typedef {object} ImageState
 * @property {number} serial grows with every image chosen
 * @property {Chosen | null} next chosen and being opened; what is shown stays until that has worked
 * @property {Chosen | null} chosen the image shown
 * @property {Preview | null} preview
 * @property {Failure | null} error why the last choice was not opened
 *
 * @typedef {object} JobState
 * @property {'idle' | 'due' | 'running' | 'done' | 'failed' | 'cancelled'} phase
 * @property {number} serial grows with every explanation asked for
 * @property {Step | null} step
 * @property {Failure | null} error
 *
 * @typedef {object} ViewState
 * @property {string} color
 * @property {number} opacity
 * @property {string} shown `mutual` or a peer's id
 * @property {boolean} lines
 * @property {number | null} region index into the regions
 *
 * @typedef {object} State
 * @property {EngineState} engine
 * @property {ImageState} image
 * @property {Record<string, any>} ask only what the person changed; the engine's defaults hold for the rest
 * @property {JobState} job
 * @property {Explanation | null} result
 * @property {ViewState} view
 * @property {import('./gallery.js').Gallery} gallery
 * @property {Sample[]} samples
 *
 * @typedef {{ type: 'engine-start' } | { type: 'engine-retry' }
 *   | { type: 'engine-progress', progress: import('../pkg/index.js').OpenProgress }
 *   | { type: 'engine-ready', catalog: NonNullable<EngineState['catalog']>, info: NonNullable<EngineState['info']>, device: NonNullable<EngineState['device']> }
 *   | { type: 'engine-failed', error: Failure }
 *   | { type: 'device-wished', wish: EngineState['wish'] }
 *   | { type: 'device-changed', device: NonNullable<EngineState['device']> }
 *   | { type: 'device-settled', wish: EngineState['wish'] }
 *   | { type: 'samples-listed', samples: Sample[] }
 *   | { type: 'image-picked', source: Blob, name: string, alt?: string }
 *   | { type: 'image-ready', serial: number, preview: Preview }
 *   | { type: 'image-failed', serial: number, error: Failure }
 *   | { type: 'ask-changed', id: string, value: any }
 *   | { type: 'job-started', serial: number }
 *   | { type: 'job-step', serial: number, step: Step }
 *   | { type: 'job-done', serial: number, result: Explanation }
 *   | { type: 'job-failed', serial: number, error: Failure }
 *   | { type: 'cancel' } | { type: 'retry' }
 *   | { type: 'view-changed', view: Partial<ViewState> }
 *   | import('./gallery.js').GalleryAction} Action
 */

/** @type {State} */
export const initial = {
  engine: {
    phase: 'asleep',
    attempt: 0,
    progress: {},
    error: null,
    catalog: null,
    info: null,
    device: null,
    wish: 'auto',
    switching: false,
  },
  image: { serial: 0, next: null, chosen: null, preview: null, error: null },
  ask: {},
  job: { phase: 'idle', serial: 0, step: null, error: null },
  result: null,
  view: { color: 'cividis', opacity: 0.6, shown: 'mutual', lines: true, region: null },
  gallery: emptyGallery,
  samples: [],
};

const CANCELLED = { code: 'cancelled', message: 'Stopped.', help: '' };

/** @param {State} state @param {Partial<EngineState>} engine @returns {State} */
const withEngine = (state, engine) => ({ ...state, engine: { ...state.engine, ...engine } });

/** @param {State} state @param {Partial<JobState>} job @returns {State} */
const withJob = (state, job) => ({ ...state, job: { ...state.job, ...job } });

/** A new explanation is due; whatever runs is overtaken. @param {State} state @returns {State} */
const due = (state) => withJob(state, { phase: 'due', serial: state.job.serial + 1, step: null, error: null });

/** @param {State} state */
const startEngine = (state) =>
  withEngine(state, { phase: 'loading', attempt: state.engine.attempt + 1, progress: {}, error: null });

/**
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
export function reduce(state, action) {
  const page = reducePage(state, action);
  const gallery = reduceGallery(state.gallery, action, page);
  return gallery === page.gallery ? page : { ...page, gallery };
}

/**
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
function reducePage(state, action) {
  const { engine, image, job } = state;
  switch (action.type) {
    case 'engine-start':
      return engine.phase === 'asleep' ? startEngine(state) : state;
    case 'engine-retry':
      return engine.phase === 'failed' ? startEngine(state) : state;
    case 'engine-progress': {
      const { stage, loaded, total, text } = action.progress;
      return withEngine(state, { progress: { ...engine.progress, [stage]: { loaded, total, text } } });
    }
    case 'engine-ready': {
      const { catalog, info, device } = action;
      return withEngine(state, { phase: 'ready', progress: {}, error: null, catalog, info, device });
    }
    case 'engine-failed':
      return withEngine(state, { phase: 'failed', error: action.error });
    case 'device-wished':
      return withEngine(state, { wish: action.wish, switching: engine.phase === 'ready', progress: {} });
    case 'device-changed':
      return withEngine(state, { device: action.device });
    case 'device-settled':
      // An answer to an older wish changes nothing.
      return action.wish === engine.wish ? withEngine(state, { switching: false, progress: {} }) : state;

    case 'samples-listed':
      return { ...state, samples: action.samples };
    case 'image-picked': {
      const { source, name, alt = '' } = action;
      const awake = engine.phase === 'asleep' || engine.phase === 'failed' ? startEngine(state) : state;
      return { ...awake, image: { ...image, serial: image.serial + 1, next: { source, name, alt }, error: null } };
    }
    case 'image-ready': {
      if (action.serial !== image.serial) return state;
      const { target: _, ...ask } = state.ask; // The class belonged to the last image.
      const shown = { ...image, chosen: image.next, next: null, preview: action.preview };
      return due({ ...state, image: shown, ask, result: null, view: { ...state.view, region: null } });
    }
    case 'image-failed':
      if (action.serial !== image.serial) return state;
      return { ...state, image: { ...image, next: null, error: action.error } };

    case 'ask-changed': {
      if (state.ask[action.id] === action.value) return state;
      const next = { ...state, ask: { ...state.ask, [action.id]: action.value }, image: { ...image, error: null } };
      return image.preview ? due(next) : next;
    }
    case 'job-started':
      return action.serial === job.serial ? withJob(state, { phase: 'running', step: null }) : state;
    case 'job-step':
      return action.serial === job.serial && job.phase === 'running' ? withJob(state, { step: action.step }) : state;
    case 'job-done':
      return action.serial === job.serial && job.phase === 'running' ? finish(state, action.result) : state;
    case 'job-failed':
      if (action.serial !== job.serial || job.phase === 'cancelled') return state;
      return withJob(
        state,
        action.error.code === 'cancelled' ? { phase: 'cancelled' } : { phase: 'failed', error: action.error },
      );

    case 'cancel':
      if (job.phase === 'running' || (job.phase === 'due' && engine.phase === 'ready'))
        return withJob(state, { phase: 'cancelled', step: null });
      if (engine.switching)
        return withEngine(state, { wish: engine.device?.kind ?? 'cpu', switching: true, progress: {} });
      return engine.phase === 'loading' ? withEngine(state, { phase: 'failed', error: CANCELLED }) : state;
    case 'retry':
      if (engine.phase === 'failed') return startEngine(state);
      return job.phase === 'failed' || job.phase === 'cancelled' ? due(state) : state;

    case 'view-changed':
      return { ...state, view: { ...state.view, ...action.view } };
    default:
      return state;
  }
}

/** @param {State} state @param {Explanation} result @returns {State} */
function finish(state, result) {
  const { view } = state;
  const known = view.shown === 'mutual' || result.peers.some((p) => p.id === view.shown);
  // Under another grid the same number would be another place.
  const region = state.result?.regions.length === result.regions.length ? view.region : brightest(result);
  const done = withJob(state, { phase: 'done', step: null, error: null });
  return { ...done, result, view: { ...view, shown: known ? view.shown : 'mutual', region } };
}

/** The region that the peers attend to most. @param {Explanation} result */
function brightest({ regions }) {
  const sums = regions.map(({ attention }) => attention.reduce((a, b) => a + b, 0));
  return sums.indexOf(Math.max(...sums));
}

/** The explanation that could run now, by its serial; 0 while something it needs is missing. @param {State} state */
export function runnable({ engine, image, job }) {
  return (job.phase === 'due' || job.phase === 'running') && engine.phase === 'ready' && image.preview ? job.serial : 0;
}

/** The map laid over the image. @param {Explanation} result @param {string} id */
export function mapOf(result, id) {
  return result.peers.find((p) => p.id === id) ?? result.mutual;
}

/** What the engine was, or would be, asked for one setting. @param {State} state @param {string} id */
export function settingOf({ ask, engine }, id) {
  return ask[id] ?? engine.catalog?.settings.find((s) => s.id === id)?.default ?? null;
}

/** The chosen color map. @param {State} state @returns {Uint8Array | null} */
export function lutOf({ engine, view }) {
  const colors = engine.catalog?.colors ?? [];
  return (colors.find((c) => c.id === view.color) ?? colors[0])?.lut ?? null;
}
