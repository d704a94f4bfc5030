import { isExpensive, picked, shares } from './state.js';
import { cardOf, isOpen, KINDS } from './work.js';

/**
 * What follows from the comparison's state: what is to be done next, and what to ask for.
 *
 * @import { State } from '../app/state.js'
 * @import { Values } from './state.js'
 * @import { Card, Kind } from './work.js'
 * @import { MeasureOptions, Method, Metric, ImageRequest } from 'peerlight'
 */

/**
 * With which work a metric is measured.
 * @param {Metric} metric
 * @param {Method} method
 * @returns {Kind}
 */
function kindOf(metric, method) {
  if (metric.boxes) return 'boxes';
  if (!metric.fast) return 'slow';
  return metric.again && isExpensive(method) ? 'again' : 'fast';
}

/** @param {State} state */
const metrics = (state) => state.engine.catalog?.metrics ?? [];

/**
 * The metrics that a work measures.
 * @param {State} state
 * @param {Kind} kind
 * @param {Method} method
 */
export const metricsOf = (state, kind, method) => metrics(state).filter((metric) => kindOf(metric, method) === kind);

/**
 * The metrics that wait until they are asked for, whatever the method.
 * @param {State} state
 */
export const slowMetrics = (state) => metrics(state).filter((metric) => !metric.boxes && !metric.fast);

/**
 * The metrics that are measured now.
 * @param {State} state
 */
export function metricsNow(state) {
  const { box, slow } = state.comparison;
  return metrics(state).filter((metric) => (metric.boxes ? box : slow || metric.fast));
}

/**
 * The work that is under way, or that could be: one at a time, and none while the main explanation has to be made.
 * @param {State} state
 * @returns {{ id: string, kind: Kind, serial: number } | null}
 */
export function dueWork(state) {
  const { engine, job, result, comparison } = state;
  if (engine.phase !== 'ready' || !result || job.phase === 'due' || job.phase === 'running') return null;
  const ids = picked(state).map((method) => method.id);
  const works = KINDS.flatMap((kind) => ids.map((id) => ({ id, kind, work: cardOf(comparison, id)[kind] })));
  const found =
    works.find(({ work }) => work.phase === 'running') ?? works.find(({ work }) => work.phase === 'waiting');
  return found ? { id: found.id, kind: found.kind, serial: found.work.serial } : null;
}

/**
 * How far everything is.
 * @param {State} state
 */
export function progressOf(state) {
  const works = picked(state).flatMap(({ id }) => Object.values(cardOf(state.comparison, id)));
  const asked = works.filter((work) => work.phase !== 'none');
  const open = asked.filter((work) => isOpen(work.phase)).length;
  return { done: asked.length - open, total: asked.length, busy: open > 0 };
}

/**
 * A method's settings: what the person chose for it, and what the page itself explains with where that is the same
 * setting.
 * @param {State} state
 * @param {Method} method
 * @returns {Values}
 */
export function settingsOf(state, method) {
  const chosen = Object.entries(state.ask.settings ?? {}).filter(([id]) => shares(state, method, id));
  return { ...Object.fromEntries(chosen), ...state.comparison.settings[method.id] };
}

/**
 * What the engine is asked for.
 * @param {State} state
 * @param {Method} method
 * @returns {ImageRequest}
 */
export function requestOf(state, method) {
  const { ask, comparison } = state;
  const { peer, versus } = comparison;
  return {
    method: method.id,
    settings: settingsOf(state, method),
    peer,
    target: ask.target ?? null,
    versus,
    crop: ask.crop ?? null,
    across: ask.across ?? null,
    down: ask.down ?? null,
    // Of the methods' maps, only the mutual one depends on the regions.
    ...(method.joint && ask.grid ? { grid: ask.grid } : {}),
  };
}

/**
 * Where the box lies in a map.
 * @param {State} state
 * @param {number} side of the map
 * @returns {NonNullable<MeasureOptions['boxes']>}
 */
export function boxesOf({ comparison: { box }, result }, side) {
  if (!box || !result) return [];
  const { x, y, side: square } = result.image.crop;
  const inside = (/** @type {number} */ v) => Math.min(side, Math.max(0, Math.round((v * side) / square)));
  return [[inside(box[0] - x), inside(box[1] - y), inside(box[2] - x), inside(box[3] - y)]];
}

/** @param {Card} card */
const measuresOf = (card) => [card.fast, card.boxes, card.again, card.slow].flatMap((work) => work.value ?? []);

/**
 * Every score of a card, in every masking.
 * @param {Card} card
 */
export const scoresOf = (card) => measuresOf(card).flatMap((measures) => measures.figures);

/** @param {Card} card */
export const curvesOf = (card) => measuresOf(card).flatMap((measures) => measures.curves);

/**
 * How the image is masked for the scores that are shown.
 * @param {State} state
 */
export const maskingOf = ({ comparison, engine }) => comparison.masking ?? engine.catalog?.maskings[0]?.id ?? null;
