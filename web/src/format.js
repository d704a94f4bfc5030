/** Numbers as the page writes them. A true minus sign, and no "-0.00". @param {number} x */
export function figure(x) {
  const text = Math.abs(x).toFixed(2);
  return x < 0 && text !== '0.00' ? `−${text}` : text;
}

/** @param {number} p */
export function percent(p) {
  const x = p * 100;
  if (x > 0 && x < 0.1) return '<0.1 %';
  return `${x.toFixed(x < 99.95 ? 1 : 0)} %`;
}

/** @param {number} n */
export const bytes = (n) => `${(n / 1e6).toFixed(1)} MB`;

/** @param {number} ms */
export const time = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** So long something will take, as far as one can tell. @param {number} ms */
export function about(ms) {
  if (ms < 1000) return 'under a second';
  const s = ms / 1000;
  return s < 90 ? `about ${s < 10 ? Math.round(s) : 5 * Math.round(s / 5)} s` : `about ${Math.round(s / 60)} min`;
}

/** A figure with its unit; a dash where there is none. @param {number | null} x @param {string} unit */
export function amount(x, unit) {
  if (x === null) return '–';
  if (unit === 'ms') return time(x);
  if (unit === 'passes') return String(x).replace(/\B(?=(\d{3})+$)/g, '\u2009');
  const text = Math.abs(x).toFixed(unit === '%' ? 1 : 3);
  return `${x < 0 && Number(text) ? '−' : ''}${text}${unit && ` ${unit}`}`;
}

/** Forward, partial and backward passes, as far as there are any. @param {import('../pkg/index.js').Attribution['cost']} cost */
export function passes(cost) {
  const kinds = Object.entries(cost).filter(([, n]) => n > 0);
  return kinds.map(([kind, n]) => `${amount(n, 'passes')} ${kind}`).join(', ');
}

/** A peer's name without the family's, where space is short. @param {string} name */
export const short = (name) => name.replace(/^EfficientNet-/, '');

/** The name a file takes when something is saved beside it. @param {string} name @param {string} ending */
export const beside = (name, ending) =>
  `${(name || 'image').replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-')}-${ending}`;
