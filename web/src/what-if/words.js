import { correlation } from '../shared/correlation.js';
import { decimal, percent, short } from '../shared/format.js';

/**
 * @import { Places } from './state.js'
 * @import { Explanation, Region, RegionEffects, WhatIfResult } from 'peerlight'
 */

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/**
 * A sentence made of the numbers of an answer.
 * @param {Explanation} result
 * @param {Places} places
 * @param {boolean} keep
 * @param {WhatIfResult} answer
 */
export function sentence(result, places, keep, answer) {
  const verb = keep ? 'Keeping only' : 'Hiding';
  const { target } = answer;
  const changes = answer.peers.map(({ name, class: own, label, before, after }) => {
    const other = own === target.class ? '' : ` (there ${label})`; // A network that lacks the class explains another.
    return `${fromTo(before.probability, after.probability)} for ${short(name)}${other}`;
  });
  const what = `${verb} ${marked(result, places, answer.hidden, keep)}`;
  const change = `${what} takes ${target.label} ${listed(changes)}.`;
  return [change, ...newAnswers(answer), agreementIn(answer)].filter(Boolean).join(' ');
}

/**
 * What is marked, in words.
 * @param {Explanation} result
 * @param {Places} places
 * @param {number} hidden fraction
 * @param {boolean} keep
 */
function marked(result, { regions, boxes, brush }, hidden, keep) {
  if (boxes.length || brush) return `what you marked (${percent(keep ? 1 - hidden : hidden)} of the square)`;
  const where = whereLooked(result, regions);
  const [first] = regions;
  if (regions.length === 1 && first !== undefined) {
    const { row, column } = /** @type {Region} */ (result.regions[first]);
    return `row ${row + 1}, column ${column + 1}${where && `, ${where},`}`;
  }
  const count = NUMBERS[regions.length] ?? regions.length;
  return `${where ? 'the ' : ''}${count} regions${where && ` ${where}`}`;
}

/**
 * Who looks at all of these regions: who gives each of them more than the average of its map. Empty if they differ.
 * @param {Explanation} result
 * @param {number[]} chosen
 */
export function whereLooked({ regions, peers }, chosen) {
  const means = peers.map((_, k) => regions.reduce((sum, r) => sum + (r.attention[k] ?? 0), 0) / regions.length);
  const who = chosen.map((i) => means.map((mean, k) => (regions[i]?.attention[k] ?? 0) > mean));
  const [first] = who;
  if (!first || !who.every((looks) => looks.join() === first.join())) return '';
  const names = peers.map(({ name }) => short(name)).filter((_, k) => first[k]);
  if (names.length === peers.length) return peers.length === 2 ? 'where both look' : 'where all look';
  if (!names.length) return peers.length === 2 ? 'where neither looks' : 'where none looks';
  return names.length === 1 ? `where only ${names[0]} looks` : `where ${listed(names)} look`;
}

/**
 * `from 91% to 12%`, with a digit more where the two would read the same.
 * @param {number} before
 * @param {number} after
 */
export function fromTo(before, after) {
  const [a, b] = [before, after].map((p) => `${Math.round(100 * p)}%`);
  const coarse = Math.min(before, after) >= 0.01 && a !== b;
  return coarse ? `from ${a} to ${b}` : `from ${percent(before)} to ${percent(after)}`;
}

/** @param {WhatIfResult} answer */
function newAnswers({ peers }) {
  const changed = peers.filter(({ before, after }) => before.top[0]?.class !== after.top[0]?.class);
  const said = changed.map(({ name, after: { top } }) => `${short(name)} now says ${top[0]?.label}`);
  return said.length ? [`${listed(said)}.`] : [];
}

/** @param {WhatIfResult} answer */
function agreementIn({ agreement_before: before, agreement_after: after }) {
  if (before === null || after === null) return '';
  const [a, b] = [decimal(before), decimal(after)];
  if (a === b) return `Agreement stays at ${a}.`;
  return `Agreement ${after < before ? 'falls' : 'rises'} from ${a} to ${b}.`;
}

/** @param {string[]} items */
function listed(items) {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/**
 * What the effects of one network say, and how they go with its attention.
 * @param {Explanation} result
 * @param {number} k the network's place in the explanation
 * @param {RegionEffects} effects
 */
export function effectsInWords({ regions }, k, effects) {
  const most = effects.probability.indexOf(Math.max(...effects.probability));
  const region = regions[most];
  const points = 100 * (effects.probability[most] ?? 0);
  const attention = regions.map((r) => r.attention[k] ?? 0);
  const r = decimal(correlation(attention, effects.log_odds) ?? 0);
  if (!region || points < 0.05)
    return `Hiding no single region lowers the probability. Correlation with attention: ${r}.`;
  const place = `row ${region.row + 1}, column ${region.column + 1}`;
  return `Most at ${place}: −${points.toFixed(1)} points. Correlation with attention: ${r}.`;
}
