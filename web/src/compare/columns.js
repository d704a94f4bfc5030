import { maskingOf, metricsNow, scoresOf } from './select.js';
import { picked } from './state.js';
import { cardOf } from './work.js';
import { t } from '../words/index.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Sort } from './state.js'
 * @import { Card } from './work.js'
 * @import { Method } from 'peerlight'
 */

/**
 * Something by which methods are compared: a metric that is measured now, or the cost.
 *
 * @typedef {object} Column
 * @property {string} key
 * @property {string} name
 * @property {string} help
 * @property {string} unit
 * @property {'lower' | 'higher'} better
 * @property {(card: Card) => number | null} value
 */

/** @returns {Column[]} */
const costs = () => [
  {
    key: 'passes',
    name: t('column.passes'),
    help: t('column.passes.help'),
    unit: 'passes',
    better: 'lower',
    value: ({ map: { value } }) => value && value.cost.forward + value.cost.partial + value.cost.backward,
  },
  {
    key: 'ms',
    name: t('column.ms'),
    help: t('column.ms.help'),
    unit: 'ms',
    better: 'lower',
    value: ({ map: { value } }) => value && value.ms,
  },
];

/**
 * @param {State} state
 * @returns {Column[]}
 */
export function scoreColumns(state) {
  const masking = maskingOf(state);
  return metricsNow(state).map(({ id, name, help, unit, better }) => {
    const value = (/** @type {Card} */ card) =>
      scoresOf(card).find((f) => f.id === id && (f.masking === null || f.masking === masking))?.value ?? null;
    return { key: id, name, help, unit, better, value };
  });
}

/** @param {State} state */
export const columnsOf = (state) => [...scoreColumns(state), ...costs()];

/**
 * A column's name, with an arrow up where higher is better, and down where lower is.
 * @param {Column} column
 */
export const headOf = ({ name, better }) => `${name} ${better === 'higher' ? '↑' : '↓'}`;

/**
 * What a column means, for whoever asks.
 * @param {Column} column
 */
export const hintOf = ({ help, better }) => t(`column.${better}`, { help });

/**
 * The methods in the order chosen; what has no score comes last.
 * @param {State} state
 * @returns {Method[]}
 */
export function ordered(state) {
  const { sort } = state.comparison;
  const methods = picked(state);
  const column = columnsOf(state).find((c) => c.key === sort?.by);
  if (!sort || !column) return methods;
  const value = (/** @type {Method} */ method) => column.value(cardOf(state.comparison, method.id));
  return methods.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sort.down ? y - x : x - y;
  });
}

/**
 * What comes of pressing a column: its best first, and at the next press its worst.
 * @param {State} state
 * @param {Column} column
 * @returns {Sort}
 */
export function sortBy({ comparison: { sort } }, { key, better }) {
  return { by: key, down: sort?.by === key ? !sort.down : better === 'higher' };
}
