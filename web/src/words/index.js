import { EN } from './en.js';

/** @import { Catalog } from 'peerlight' */

/**
 * The page's words, in the language that is spoken now. English is there from the start; another language is fetched
 * when it is wanted.
 *
 * @typedef {keyof typeof EN} Key
 * @typedef {{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>} Plural a text for each plural category
 * @typedef {Record<string, string | number>} Args what is put in; `n` decides between the plural's forms
 *
 * @typedef {object} Language
 * @property {Record<Key, string | Plural>} words
 * @property {Record<string, string>} page the texts of `index.html`
 * @property {Record<string, [what: string, help: string]>} errors what each error code means and what to do about it
 * @property {(text: string) => string} heard an English text of the engine or of a list; unknown ones stay English
 * @property {(catalog: Catalog) => Catalog} catalog the engine's catalog with what is known of it by id
 */

/** Every language by its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' };

/** @typedef {keyof typeof LANGUAGES} Code */

/** @type {Record<Exclude<Code, 'en'>, () => Promise<Language>>} */
const LOADS = { de: () => import('./de.js').then(({ DE }) => DE) };

/** Whose rules numbers, plurals and lists follow. A British list has no comma before its “and”. */
const LOCALES = { en: 'en-GB', de: 'de' };

/** @type {Language} */
const ENGLISH = { words: EN, page: {}, errors: {}, heard: (text) => text, catalog: (catalog) => catalog };

let code = /** @type {Code} */ ('en');
let language = ENGLISH;
let rules = rulesOf(code);

/** @param {Code} code */
function rulesOf(code) {
  const locale = LOCALES[code];
  /** @type {Map<string, Intl.NumberFormat>} */
  const numbers = new Map();
  /** @type {Intl.PluralRules | undefined} */
  let plural;
  /** @type {Intl.ListFormat | undefined} */
  let list;
  // Made when they are first wanted, since each takes milliseconds.
  return {
    plural: (/** @type {number} */ n) => (plural ??= new Intl.PluralRules(locale)).select(n),
    list: (/** @type {string[]} */ items) => (list ??= new Intl.ListFormat(locale)).format(items),
    /** @param {Intl.NumberFormatOptions} options */
    number(options) {
      const key = Object.values(options).join();
      const known = numbers.get(key) ?? new Intl.NumberFormat(locale, { useGrouping: false, ...options });
      numbers.set(key, known);
      return known;
    },
  };
}

/** Grows with every wish for a language, so that a slow one never replaces a later one. */
let wish = 0;

/**
 * Speaks another language from now on, and says which one it is then: the earlier one where the wanted one cannot be
 * fetched. What is drawn already stays as it is.
 * @param {Code} wanted
 */
export async function speak(wanted) {
  const mine = (wish += 1);
  const found = wanted === 'en' ? ENGLISH : await LOADS[wanted]().catch(() => null);
  if (!found || mine !== wish) return code;
  language = found;
  code = wanted;
  rules = rulesOf(wanted);
  return code;
}

/**
 * A text of the page.
 * @param {Key} key
 * @param {Args} [args]
 */
export const t = (key, args = {}) => parts(key, args).join('');

/**
 * A text of the page with nodes in it, as what can be appended.
 * @template {Node} T
 * @param {Key} key
 * @param {Record<string, string | number | T>} args
 * @returns {(string | T)[]}
 */
export function parts(key, args) {
  const text = language.words[key];
  const form = typeof text === 'string' ? text : (text[rules.plural(Number(args.n))] ?? text.other);
  return form.split(/\{([\w-]+)\}/).map((part, i) => {
    const value = i % 2 ? (args[part] ?? '') : part;
    return typeof value === 'number' ? number(value) : value;
  });
}

/**
 * A text of the engine, or of a list beside the page.
 * @param {string} text
 */
export const heard = (text) => language.heard(text);

/**
 * What an error code means and what to do about it; nothing in English, which the engine speaks itself.
 * @param {string} code
 */
export const errorWords = (code) => language.errors[code];

/**
 * The engine's catalog in this language.
 * @param {Catalog} catalog
 */
export const worded = (catalog) => language.catalog(catalog);

/**
 * A name within a sentence, where English begins it with a small letter.
 * @param {string} name
 */
export const within = (name) => (code === 'en' ? name.toLowerCase() : name);

/** The texts of `index.html` in this language; empty for English, in which they are written. */
export const pageWords = () => language.page;

/**
 * A number in digits, with a real minus.
 * @param {number} x
 * @param {Intl.NumberFormatOptions} [options]
 */
export const number = (x, options = { maximumFractionDigits: 10 }) => rules.number(options).format(x).replace('-', '−');

/**
 * A number with so many digits after the point.
 * @param {number} x
 * @param {number} digits
 */
export function fixed(x, digits) {
  const seen = Number(x.toFixed(digits)) === 0 ? 0 : x; // Never “−0.00”.
  return number(seen, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * A percentage.
 * @param {number} x 0 to 100
 * @param {number} digits after the point
 * @param {number} [least] of them, where zeros at the end go
 */
export const share = (x, digits, least = digits) =>
  number(x, { style: 'unit', unit: 'percent', minimumFractionDigits: least, maximumFractionDigits: digits });

/**
 * A list of things, with “and” before the last.
 * @param {string[]} items
 */
export const listed = (items) => rules.list(items);
