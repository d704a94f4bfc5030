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

/** A peer's name without the family's, where space is short. @param {string} name */
export const short = (name) => name.replace(/^EfficientNet-/, '');

/** The name a file takes when something is saved beside it. @param {string} name @param {string} ending */
export const beside = (name, ending) => `${(name || 'picture').replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-')}-${ending}`;
