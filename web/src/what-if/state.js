/**
 * @import { Action, State } from '../app/state.js'
 * @import { Failure } from '../shared/refusal.js'
 * @import { Step } from '../explain/state.js'
 * @import { Explanation, Replacement, WhatIfResult } from 'peerlight'
 */

/**
 * What is hidden, or kept alone, and what the networks say then.
 *
 * @typedef {object} Places
 * @property {number[]} regions indices into the explanation's regions
 * @property {[number, number, number, number][]} boxes left, top, right, bottom as fractions of the square
 * @property {Uint8Array | null} brush 1 for each painted cell of `BRUSH` x `BRUSH`
 *
 * @typedef {'regions' | 'box' | 'brush'} Tool
 *
 * @typedef {object} EffectsState what hiding each region alone takes from the class
 * @property {'idle' | 'running' | 'done' | 'failed' | 'cancelled'} phase
 * @property {number} serial grows with every measurement asked for
 * @property {Step | null} step
 * @property {WhatIfResult | null} result
 * @property {Failure | null} error
 *
 * @typedef {object} WhatIfState
 * @property {boolean} on
 * @property {Tool} tool
 * @property {boolean} keep whether the places are kept and the rest is hidden
 * @property {Replacement} baseline what replaces hidden pixels
 * @property {Places} places
 * @property {Places[]} past the last one is what undoing brings back
 * @property {Places[]} future
 * @property {Explanation | null} of the explanation that all this is about
 * @property {number} serial grows with every question
 * @property {WhatIfResult | null} answer to the last question that was answered
 * @property {number} answered the serial of that question
 * @property {Failure | null} error
 * @property {EffectsState} effects
 *
 * @typedef {{ type: 'what-if-set', change: Partial<Pick<WhatIfState, 'on' | 'tool' | 'keep' | 'baseline'>> }
 *   | { type: 'places-changed', places: Places }
 *   | { type: 'places-undo' } | { type: 'places-redo' }
 *   | { type: 'what-if-answered', serial: number, answer: WhatIfResult }
 *   | { type: 'what-if-failed', serial: number, error: Failure }
 *   | { type: 'effects-asked' } | { type: 'effects-cancel' }
 *   | { type: 'effects-step', serial: number, step: Step }
 *   | { type: 'effects-done', serial: number, result: WhatIfResult }
 *   | { type: 'effects-failed', serial: number, error: Failure }} WhatIfAction
 */

/** Cells of the brush along a side. */
export const BRUSH = 56;
/** More steps back are not kept. */
const MOST_STEPS = 100;

/** @type {Places} */
export const nowhere = { regions: [], boxes: [], brush: null };
/** @type {EffectsState} */
const noEffects = { phase: 'idle', serial: 0, step: null, result: null, error: null };
/** @type {WhatIfState} */
export const noWhatIf = {
  on: false,
  tool: 'regions',
  keep: false,
  baseline: 'black',
  places: nowhere,
  past: [],
  future: [],
  of: null,
  serial: 0,
  answer: null,
  answered: 0,
  error: null,
  effects: noEffects,
};

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceWhatIf(page, action) {
  const whatIf = follow(reduceOwn(page.whatIf, action), page);
  return whatIf === page.whatIf ? page : { ...page, whatIf };
}

/**
 * @param {WhatIfState} own
 * @param {Action} action
 * @returns {WhatIfState}
 */
function reduceOwn(own, action) {
  switch (action.type) {
    case 'what-if-set': {
      const next = { ...own, ...action.change };
      const effects = next.baseline === own.baseline ? own.effects : emptied(own.effects);
      const same = next.baseline === own.baseline && next.keep === own.keep && next.on === own.on;
      return same ? next : asked({ ...next, effects });
    }
    case 'places-changed':
      return asked({
        ...own,
        on: true,
        places: action.places,
        past: [...own.past, own.places].slice(-MOST_STEPS),
        future: [],
      });
    case 'places-undo': {
      const places = own.past.at(-1);
      if (!places) return own;
      return asked({ ...own, places, past: own.past.slice(0, -1), future: [own.places, ...own.future] });
    }
    case 'places-redo': {
      const [places, ...future] = own.future;
      if (!places) return own;
      return asked({ ...own, places, past: [...own.past, own.places], future });
    }
    case 'what-if-answered':
      if (action.serial !== own.serial) return own;
      return { ...own, answer: action.answer, answered: action.serial, error: null };
    case 'what-if-failed':
      return action.serial === own.serial ? { ...own, error: action.error } : own;
    default: {
      const effects = reduceEffects(own.effects, action);
      return effects === own.effects ? own : { ...own, effects };
    }
  }
}

/**
 * @param {EffectsState} own
 * @param {Action} action
 * @returns {EffectsState}
 */
function reduceEffects(own, action) {
  switch (action.type) {
    case 'effects-asked':
      return own.phase === 'running' ? own : { ...noEffects, phase: 'running', serial: own.serial + 1 };
    case 'effects-cancel':
      return own.phase === 'running' ? { ...own, phase: 'cancelled', step: null } : own;
    case 'effects-step':
      return current(own, action) ? { ...own, step: action.step } : own;
    case 'effects-done':
      return current(own, action) ? { ...own, phase: 'done', step: null, result: action.result } : own;
    case 'effects-failed':
      return current(own, action) ? { ...own, phase: 'failed', step: null, error: action.error } : own;
    default:
      return own;
  }
}

/**
 * @param {EffectsState} own
 * @param {{ serial: number }} action
 */
const current = (own, { serial }) => own.phase === 'running' && serial === own.serial;

/** @param {EffectsState} effects */
const emptied = (effects) => ({ ...noEffects, serial: effects.serial + 1 });

/**
 * A new question; the answer to the last one stays in sight until this one is answered.
 * @param {WhatIfState} own
 * @returns {WhatIfState}
 */
const asked = (own) => ({ ...own, serial: own.serial + 1, error: null });

/**
 * Another explanation: the same places are asked about anew. Another image has no places yet, and under another grid
 * the same number would be another region.
 * @param {WhatIfState} own
 * @param {State} page
 * @returns {WhatIfState}
 */
function follow(own, { result }) {
  if (result === own.of) return own;
  const next = asked({ ...own, of: result, effects: emptied(own.effects) });
  if (!result) return { ...next, places: nowhere, past: [], future: [], answer: null };
  if (!own.of || own.of.grid === result.grid) return next;
  return { ...next, places: { ...own.places, regions: [] }, past: [], future: [] };
}
