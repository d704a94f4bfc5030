import { isEditable } from '../../images/transfer.js';
import { PageElement, changed, make } from '../../shared/element.js';
import { isSomewhere } from '../select.js';
import { nowhere } from '../state.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Tool } from '../state.js'
 */

/** @type {Tool[]} */
const TOOLS = ['regions', 'box', 'brush'];

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
    t('what-if'),
  );
  #on = false;
  #tools = make('div', { class: 'segments', role: 'group', 'aria-label': t('tools.how') });
  #keep = make('div', { class: 'segments', role: 'group', 'aria-label': t('tools.then') });
  #baseline = make('select', {
    'aria-label': t('tools.baseline'),
    'data-testid': 'baseline',
    onchange: () => this.#set({ baseline: /** @type {any} */ (this.#baseline.value) }),
  });
  #undo = this.#button('undo', t('tools.undo'), () => this.send({ type: 'places-undo' }), t('tools.undo.keys'));
  #redo = this.#button('redo', t('tools.redo'), () => this.send({ type: 'places-redo' }), t('tools.redo.keys'));
  #clear = this.#button('clear', t('tools.clear'), () => this.send({ type: 'places-changed', places: nowhere }));
  #hint = make('p', { class: 'quiet' });
  #steps = make('div', { class: 'saves' });
  #row = make('div', { class: 'tools' });

  connectedCallback() {
    const tools = TOOLS.map((id) => this.#button(`tool-${id}`, t(`tools.${id}`), () => this.#set({ tool: id })));
    this.#tools.replaceChildren(...tools);
    this.#keep.replaceChildren(
      this.#button('hide', t('tools.hide'), () => this.#set({ keep: false })),
      this.#button('keep', t('tools.keep'), () => this.#set({ keep: true })),
    );
    this.#steps.replaceChildren(this.#undo, this.#redo, this.#clear);
    this.#row.replaceChildren(this.#tools, this.#keep, this.#baseline, this.#hint);
    this.replaceChildren(make('div', { class: 'head' }, this.#toggle, this.#steps), this.#row);
    this.listen(window, 'keydown', (/** @type {KeyboardEvent} */ event) => this.#key(event));
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
    TOOLS.forEach((id, i) => this.#tools.children[i]?.setAttribute('aria-pressed', String(id === whatIf.tool)));
    [false, true].forEach((keep, i) => {
      this.#keep.children[i]?.setAttribute('aria-pressed', String(keep === whatIf.keep));
    });
    this.#baseline.value = whatIf.baseline;
    this.#undo.disabled = !whatIf.past.length;
    this.#redo.disabled = !whatIf.future.length;
    this.#clear.disabled = !isSomewhere(whatIf.places);
    this.#hint.textContent = t(`tools.${whatIf.tool}.hint`);
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
