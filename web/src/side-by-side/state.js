/**
 * @import { Action, State } from '../app/state.js'
 * @import { Step } from '../explain/state.js'
 * @import { Preview } from '../images/state.js'
 * @import { Failure } from '../shared/refusal.js'
 * @import { Explanation } from 'peerlight'
 */

/**
 * The page's explanation on the left, and another one beside it: of another class, another image or other networks.
 *
 * @typedef {'class' | 'image' | 'networks'} Kind
 * @typedef {{ kind: 'class', target: number }
 *   | { kind: 'image', source: Blob, name: string, alt: string }
 *   | { kind: 'networks', from: 'shipped' | 'kept', id: string, name: string }} Other
 *
 * @typedef {object} SidesState
 * @property {boolean} open
 * @property {Kind} kind what is being chosen
 * @property {Other | null} other what stands on the right
 * @property {boolean} sameClass whether another image is explained for the left one's class
 * @property {Explanation | null} of the explanation on the left
 * @property {'idle' | 'due' | 'running' | 'done' | 'failed'} phase
 * @property {number} serial grows with every explanation asked for
 * @property {Step | null} step
 * @property {Explanation | null} result the explanation on the right
 * @property {Explanation | null} left the explanation that it was made beside
 * @property {Preview | null} preview of another image
 * @property {Failure | null} error
 *
 * @typedef {{ type: 'sides-open', open: boolean } | { type: 'sides-kind', kind: Kind }
 *   | { type: 'sides-chosen', other: Other } | { type: 'sides-same-class', on: boolean }
 *   | { type: 'sides-started', serial: number }
 *   | { type: 'sides-step', serial: number, step: Step }
 *   | { type: 'sides-done', serial: number, result: Explanation, preview: Preview | null }
 *   | { type: 'sides-failed', serial: number, error: Failure }
 *   | { type: 'sides-cleared' } | { type: 'sides-retry' }} SidesAction
 */

/** @type {SidesState} */
export const noSides = {
  open: false,
  kind: 'class',
  other: null,
  sameClass: false,
  of: null,
  phase: 'idle',
  serial: 0,
  step: null,
  result: null,
  left: null,
  preview: null,
  error: null,
};

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceSides(page, action) {
  const sides = follow(reduceOwn(page.sides, action), page, action);
  return sides === page.sides ? page : { ...page, sides };
}

/**
 * @param {SidesState} own
 * @param {Action} action
 * @returns {SidesState}
 */
function reduceOwn(own, action) {
  switch (action.type) {
    case 'sides-open':
      // Closing forgets the right side, so that its memory is freed.
      return action.open ? { ...own, open: true } : { ...emptied(own), open: false };
    case 'sides-cleared':
      return emptied(own);
    case 'sides-kind':
      return own.kind === action.kind ? own : { ...own, kind: action.kind };
    case 'sides-chosen':
      return due({ ...emptied(own), open: true, kind: action.other.kind, other: action.other });
    case 'sides-same-class':
      return due({ ...own, sameClass: action.on });
    case 'sides-retry':
      return own.phase === 'failed' ? due(own) : own;
    case 'sides-started':
      return action.serial === own.serial ? { ...own, phase: 'running', step: null } : own;
    case 'sides-step':
      return current(own, action) ? { ...own, step: action.step } : own;
    case 'sides-done': {
      if (!current(own, action)) return own;
      const { result, preview } = action;
      return { ...own, phase: 'done', step: null, result, left: own.of, preview, error: null };
    }
    case 'sides-failed':
      return current(own, action) ? { ...own, phase: 'failed', step: null, error: action.error } : own;
    default:
      return own;
  }
}

/**
 * @param {SidesState} own
 * @param {{ serial: number }} action
 */
const current = (own, { serial }) => own.phase === 'running' && serial === own.serial;

/**
 * @param {SidesState} own
 * @returns {SidesState}
 */
const emptied = (own) => ({
  ...own,
  other: null,
  phase: 'idle',
  serial: own.serial + 1,
  step: null,
  result: null,
  left: null,
  preview: null,
  error: null,
});

/**
 * @param {SidesState} own
 * @returns {SidesState}
 */
const due = (own) => (own.other ? { ...own, phase: 'due', serial: own.serial + 1, step: null, error: null } : own);

/**
 * A new explanation on the left asks for the right one anew. A class belongs to its image and its networks.
 * @param {SidesState} own
 * @param {State} page
 * @param {Action} action
 * @returns {SidesState}
 */
function follow(own, { result }, action) {
  const lost = action.type === 'engine-ready' || !result;
  const kept = lost && own.other?.kind === 'class' ? emptied(own) : own;
  if (result === kept.of) return kept;
  if (result) return due({ ...kept, of: result });
  return { ...emptied(kept), other: kept.other, of: null };
}
