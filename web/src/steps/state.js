/**
 * @import { Action, State } from '../app/state.js'
 * @import { Explanation } from 'peerlight'
 */

/**
 * How it works, step by step, on the image that is shown.
 *
 * @typedef {object} StepsState
 * @property {boolean} open
 * @property {number} at the step, counted from 0
 * @property {Explanation | null} of the explanation that `layers` belongs to
 * @property {Explanation | null} layers the feature maps of each network added up, for any class
 *
 * @typedef {{ type: 'steps-opened', open: boolean } | { type: 'steps-moved', at: number }
 *   | { type: 'steps-found', of: Explanation, layers: Explanation | null }} StepsAction
 */

/** The steps in their order. */
export const STEPS = /** @type {const} */ (['superposed', 'cut', 'correlated', 'fused']);

/** @type {StepsState} */
export const noSteps = { open: false, at: 0, of: null, layers: null };

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceSteps(page, action) {
  const { steps } = page;
  switch (action.type) {
    case 'steps-opened':
      return steps.open === action.open ? page : { ...page, steps: { ...steps, open: action.open } };
    case 'steps-moved':
      return { ...page, steps: { ...steps, at: Math.min(STEPS.length - 1, Math.max(0, action.at)) } };
    case 'steps-found':
      return { ...page, steps: { ...steps, of: action.of, layers: action.layers } };
    default:
      return page;
  }
}

/**
 * The explanation whose feature maps are wanted now, if any. The comparison and the explanation itself go first.
 * @param {State} state
 */
export const wantedSteps = ({ steps, result, job, engine }) =>
  steps.open && result && steps.of !== result && job.phase === 'done' && engine.phase === 'ready' ? result : null;
