import { PageElement, make } from '../../shared/element.js';
import { t } from '../../words/index.js';

const KEY = 'peerlight-theme';

/** Light or dark: the system's choice until the person makes one. */
export class ThemeButton extends PageElement {
  #dark = matchMedia('(prefers-color-scheme: dark)');
  #button = make('button', {
    type: 'button',
    class: 'theme',
    'data-testid': 'theme',
    onclick: () => this.#set(this.#isDark() ? 'light' : 'dark'),
  });

  connectedCallback() {
    this.replaceChildren(this.#button);
    try {
      const kept = localStorage.getItem(KEY);
      if (kept) document.documentElement.dataset.theme = kept;
    } catch {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
    this.listen(this.#dark, 'change', () => this.#name());
    this.#name();
  }

  #isDark() {
    const { theme } = document.documentElement.dataset;
    return theme ? theme === 'dark' : this.#dark.matches;
  }

  /** @param {string} theme */
  #set(theme) {
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // As above.
    }
    this.#name();
  }

  #name() {
    this.#button.textContent = t(this.#isDark() ? 'theme.light' : 'theme.dark');
    this.#button.setAttribute('aria-label', t(this.#isDark() ? 'theme.to-light' : 'theme.to-dark'));
  }
}
