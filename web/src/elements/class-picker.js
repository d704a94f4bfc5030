import { Part, changed, make } from '../element.js';

/** So many matches are listed; typing on narrows them down. */
const MOST = 60;
const AUTOMATIC = { index: /** @type {number | null} */ (null), label: 'Automatic (consensus)' };

/** The class to explain: a field that searches the networks' classes as one types. */
export class ClassPicker extends Part {
  /** @type {{ index: number | null, label: string }[]} */
  #all = [AUTOMATIC];
  #found = this.#all;
  #active = 0;
  /** @type {number | null} */
  #target = null;
  #list = make('ul', { role: 'listbox', id: 'classes', 'aria-label': 'Classes' });
  #note = make('p', { class: 'quiet', role: 'status' });
  #popup = make('div', { class: 'popup', hidden: true }, this.#list, this.#note);
  #input = make('input', {
    type: 'text', id: 'class', role: 'combobox', autocomplete: 'off', spellcheck: 'false', 'aria-controls': 'classes',
    'aria-expanded': 'false', 'aria-autocomplete': 'list', 'aria-describedby': 'class-help', 'data-testid': 'target',
    onfocus: () => this.#input.select(),
    oninput: () => this.#search(this.#input.value),
    onclick: () => this.#popup.hidden && this.#search(''),
    onkeydown: (event) => this.#key(event),
    onblur: () => this.#close(),
  });
  #help = make('p', { class: 'quiet', id: 'class-help' });

  connectedCallback() {
    const label = make('label', { for: 'class' }, 'Class to explain');
    this.replaceChildren(make('div', { class: 'field' }, label, make('div', { class: 'combo' }, this.#input, this.#popup), this.#help));
    this.#popup.addEventListener('pointerdown', (event) => event.preventDefault()); // The field keeps the focus.
    this.#list.addEventListener('click', (event) => {
      const option = /** @type {Element} */ (event.target).closest('[role=option]');
      if (option) this.#choose([...this.#list.children].indexOf(option));
    });
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    this.hidden = !state.engine.info;
    if (changed(state, before, (s) => s.engine.info)) {
      this.#all = [AUTOMATIC, ...(state.engine.info?.classes ?? []).map((label, index) => ({ index, label }))];
    }
    this.#target = state.ask.target ?? null;
    if (this.#popup.hidden) this.#show();
    const found = this.#target === null ? state.result?.target : undefined;
    this.#help.textContent = found ? `Now: ${found.label}.` : 'Type to search; or press a class in a network’s list.';
  }

  /** Puts the class in force back into the field. */
  #show() {
    this.#input.value = this.#all.find((c) => c.index === this.#target)?.label ?? '';
  }

  /** @param {string} text */
  #search(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const rank = (/** @type {string} */ label) => (label.startsWith(words[0] ?? '') ? 0 : 1);
    const matches = this.#all.filter(({ index, label }) => words.every((w) => label.toLowerCase().includes(w) || String(index) === w));
    this.#found = words.length ? matches.sort((a, b) => rank(a.label.toLowerCase()) - rank(b.label.toLowerCase())) : matches;
    this.#list.replaceChildren(
      ...this.#found.slice(0, MOST).map(({ index, label }, i) =>
        make('li', { role: 'option', id: `class-${i}`, 'data-class': index ?? '' }, make('span', {}, label), make('small', {}, index === null ? '' : String(index)))),
    );
    const more = this.#found.length - MOST;
    this.#list.hidden = !this.#found.length;
    this.#note.textContent = this.#list.hidden ? 'No class of these networks has that name.' : more > 0 ? `${more} more; type on to narrow down.` : '';
    this.#popup.hidden = false;
    this.#input.setAttribute('aria-expanded', 'true');
    this.#list.scrollTop = 0;
    this.#point(0);
  }

  /** @param {number} to */
  #point(to) {
    const count = Math.min(this.#found.length, MOST);
    this.#active = count ? (to + count) % count : 0;
    [...this.#list.children].forEach((option, i) => {
      option.setAttribute('aria-selected', String(i === this.#active));
    });
    this.#list.children[this.#active]?.scrollIntoView({ block: 'nearest' });
    if (count) this.#input.setAttribute('aria-activedescendant', `class-${this.#active}`);
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
    this.#target = found.index;
    this.#close();
    this.send({ type: 'ask-changed', id: 'target', value: found.index });
  }

  #close() {
    this.#popup.hidden = true;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
    this.#show();
  }
}
