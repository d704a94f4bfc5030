import { LANGUAGES, speak } from '../words/index.js';

/**
 * @import { Action, State } from './state.js'
 * @import { Store } from './store.js'
 * @import { Code } from '../words/index.js'
 */

/**
 * The language of the page.
 *
 * @typedef {object} LanguageState
 * @property {Code} code what is spoken
 * @property {Code} wanted what was chosen, until it is spoken
 * @property {Code} usual what the browser asks for
 *
 * @typedef {{ type: 'language-wanted', code: Code }
 *   | { type: 'language-changed', code: Code, usual?: Code }} LanguageAction
 */

/** @type {LanguageState} */
export const plainLanguage = { code: 'en', wanted: 'en', usual: 'en' };

const KEY = 'peerlight-language';

/**
 * A language that the page has, for a tag such as `de-AT`.
 * @param {string | null | undefined} tag
 * @returns {Code | undefined}
 */
const known = (tag) => /** @type {Code[]} */ (Object.keys(LANGUAGES)).find((code) => tag?.split('-')[0] === code);

/**
 * The first of a browser's languages that the page has.
 * @param {readonly string[]} tags
 * @returns {Code}
 */
export const usualOf = (tags) => tags.map(known).find((code) => code !== undefined) ?? 'en';

/**
 * The language to begin with: the address's, else the one that was chosen on this device, else the browser's.
 * @param {{ hash: string, search: string }} address
 * @param {string | null} kept
 * @param {readonly string[]} tags
 */
export function languageOf({ hash, search }, kept, tags) {
  const [inHash, inSearch] = [hash.replace(/^#/, ''), search].map((text) => new URLSearchParams(text).get('lang'));
  return known(inHash) ?? known(inSearch) ?? known(kept) ?? usualOf(tags);
}

/** What was chosen on this device, if anything. */
export function keptLanguage() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** @param {Code} code */
function keepLanguage(code) {
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // As above.
  }
}

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceLanguage(page, action) {
  const { language } = page;
  if (action.type === 'language-wanted') return { ...page, language: { ...language, wanted: action.code } };
  if (action.type !== 'language-changed') return page;
  const { code, usual = language.usual } = action;
  const image = { ...page.image, notice: '' }; // It was said in the other language, of a choice that is past.
  return { ...page, image, language: { code, wanted: code, usual } };
}

/**
 * Fetches a language that was chosen, and keeps the choice on this device.
 * @param {Store} store
 */
export function runLanguage(store) {
  store.subscribe(({ language: { wanted, code } }, before) => {
    if (wanted !== before.language.wanted && wanted !== code) change(wanted);
  });

  /** @param {Code} wanted */
  async function change(wanted) {
    const spoken = await speak(wanted);
    keepLanguage(spoken);
    // What was chosen last holds, also after the page is loaded again.
    const url = new URL(location.href);
    url.searchParams.delete('lang');
    history.replaceState(null, '', url);
    store.dispatch({ type: 'language-changed', code: spoken });
  }
}
