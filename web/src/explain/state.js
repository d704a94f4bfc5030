import { asksSame, brightest, ofAnyImage } from './select.js';

/**
 * @import { Action, State } from '../app/state.js'
 * @import { Failure } from '../shared/refusal.js'
 * @import { Explanation, ImageRequest } from 'peerlight'
 */

/**
 * The explanation: what is asked, how far it is, what came out, and how that is shown.
 *
 * @typedef {{ name: string, done: number, total: number }} Step
 *
 * @typedef {object} JobState
 * @property {'idle' | 'due' | 'running' | 'done' | 'failed' | 'cancelled'} phase
 * @property {number} serial grows with every explanation asked for
 * @property {Step | null} step
 * @property {Failure | null} error
 *
 * @typedef {object} ViewState only what the person changed of color and opacity
 * @property {string | null} color
 * @property {number | null} opacity
 * @property {string} shown `mutual`, a peer's id, or `image` for no map
 * @property {boolean} lines
 * @property {'attention' | 'correlation'} numbers what the regions' numbers are
 * @property {number | null} region index into the regions
 * @property {boolean} pinned whether the region stays when the pointer moves on
 * @property {number | null} pair of several pairs of networks, the one whose correlations are shown; null for the mean
 * @property {boolean} presenting whether the image fills the screen
 *
 * @typedef {{ type: 'ask-changed', change: ImageRequest }
 *   | { type: 'job-started', serial: number }
 *   | { type: 'job-step', serial: number, step: Step }
 *   | { type: 'job-done', serial: number, result: Explanation }
 *   | { type: 'job-failed', serial: number, error: Failure }
 *   | { type: 'job-cancel' } | { type: 'job-retry' }
 *   | { type: 'view-changed', view: Partial<ViewState> }} ExplainAction
 */

/** @type {JobState} */
export const noJob = { phase: 'idle', serial: 0, step: null, error: null };
/** @type {ViewState} */
export const plainView = {
  color: null,
  opacity: null,
  shown: 'mutual',
  lines: true,
  numbers: 'attention',
  region: null,
  pinned: false,
  pair: null,
  presenting: false,
};

/** What is chosen of networks that are gone. */
const nothingChosen = /** @type {const} */ ({ shown: 'mutual', region: null, pinned: false, pair: null });

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceExplain(page, action) {
  const { image, job } = page;
  switch (action.type) {
    case 'image-ready': {
      if (action.serial !== image.serial) return page;
      return due({
        ...page,
        ask: ofAnyImage(page.ask),
        result: null,
        view: { ...page.view, region: null, pinned: false },
      });
    }
    case 'engine-ready': {
      // The first networks, which the image waited for.
      if (!image.preview || (job.phase === 'due' && !page.result)) return page;
      const { target: _, ...ask } = page.ask; // Other networks: the class belonged to the earlier ones.
      return due({ ...page, ask, result: null, view: { ...page.view, ...nothingChosen } });
    }
    case 'ask-changed': {
      if (asksSame(page.ask, action.change)) return page;
      const settings = { ...page.ask.settings, ...action.change.settings };
      const next = { ...page, ask: { ...page.ask, ...action.change, settings } };
      return image.preview ? due(next) : next;
    }

    case 'job-started':
      return action.serial === job.serial ? withJob(page, { phase: 'running', step: null }) : page;
    case 'job-step':
      return action.serial === job.serial && job.phase === 'running' ? withJob(page, { step: action.step }) : page;
    case 'job-done':
      return action.serial === job.serial && job.phase === 'running' ? finished(page, action.result) : page;
    case 'job-failed':
      return action.serial === job.serial && job.phase !== 'cancelled' ? failed(page, action.error) : page;
    case 'job-cancel':
      return withJob(page, { phase: 'cancelled', step: null });
    case 'job-retry':
      return job.phase === 'failed' || job.phase === 'cancelled' ? due(page) : page;

    case 'view-changed':
      return { ...page, view: { ...page.view, ...action.view } };
    default:
      return page;
  }
}

/**
 * @param {State} page
 * @param {Partial<JobState>} job
 * @returns {State}
 */
const withJob = (page, job) => ({ ...page, job: { ...page.job, ...job } });

/**
 * A new explanation is due; whatever runs is overtaken.
 * @param {State} page
 */
const due = (page) => withJob(page, { phase: 'due', serial: page.job.serial + 1, step: null, error: null });

/**
 * @param {State} page
 * @param {Failure} error
 */
const failed = (page, error) =>
  withJob(page, error.code === 'cancelled' ? { phase: 'cancelled' } : { phase: 'failed', error });

/**
 * @param {State} page
 * @param {Explanation} result
 * @returns {State}
 */
function finished(page, result) {
  const { view } = page;
  const known = ['mutual', 'image'].includes(view.shown) || result.peers.some((p) => p.id === view.shown);
  // Under another grid the same number would be another place.
  const sameGrid = page.result?.regions.length === result.regions.length;
  const region = sameGrid ? view.region : brightest(result);
  const pinned = sameGrid && view.pinned;
  const done = withJob(page, { phase: 'done', step: null, error: null });
  return { ...done, result, view: { ...view, shown: known ? view.shown : 'mutual', region, pinned } };
}
