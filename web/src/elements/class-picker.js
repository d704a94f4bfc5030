import { Part, changed, make } from '../element.js';

/** So many matches are listed; typing on narrows them down. */
const MOST = 60;

/**
 * What a picker picks a class for.
 * @typedef {import('../element.js').State} State
 * @typedef {{ id: string, testid: string, label: string, none: string, value(state: State): number | null, help(state: State): string,
 *   action(index: number | null): import('../element.js').Action }} Aim `none`: the choice of no class
 */

/** @type {Aim} */
const TARGET = {
  id: 'class',
  testid: 'target',
  label: 'Class to explain',
  none: 'Automatic (consensus)',
  value: ({ ask }) => ask.target ?? null,
  help: ({ ask, result }) =>
    ask.target == null && result
      ? `Now: ${result.target.label}.`
      : 'Type to search; or press a class in a network’s list.',
  action: (index) => ({ type: 'ask-changed', id: 'target', value: index }),
};

/** @type {Aim} */
const CONTRAST = {
  id: 'contrast',
  testid: 'contrast',
  label: 'Rather than',
  none: 'No other class',
  value: ({ gallery }) => gallery.contrast?.class ?? null,
  help: ({ gallery }) =>
    gallery.contrast ? 'What speaks for the one and not for the other.' : 'Choose one to see what tells the two apart.',
  action: (index) => ({
    type: 'gallery-set',
    change: { contrast: index === null ? null : { class: index, gamma: 1 } },
  }),
};

/** A class to choose: a field that searches the networks' classes as one types. */
export class ClassPicker extends Part {
  #aim;
  #all;
  #found;
  #active = 0;
  /** @type {number | null} */
  #target = null;
  #list;
  #note = make('p', { class: 'quiet', role: 'status' });
  #popup;
  #input;
  #help;

  /** @param {Aim} aim */
  constructor(aim = TARGET) {
    super();
    const { id, testid, none } = (this.#aim = aim);
    this.#found = this.#all = [{ index: /** @type {number | null} */ (null), label: none }];
    this.#list = make('ul', { role: 'listbox', id: `${id}-list`, 'aria-label': 'Classes' });
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
    this.replaceChildren(
      make('div', { class: 'field' }, label, make('div', { class: 'combo' }, this.#input, this.#popup), this.#help),
    );
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
      this.#all = [
        { index: null, label: this.#aim.none },
        ...(state.engine.info?.classes ?? []).map((label, index) => ({ index, label })),
      ];
    }
    this.#target = this.#aim.value(state);
    if (this.#popup.hidden) this.#show();
    this.#help.textContent = this.#aim.help(state);
  }

  /** Puts the class in force back into the field. */
  #show() {
    this.#input.value = this.#all.find((c) => c.index === this.#target)?.label ?? '';
  }

  /** @param {string} text */
  #search(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const rank = (/** @type {string} */ label) => (label.startsWith(words[0] ?? '') ? 0 : 1);
    const matches = this.#all.filter(({ index, label }) =>
      words.every((w) => label.toLowerCase().includes(w) || String(index) === w),
    );
    this.#found = words.length
      ? matches.sort((a, b) => rank(a.label.toLowerCase()) - rank(b.label.toLowerCase()))
      : matches;
    this.#list.replaceChildren(
      ...this.#found
        .slice(0, MOST)
        .map(({ index, label }, i) =>
          make(
            'li',
            { role: 'option', id: `${this.#aim.id}-${i}`, 'data-class': index ?? '' },
            make('span', {}, label),
            make('small', {}, index === null ? '' : String(index)),
          ),
        ),
    );
    const more = this.#found.length - MOST;
    this.#list.hidden = !this.#found.length;
    this.#note.textContent = this.#list.hidden
      ? 'No class of these networks has that name.'
      : more > 0
        ? `${more} more; type on to narrow down.`
        : '';
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
    this.#target = found.index;
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

/** The class from which the explained one is told apart. */
export class ContrastPicker extends ClassPicker {
  constructor() {
    super(CONTRAST);
  }
}
