/** Numbers, times and sizes as the page writes them. */

import { fixed, share, t } from '../words/index.js';

/** @import { Explanation } from 'peerlight' */

/**
 * Two digits after the point, with a true minus sign and no "-0.00".
 * @param {number} x
 */
export const decimal = (x) => fixed(x, 2);

/** @param {number} p 0 to 1 */
export function percent(p) {
  const x = p * 100;
  if (x > 0 && x < 0.1) return t('unit.less-than', { n: share(0.1, 1) });
  return share(x, x < 99.95 ? 1 : 0);
}

/** @param {number} n */
export const bytes = (n) =>
  n < 1e5 ? t('unit.kb', { n: fixed(Math.max(n / 1e3, 1), 0) }) : t('unit.mb', { n: fixed(n / 1e6, 1) });

/** @param {number} ms */
export const time = (ms) => (ms < 1000 ? t('unit.ms', { n: Math.round(ms) }) : t('unit.s', { n: fixed(ms / 1000, 1) }));

/**
 * How long something will take, roughly.
 * @param {number} ms
 */
export function about(ms) {
  const seconds = ms / 1000;
  if (seconds < 1) return t('about.moment');
  if (seconds < 10) return t('about.seconds', { n: Math.round(seconds) });
  if (seconds < 90) return t('about.seconds', { n: 5 * Math.round(seconds / 5) });
  if (seconds < 5400) return t('about.minutes', { n: Math.round(seconds / 60) });
  return t('about.hours', { n: Math.round(seconds / 3600) });
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
  return unit === '%' ? share(x, 1) : `${fixed(x, 3)}${unit}`;
}

/**
 * Forward, partial and backward passes, as far as there are any.
 * @param {Explanation['cost']} cost
 */
export function passes(cost) {
  const kinds = /** @type {const} */ (['forward', 'partial', 'backward']).filter((kind) => cost[kind] > 0);
  return kinds.map((kind) => t(`passes.${kind}`, { n: amount(cost[kind], 'passes') })).join(', ');
}

/**
 * `1 map`, `2 maps`.
 * @param {number} n
 * @param {'file' | 'image' | 'layer' | 'map' | 'method' | 'network' | 'region'} noun
 */
export const count = (n, noun) => t(`count.${noun}`, { n });

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
