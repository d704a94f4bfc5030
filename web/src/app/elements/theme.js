import { PageElement, make } from '../../shared/element.js';

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
    this.#dark.addEventListener('change', () => this.#name());
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
    this.#button.textContent = this.#isDark() ? 'Light' : 'Dark';
    this.#button.setAttribute('aria-label', `Change to ${this.#isDark() ? 'light' : 'dark'} colors`);
  }
}
