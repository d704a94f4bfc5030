import { isEditable } from '../../images/transfer.js';
import { PageElement, changed, make } from '../../shared/element.js';
import { isSomewhere } from '../select.js';
import { nowhere } from '../state.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Tool } from '../state.js'
 */

/** @type {{ id: Tool, name: string, hint: string }[]} */
const TOOLS = [
  {
    id: 'regions',
    name: 'Regions',
    hint: 'Click a region of the image, or drag over several. With the keyboard: arrow keys, then the space bar.',
  },
  { id: 'box', name: 'Rectangle', hint: 'Drag a rectangle on the image. Click one to remove it.' },
  { id: 'brush', name: 'Brush', hint: 'Paint on the image.' },
];

/** Opens the question “What if this were hidden?”, and holds its tools. */
export class WhatIfTools extends PageElement {
  #toggle = make(
    'button',
    {
      type: 'button',
      class: 'ask',
      'aria-expanded': false,
      'data-testid': 'what-if',
      onclick: () => this.send({ type: 'what-if-set', change: { on: !this.#on } }),
    },
    'What if this were hidden?',
  );
  #on = false;
  #tools = make('div', { class: 'segments', role: 'group', 'aria-label': 'How to mark places' });
  #keep = make('div', { class: 'segments', role: 'group', 'aria-label': 'What happens to what is marked' });
  #baseline = make('select', {
    'aria-label': 'What replaces hidden places',
    'data-testid': 'baseline',
    onchange: () => this.#set({ baseline: /** @type {any} */ (this.#baseline.value) }),
  });
  #undo = this.#button('undo', 'Undo', () => this.send({ type: 'places-undo' }), 'Ctrl+Z');
  #redo = this.#button('redo', 'Redo', () => this.send({ type: 'places-redo' }), 'Ctrl+Shift+Z');
  #clear = this.#button('clear', 'Clear', () => this.send({ type: 'places-changed', places: nowhere }));
  #hint = make('p', { class: 'quiet' });
  #steps = make('div', { class: 'saves' });
  #row = make('div', { class: 'tools' });

  connectedCallback() {
    const tools = TOOLS.map(({ id, name }) => this.#button(`tool-${id}`, name, () => this.#set({ tool: id })));
    this.#tools.replaceChildren(...tools);
    this.#keep.replaceChildren(
      this.#button('hide', 'Hide', () => this.#set({ keep: false })),
      this.#button('keep', 'Keep alone', () => this.#set({ keep: true })),
    );
    this.#steps.replaceChildren(this.#undo, this.#redo, this.#clear);
    this.#row.replaceChildren(this.#tools, this.#keep, this.#baseline, this.#hint);
    this.replaceChildren(make('div', { class: 'head' }, this.#toggle, this.#steps), this.#row);
    addEventListener('keydown', (event) => this.#key(event));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { whatIf, result, engine } = state;
    this.hidden = !result;
    this.#on = whatIf.on && Boolean(result);
    if (changed(state, before, (s) => [s.engine.catalog])) {
      const options = (engine.catalog?.baselines ?? []).map(({ id, name, help }) =>
        make('option', { value: id, title: help }, name),
      );
      this.#baseline.replaceChildren(...options);
    }
    if (!changed(state, before, (s) => [s.whatIf, s.result])) return;
    this.#toggle.setAttribute('aria-expanded', String(whatIf.on));
    this.#row.hidden = this.#steps.hidden = !whatIf.on;
    TOOLS.forEach(({ id }, i) => this.#tools.children[i]?.setAttribute('aria-pressed', String(id === whatIf.tool)));
    [false, true].forEach((keep, i) => {
      this.#keep.children[i]?.setAttribute('aria-pressed', String(keep === whatIf.keep));
    });
    this.#baseline.value = whatIf.baseline;
    this.#undo.disabled = !whatIf.past.length;
    this.#redo.disabled = !whatIf.future.length;
    this.#clear.disabled = !isSomewhere(whatIf.places);
    this.#hint.textContent = TOOLS.find(({ id }) => id === whatIf.tool)?.hint ?? '';
  }

  /**
   * @param {string} id
   * @param {string} name
   * @param {() => void} onclick
   * @param {string} [title]
   */
  #button(id, name, onclick, title) {
    return make('button', { type: 'button', 'data-testid': id, title, onclick }, name);
  }

  /** @param {Extract<import('../../app/state.js').Action, { type: 'what-if-set' }>['change']} change */
  #set(change) {
    this.send({ type: 'what-if-set', change });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#on || isEditable(event.composedPath()[0]) || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const redo = key === 'y' || (key === 'z' && event.shiftKey);
    if (!redo && key !== 'z') return;
    event.preventDefault();
    this.send({ type: redo ? 'places-redo' : 'places-undo' });
  }
}
