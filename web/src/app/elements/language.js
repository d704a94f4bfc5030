import { PageElement, changed, make } from '../../shared/element.js';
import { LANGUAGES, t } from '../../words/index.js';

/**
 * @import { State } from '../state.js'
 * @import { Code } from '../../words/index.js'
 */

/** The choice of the page's language. Each is named in itself. */
export class LanguageMenu extends PageElement {
  #select = make('select', {
    class: 'language',
    'data-testid': 'language',
    onchange: () => this.send({ type: 'language-wanted', code: /** @type {Code} */ (this.#select.value) }),
  });

  connectedCallback() {
    const options = Object.entries(LANGUAGES).map(([value, name]) => make('option', { value, lang: value }, name));
    this.#select.replaceChildren(...options);
    this.replaceChildren(this.#select);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.language])) return;
    this.#select.value = state.language.code;
    this.#select.setAttribute('aria-label', t('language'));
  }
}
