import { mapOf } from '../explain/select.js';
import { correlation } from '../shared/correlation.js';
import { resized } from '../shared/resized.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Explanation } from 'peerlight'
 */

/**
 * The explanation of the right side that could run now, by its serial; 0 while something that it needs is missing.
 * @param {State} state
 */
export const runnableSide = ({ engine, sides }) =>
  sides.open && sides.other && sides.of && engine.phase === 'ready' && ['due', 'running'].includes(sides.phase)
    ? sides.serial
    : 0;

/**
 * Both explanations, once they belong together.
 * @param {State} state
 * @returns {{ left: Explanation, right: Explanation } | null}
 */
export const bothOf = ({ sides: { left, result } }) => (left && result ? { left, right: result } : null);

/**
 * Whether a place of one map is the same place of the other: the same square of the same image.
 * @param {State} state
 */
export function comparable(state) {
  const both = bothOf(state);
  if (!both || state.sides.other?.kind === 'image') return false;
  const [a, b] = [both.left.image, both.right.image].map(({ width, height, crop }) => [
    width,
    height,
    crop.side,
    crop.x,
    crop.y,
  ]);
  return String(a) === String(b);
}

/**
 * The maps that both sides have: those of networks with the same id, and the mutual one.
 * @param {Explanation} left
 * @param {Explanation} right
 */
export function sharedMaps(left, right) {
  const peers = left.peers.filter(({ id }) => right.peers.some((peer) => peer.id === id));
  const alone = left.peers.length < 2 && right.peers.length < 2;
  const maps = alone && peers.length ? peers : [{ id: 'mutual', name: '' }, ...(left.peers.length > 1 ? peers : [])];
  return maps.map(({ id, name }) => ({ id, name, ...alike(left, right, id) }));
}

/**
 * One map of both sides at one size, and how they correlate; `rho` is null where one is flat.
 * @param {Explanation} left
 * @param {Explanation} right
 * @param {string} id
 */
export function alike(left, right, id) {
  const side = Math.max(left.side, right.side);
  const [a, b] = [left, right].map((result) => resized(mapOf(result, id).map, result.side, side));
  const [one, two] = /** @type {[Float32Array, Float32Array]} */ ([a, b]);
  return { side, one, two, rho: correlation(one, two) };
}

/**
 * The class that other networks explain beside the left side's: by its place in their list, or by its name, or none.
 * @param {{ class: number, label: string }} target
 * @param {string[]} classes of the other networks
 */
export function targetIn({ class: index, label }, classes) {
  if (classes[index] === label) return index;
  const found = classes.indexOf(label);
  return found < 0 ? null : found;
}

/**
 * Classes to compare with at a press: the networks' most probable ones but the one explained.
 * @param {Explanation} result
 */
export function rivals({ peers, target }) {
  const all = peers.flatMap(({ top }) => top).sort((a, b) => b.probability - a.probability);
  const classes = new Map(all.map(({ class: index, label }) => [index, label]));
  classes.delete(target.class);
  return [...classes].slice(0, 4).map(([index, label]) => ({ index, label }));
}
