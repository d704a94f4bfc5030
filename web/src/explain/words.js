import { decimal, percent, short } from '../shared/format.js';
import { listed, t } from '../words/index.js';

/** @import { Explanation } from 'peerlight' */

/**
 * What the networks say, in one sentence.
 * @param {Explanation} result
 */
export function answers({ peers }) {
  const first = peers.map(({ name, top: [most] }) => ({
    name: short(name),
    label: most?.label ?? '',
    probability: percent(most?.probability ?? 0),
  }));
  const label = first[0]?.label ?? '';
  const same = first.length > 1 && first.every((answer) => answer.label === label);
  if (!same) return t('say.each', { each: listed(first.map((answer) => t('say.one', answer))) });
  const probabilities = listed(first.map(({ probability }) => probability));
  return t(first.length === 2 ? 'say.both' : 'say.all', { count: first.length, label, probabilities });
}

/**
 * How far the networks look at the same places. Maps that have nothing to do with each other overlap by a ninth.
 * @param {Explanation} result
 */
export function agreement({ overlap, agreement: local }) {
  if (overlap === null || local === null) return '';
  const numbers = { overlap: percent(overlap), agreement: decimal(local) };
  if (overlap >= 0.5) return t('look.same', numbers);
  return t(overlap >= 0.25 ? 'look.partly' : 'look.apart', numbers);
}
