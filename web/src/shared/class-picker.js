import { PageElement, changed, make } from './element.js';
import { t } from '../words/index.js';

/** @import { Action, State } from '../app/state.js' */

/** So many matches are listed; typing on narrows them down. */
const MOST = 60;

/**
 * What a class is picked for.
 *
 * @typedef {object} Aim
 * @property {string} id
 * @property {string} testid
 * @property {string} label
 * @property {(state: State) => string} none the name of the choice of no class; its first word finds it
 * @property {(state: State) => number | null} value
 * @property {(state: State) => string} help
 * @property {(index: number | null) => Action} action
 *
 * @typedef {{ index: number | null, label: string, key: string }} Option `key`: what typing is compared with
 */

/** A class to choose: a field that searches the networks' classes as one types. */
export class ClassPicker extends PageElement {
  #aim;
  /** @type {Option[]} */
  #classes = [];
  /** @type {Option} */
  #none = { index: null, label: '', key: '' };
  /** @type {Option[]} */
  #found = [];
  #active = 0;
  /** @type {number | null} */
  #chosen = null;
  #list;
  #note = make('p', { class: 'quiet', role: 'status' });
  #popup;
  #input;
  #help;

  /** @param {Aim} aim */
  constructor(aim) {
    super();
    const { id, testid } = (this.#aim = aim);
    this.#list = make('ul', { role: 'listbox', id: `${id}-list`, 'aria-label': t('classes.list') });
    this.#popup = make('div', { class: 'popup', hidden: true }, this.#list, this.#note);
    this.#help = make('p', { class: 'quiet', id: `${id}-help` });
    this.#input = make('input', {
      type: 'text',
      id,
      role: 'combobox',
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-controls': `${id}-list`,
      'aria-expanded': 'false',
      'aria-autocomplete': 'list',
      'aria-describedby': `${id}-help`,
      'data-testid': testid,
      onfocus: () => this.#input.select(),
      oninput: () => this.#search(this.#input.value),
      onclick: () => this.#popup.hidden && this.#search(''),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#close(),
    });
  }

  connectedCallback() {
    const label = make('label', { for: this.#aim.id }, this.#aim.label);
    const combo = make('div', { class: 'combo' }, this.#input, this.#popup);
    this.replaceChildren(make('div', { class: 'field' }, label, combo, this.#help));
    this.#popup.addEventListener('pointerdown', (event) => event.preventDefault()); // The field keeps the focus.
    this.#list.addEventListener('click', (event) => {
      const option = /** @type {Element} */ (event.target).closest('[role=option]');
      if (option) this.#choose([...this.#list.children].indexOf(option));
    });
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { info } = state.engine;
    this.hidden = !info;
    if (changed(state, before, (s) => [s.engine.info])) {
      this.#classes = (info?.classes ?? []).map((label, index) => ({ index, label, key: label.toLowerCase() }));
    }
    const label = this.#aim.none(state);
    this.#none = { index: null, label, key: label.toLowerCase().split(':', 1)[0] ?? '' };
    this.#chosen = this.#aim.value(state);
    if (this.#popup.hidden) this.#show();
    this.#help.textContent = this.#aim.help(state);
  }

  /** Puts the chosen class back into the field. */
  #show() {
    const chosen = this.#classes.find((c) => c.index === this.#chosen) ?? this.#none;
    this.#input.value = chosen.label;
  }

  /** @param {string} text */
  #search(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (/** @type {Option} */ { index, key }) =>
      words.every((word) => key.includes(word) || String(index) === word);
    const [first = ''] = words;
    // Whole words come before beginnings: “dog” is a hot dog rather than a dogsled.
    const rank = (/** @type {Option} */ { key }) =>
      key.split(/[^\p{L}\p{N}]+/u).includes(first) ? 0 : key.startsWith(first) ? 1 : 2;
    this.#found = [this.#none, ...this.#classes].filter(fits);
    if (words.length) this.#found.sort((a, b) => rank(a) - rank(b));
    this.#fill();
    this.#popup.hidden = false;
    this.#input.setAttribute('aria-expanded', 'true');
    this.#list.scrollTop = 0;
    this.#point(0);
  }

  #fill() {
    const options = this.#found.slice(0, MOST).map(({ index, label }, i) => {
      const number = make('small', {}, index === null ? '' : String(index));
      const props = { role: 'option', id: `${this.#aim.id}-${i}`, 'data-class': index ?? '' };
      return make('li', props, make('span', {}, label), number);
    });
    this.#list.replaceChildren(...options);
    this.#list.hidden = !options.length;
    const more = this.#found.length - MOST;
    if (!options.length) this.#note.textContent = t('classes.none');
    else this.#note.textContent = more > 0 ? t('classes.more', { n: more }) : '';
  }

  /** @param {number} to */
  #point(to) {
    const count = Math.min(this.#found.length, MOST);
    this.#active = count ? (to + count) % count : 0;
    [...this.#list.children].forEach((option, i) => {
      option.setAttribute('aria-selected', String(i === this.#active));
    });
    this.#list.children[this.#active]?.scrollIntoView({ block: 'nearest' });
    if (count) this.#input.setAttribute('aria-activedescendant', `${this.#aim.id}-${this.#active}`);
    else this.#input.removeAttribute('aria-activedescendant');
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const open = !this.#popup.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (open) this.#point(this.#active + (event.key === 'ArrowDown' ? 1 : -1));
      else this.#search('');
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      this.#choose(this.#active);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault(); // Closes the list and nothing else.
      this.#close();
    }
  }

  /** @param {number} i */
  #choose(i) {
    const found = this.#found[i];
    if (!found) return;
    this.#chosen = found.index;
    this.#close();
    this.send(this.#aim.action(found.index));
  }

  #close() {
    this.#popup.hidden = true;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
    this.#show();
  }
}
