import { metricsOf } from './select.js';
import { picked } from './state.js';
import { cardOf } from './work.js';

/**
 * How long work will take on this device, roughly, before it is begun.
 *
 * @import { State } from '../app/state.js'
 * @import { Kind } from './work.js'
 * @import { Method } from 'peerlight'
 */

/** Maps that the sanity check takes: the network's own, and one for each depth of shuffling, roughly. */
const DEPTHS = 6;

/**
 * Passes that a work takes for one network.
 * @param {State} state
 * @param {Kind} kind
 * @param {Method} method
 */
export function passesOfWork(state, kind, method) {
  if (kind === 'map') return method.passes;
  if (kind === 'sanity') return DEPTHS * method.passes;
  const metrics = metricsOf(state, kind, method);
  const passes = metrics.reduce((sum, metric) => sum + metric.passes, 0);
  // One second map serves all the metrics that ask for it.
  return metrics.some((metric) => metric.again) ? passes + method.passes : passes;
}

/**
 * Milliseconds that a work will take.
 * @param {State} state
 * @param {Kind} kind
 * @param {Method} method
 */
export const timeOf = (state, kind, method) => estimate(state, passesOfWork(state, kind, method));

/**
 * Milliseconds that so many passes of each network will take.
 * @param {State} state
 * @param {number} passes
 */
export function estimate(state, passes) {
  const { comparison, engine } = state;
  const networks = comparison.peer === null ? (engine.info?.peers.length ?? 1) : 1;
  return passes * networks * pace(state);
}

/**
 * Milliseconds of a forward pass of one network: the median of the maps made here, or else from the explanation.
 * @param {State} state
 */
function pace(state) {
  const { comparison, result } = state;
  const times = picked(state).flatMap(({ id, passes }) => {
    const { value } = cardOf(comparison, id).map;
    return value && passes ? [value.ms / (passes * value.peers.length)] : [];
  });
  const median = times.sort((a, b) => a - b)[times.length >> 1];
  if (median !== undefined) return median;
  const whole = result?.timings.reduce((sum, step) => sum + step.ms, 0) ?? 0;
  return whole / (result?.peers.length || 1);
}
