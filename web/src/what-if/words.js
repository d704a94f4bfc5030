import { correlation } from '../shared/correlation.js';
import { decimal, percent, short } from '../shared/format.js';
import { fixed, listed, share, t } from '../words/index.js';

/**
 * @import { Places } from './state.js'
 * @import { Explanation, Region, RegionEffects, WhatIfResult } from 'peerlight'
 */

/** The numbers that are written out: those up to this. */
const WRITTEN = 10;

/**
 * A sentence made of the numbers of an answer.
 * @param {Explanation} result
 * @param {Places} places
 * @param {boolean} keep
 * @param {WhatIfResult} answer
 */
export function sentence(result, places, keep, answer) {
  const { target } = answer;
  const changes = answer.peers.map(({ name, class: own, label, before, after }) => {
    const change = { change: fromTo(before.probability, after.probability), name: short(name) };
    // A network that lacks the class explains another.
    return own === target.class ? t('what-if.change', change) : t('what-if.change-other', { ...change, label });
  });
  const told = { what: marked(result, places, answer.hidden, keep), label: target.label, changes: listed(changes) };
  const change = t(keep ? 'what-if.keeping' : 'what-if.hiding', told);
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
  if (boxes.length || brush) {
    return t('what-if.marked', { share: percent(keep ? 1 - hidden : hidden) });
  }
  const where = whereLooked(result, regions);
  const [first] = regions;
  if (regions.length === 1 && first !== undefined) {
    const { row, column } = /** @type {Region} */ (result.regions[first]);
    return t(where ? 'what-if.region-where' : 'what-if.region', { row: row + 1, column: column + 1, where });
  }
  const n = /** @type {1} */ (regions.length);
  const count = n <= WRITTEN ? t(`number.${n}`) : n;
  return t(where ? 'what-if.regions-where' : 'what-if.regions', { count, where });
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
  if (names.length === peers.length) return t(peers.length === 2 ? 'what-if.both' : 'what-if.all');
  if (!names.length) return t(peers.length === 2 ? 'what-if.neither' : 'what-if.none');
  return names.length === 1 ? t('what-if.only', { name: names[0] ?? '' }) : t('what-if.some', { names: listed(names) });
}

/**
 * `from 91% to 12%`, with a digit more where the two would read the same.
 * @param {number} before
 * @param {number} after
 */
export function fromTo(before, after) {
  const [a, b] = [share(Math.round(100 * before), 0), share(Math.round(100 * after), 0)];
  const coarse = Math.min(before, after) >= 0.01 && a !== b;
  const shown = coarse ? { before: a, after: b } : { before: percent(before), after: percent(after) };
  return t('what-if.from-to', shown);
}

/** @param {WhatIfResult} answer */
function newAnswers({ peers }) {
  const changed = peers.filter(({ before, after }) => before.top[0]?.class !== after.top[0]?.class);
  const said = changed.map(({ name, after: { top } }) =>
    t('what-if.now-says', { name: short(name), label: top[0]?.label ?? '' }),
  );
  return said.length ? [`${listed(said)}.`] : [];
}

/** @param {WhatIfResult} answer */
function agreementIn({ agreement_before: before, agreement_after: after }) {
  if (before === null || after === null) return '';
  const [a, b] = [decimal(before), decimal(after)];
  if (a === b) return t('what-if.stays', { now: b });
  return t(after < before ? 'what-if.falls' : 'what-if.rises', { before: a, after: b });
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
  if (!region || points < 0.05) return t('effects.none', { r });
  return t('effects.most', { row: region.row + 1, column: region.column + 1, points: fixed(points, 1), r });
}
