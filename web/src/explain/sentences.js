import { decimal, percent, short } from '../shared/format.js';

/** @import { Explanation } from 'peerlight' */

/**
 * What the networks say, in one sentence.
 * @param {Explanation} result
 */
export function answers({ peers }) {
  const first = peers.map(({ name, top: [most] }) => ({
    name: short(name),
    label: most?.label ?? '',
    p: percent(most?.probability ?? 0),
  }));
  const same = first.length > 1 && first.every(({ label }) => label === first[0]?.label);
  const each = new Intl.ListFormat('en', { type: 'conjunction' });
  if (!same) return `${each.format(first.map(({ name, label, p }) => `${name} says ${label} (${p})`))}.`;
  const who = first.length === 2 ? 'Both networks say' : `All ${first.length} networks say`;
  return `${who} ${first[0]?.label} (${each.format(first.map(({ p }) => p))}).`;
}

/**
 * How far the networks look at the same places. Maps that have nothing to do with each other overlap by a ninth.
 * @param {Explanation} result
 */
export function agreement({ overlap, agreement: local }) {
  if (overlap === null || local === null) return '';
  const part = overlap >= 0.5 ? 'mostly the same' : overlap >= 0.25 ? 'partly the same' : 'mostly different';
  return `They look at ${part} places (overlap ${percent(overlap)}, local agreement ${decimal(local)}).`;
}
