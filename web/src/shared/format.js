/** Numbers, times and sizes as the page writes them. */

/** @import { Explanation } from 'peerlight' */

/**
 * Two digits after the point, with a true minus sign and no "-0.00".
 * @param {number} x
 */
export function decimal(x) {
  const text = Math.abs(x).toFixed(2);
  return x < 0 && text !== '0.00' ? `−${text}` : text;
}

/** @param {number} p 0 to 1 */
export function percent(p) {
  const x = p * 100;
  if (x > 0 && x < 0.1) return '<0.1%';
  return `${x.toFixed(x < 99.95 ? 1 : 0)}%`;
}

/** @param {number} n */
export const bytes = (n) => `${(n / 1e6).toFixed(1)} MB`;

/** @param {number} ms */
export const time = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/**
 * How long something will take, roughly.
 * @param {number} ms
 */
export function about(ms) {
  const seconds = ms / 1000;
  if (seconds < 1) return 'under a second';
  if (seconds < 10) return `about ${Math.round(seconds)} s`;
  if (seconds < 90) return `about ${5 * Math.round(seconds / 5)} s`;
  return `about ${Math.round(seconds / 60)} min`;
}

/**
 * A number with its unit; a dash where there is none.
 * @param {number | null} x
 * @param {string} unit
 */
export function amount(x, unit) {
  if (x === null) return '–';
  if (unit === 'ms') return time(x);
  if (unit === 'passes') return String(x).replace(/\B(?=(\d{3})+$)/g, '\u2009');
  const text = Math.abs(x).toFixed(unit === '%' ? 1 : 3);
  const sign = x < 0 && Number(text) !== 0 ? '−' : '';
  return `${sign}${text}${unit}`;
}

/**
 * Forward, partial and backward passes, as far as there are any.
 * @param {Explanation['cost']} cost
 */
export function passes(cost) {
  const kinds = /** @type {const} */ (['forward', 'partial', 'backward']).filter((kind) => cost[kind] > 0);
  return kinds.map((kind) => `${amount(cost[kind], 'passes')} ${kind}`).join(', ');
}

/**
 * `1 map`, `2 maps`.
 * @param {number} n
 * @param {string} noun
 */
export const count = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`;

/**
 * A network's name without its family's, where space is short.
 * @param {string} name
 */
export const short = (name) => name.replace(/^EfficientNet-/, '');

/**
 * The name of a file that is saved about an image.
 * @param {string} name the image's
 * @param {string} ending
 */
export function fileName(name, ending) {
  const stem = (name || 'image').replace(/\.[^.]*$/, '');
  return `${stem.replace(/[^\p{L}\p{N}._-]+/gu, '-')}-${ending}`;
}
