/**
 * The pieces of work on a method's card, and how they change.
 *
 * @import { Failure } from '../shared/refusal.js'
 * @import { Step } from '../explain/state.js'
 * @import { Explanation, Measures, Sanity } from 'peerlight'
 */

/**
 * A piece of work, and what it makes:
 *
 * - `map`: the method's map
 * - `sanity`: whether the map depends on the network's weights, once asked for
 * - `fast`: the metrics of few passes, for every map
 * - `boxes`: the metrics of a box, once there is a box
 * - `again`: the metrics that run the method again, once asked for, where the method is expensive
 * - `slow`: the metrics of many passes, once asked for
 *
 * @typedef {'map' | 'sanity' | 'fast' | 'boxes' | 'again' | 'slow'} Kind
 *
 * @typedef {object} Values
 * @property {Explanation} map
 * @property {Sanity} sanity
 * @property {Measures} fast
 * @property {Measures} boxes
 * @property {Measures} again
 * @property {Measures} slow
 *
 * @typedef {'none' | 'waiting' | 'running' | 'done' | 'failed' | 'stopped'} Phase
 */

/**
 * Each piece of work is asked for under a serial of its own, so a late answer to an older request is known as such.
 * @template T
 * @typedef {{ phase: Phase, serial: number, step: Step | null, value: T | null, error: Failure | null }} Work
 */

/** @typedef {{ [K in Kind]: Work<Values[K]> }} Card */

/** @typedef {{ serial: number, cards: Record<string, Card> }} Cards `serial`: of the last work asked for */

/** In the order in which they are done: every map comes before the first metric. @type {Kind[]} */
export const KINDS = ['map', 'sanity', 'fast', 'boxes', 'again', 'slow'];

/** @type {Work<any>} */
const NONE = { phase: 'none', serial: 0, step: null, value: null, error: null };
/** @type {Card} */
const EMPTY = { map: NONE, sanity: NONE, fast: NONE, boxes: NONE, again: NONE, slow: NONE };

/**
 * @param {Cards} cards
 * @param {string} id
 * @returns {Card}
 */
export const cardOf = ({ cards }, id) => cards[id] ?? EMPTY;

/** @param {Phase} phase */
export const isOpen = (phase) => phase === 'waiting' || phase === 'running';

/**
 * @template {Cards} C
 * @param {C} all
 * @param {string} id
 * @param {{ [K in Kind]?: Work<any> }} works
 * @returns {C}
 */
export const withWorks = (all, id, works) => ({
  ...all,
  cards: { ...all.cards, [id]: { ...cardOf(all, id), ...works } },
});

/**
 * Empties a card, or some of its works.
 * @template {Cards} C
 * @param {C} all
 * @param {string} id
 * @param {Kind[]} [kinds]
 */
export const emptied = (all, id, kinds = KINDS) =>
  withWorks(all, id, Object.fromEntries(kinds.map((kind) => [kind, NONE])));

/**
 * Asks for works of one card.
 * @template {Cards} C
 * @param {C} all
 * @param {string} id
 * @param {Kind[]} kinds
 */
export function asked(all, id, kinds) {
  const works = kinds.map((kind, i) => [kind, { ...NONE, phase: 'waiting', serial: all.serial + 1 + i }]);
  return withWorks({ ...all, serial: all.serial + kinds.length }, id, Object.fromEntries(works));
}

/**
 * Stops the open works of some cards.
 * @template {Cards} C
 * @param {C} all
 * @param {string[]} ids
 */
export function stopped(all, ids) {
  const stop = (/** @type {Work<any>} */ work) =>
    isOpen(work.phase) ? { ...work, phase: /** @type {Phase} */ ('stopped'), step: null } : work;
  return ids.reduce((next, id) => {
    const works = Object.entries(cardOf(next, id)).map(([kind, work]) => [kind, stop(work)]);
    return withWorks(next, id, Object.fromEntries(works));
  }, all);
}
