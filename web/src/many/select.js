import { explaining } from '../explain/select.js';
import { wantedOf } from './labels.js';
import { t } from '../words/index.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Item, ManyState, ManyView } from './state.js'
 */

/** Rows of a page. */
export const ROWS = 25;

/**
 * The image that could be explained now. What the person looks at goes first.
 * @param {State} state
 */
export function nextItem(state) {
  const { many, engine } = state;
  if (many.phase !== 'running' || engine.phase !== 'ready' || explaining(state)) return null;
  if (many.items.some(({ phase }) => phase === 'running')) return null;
  return many.items.find(({ phase }) => phase === 'waiting') ?? null;
}

/**
 * Whether work would be lost with the page: several images are explained, and more wait.
 * @param {State} state
 */
export const busy = ({ many: { phase, items } }) =>
  phase === 'running' && items.some((item) => item.phase === 'done') && items.some((item) => item.phase === 'waiting');

/**
 * How far the queue is.
 * @param {ManyState} many
 */
export function countsOf({ items }) {
  const done = items.filter(({ phase }) => phase === 'done');
  const failed = items.filter(({ phase }) => phase === 'failed').length;
  const left = items.length - done.length - failed;
  const recent = done.slice(-20);
  const each = recent.reduce((sum, { outcome }) => sum + (outcome?.ms ?? 0), 0) / (recent.length || 1);
  return { all: items.length, done: done.length, failed, left, leftMs: recent.length ? each * left : 0 };
}

/**
 * An image with what its row shows.
 * @typedef {object} Row
 * @property {Item} item
 * @property {number | null} label the class that it is said to show
 * @property {boolean} differ whether the networks' answers differ
 * @property {boolean[]} right for each network, whether its answer is the label
 */

/**
 * The last rows, since several elements ask.
 * @type {{ items: Item[], labels: object, classes: object, rows: Row[] } | null}
 */
let made = null;

/**
 * @param {State} state
 * @returns {Row[]} in the order in which they were given
 */
export function rowsOf(state) {
  const { items, labels, classes } = state.many;
  if (made?.items === items && made.labels === labels && made.classes === classes) return made.rows;
  const rows = items.map((item) => {
    const label = classes.get(wantedOf(item.path, labels)) ?? null;
    const answers = item.outcome?.peers.map(({ top }) => top[0]?.class) ?? [];
    return { item, label, differ: new Set(answers).size > 1, right: answers.map((answer) => answer === label) };
  });
  made = { items, labels, classes, rows };
  return rows;
}

/**
 * The share of right answers of each network, over the images with a label; empty without any.
 * @param {Row[]} rows
 */
export function accuracyOf(rows) {
  const labeled = rows.filter(({ item, label }) => item.outcome && label !== null);
  const peers = labeled[0]?.item.outcome?.peers ?? [];
  return peers.map(({ name }, k) => {
    const right = labeled.filter((row) => row.right[k]).length;
    return { name, right, of: labeled.length, share: right / labeled.length };
  });
}

/**
 * The rows that are listed, in order.
 * @param {Row[]} rows
 * @param {ManyView} view
 */
export function listed(rows, { sort, down, text, only, grouped }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = rows.filter((row) => fits(row, only) && words.every((word) => textOf(row).includes(word)));
  const sign = down ? -1 : 1;
  kept.sort((a, b) => sign * order(keyOf(a, sort), keyOf(b, sort)) || a.item.id - b.item.id);
  if (!grouped) return kept;
  const sizes = new Map();
  for (const row of kept) sizes.set(groupOf(row), (sizes.get(groupOf(row)) ?? 0) + 1);
  // The largest group first; within a group the order stays.
  return kept.sort((a, b) => sizes.get(groupOf(b)) - sizes.get(groupOf(a)) || order(groupOf(a), groupOf(b)));
}

/** @param {Row} row */
export const groupOf = ({ item }) =>
  item.outcome?.target.label ?? t(item.phase === 'failed' ? 'many.unread' : 'many.waiting');

/**
 * @param {Row} row
 * @param {ManyView['only']} only
 */
function fits({ item, label, differ, right }, only) {
  if (only === 'all') return true;
  if (only === 'failed') return item.phase === 'failed';
  if (!item.outcome) return false;
  if (only === 'wrong') return label !== null && right.includes(false);
  return differ === (only === 'differ');
}

/** @param {Row} row */
const textOf = ({ item }) =>
  [item.path, ...(item.outcome?.peers.map(({ top }) => top[0]?.label ?? '') ?? [])].join(' ').toLowerCase();

/**
 * What a column sorts by. Rows without an answer come last, whichever way.
 * @param {Row} row
 * @param {ManyView['sort']} sort
 * @returns {number | string | null}
 */
function keyOf({ item, differ }, sort) {
  if (sort === 'order') return item.id;
  if (sort === 'path') return item.path;
  if (!item.outcome) return null;
  const { agreement, peers } = item.outcome;
  if (sort === 'agreement') return agreement;
  // Unlike answers first, then by how little the maps agree.
  if (sort === 'difference') return (differ ? 2 : 0) - (agreement ?? 0);
  return peers[Number(sort.slice(5))]?.top[0]?.label ?? '';
}

/**
 * @param {number | string | null} a
 * @param {number | string | null} b
 */
function order(a, b) {
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b);
  return (typeof a === 'number' ? a : -9) - (typeof b === 'number' ? b : -9);
}
