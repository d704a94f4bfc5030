import { PageElement, changed, make } from '../../shared/element.js';
import { about } from '../../shared/format.js';
import { timeOf } from '../cost.js';
import { isExpensive, methodsOf, picked } from '../state.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Method } from 'peerlight'
 */

/** Begins with a capital letter. @param {string} text */
const headOf = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Every method there is, to be picked, with what it will cost here. */
export class MethodChoice extends PageElement {
  #count = make('summary', { 'data-testid': 'methods' });
  #list = make('div', { class: 'families' });
  /** @type {Map<string, { input: HTMLInputElement, cost: HTMLElement }>} */
  #boxes = new Map();

  connectedCallback() {
    this.replaceChildren(make('details', {}, this.#count, this.#list));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (changed(state, before, (s) => [s.engine.catalog])) this.#build(methodsOf(state));
    if (!changed(state, before, (s) => [s.comparison, s.engine.catalog, s.result])) return;
    const chosen = picked(state).map((method) => method.id);
    this.#count.textContent = t('compare.picked', { n: chosen.length, of: this.#boxes.size });
    for (const method of methodsOf(state)) {
      const box = this.#boxes.get(method.id);
      if (!box) continue;
      box.input.checked = chosen.includes(method.id);
      box.cost.textContent = isExpensive(method) ? about(timeOf(state, 'map', method)) : '';
    }
  }

  /** @param {Method[]} methods */
  #build(methods) {
    this.#boxes.clear();
    const families = [...new Set(methods.map((method) => method.family))];
    const fieldsets = families.map((family) => {
      const lines = methods.filter((method) => method.family === family).map((method) => this.#line(method));
      return make('fieldset', {}, make('legend', {}, headOf(t(`family.${family}`))), ...lines);
    });
    this.#list.replaceChildren(...fieldsets);
  }

  /** @param {Method} method */
  #line({ id, name, shows }) {
    const onchange = () => this.send({ type: 'compare-pick', ids: [id], on: input.checked });
    const input = make('input', { type: 'checkbox', 'data-testid': `pick-${id}`, onchange });
    const cost = make('small');
    this.#boxes.set(id, { input, cost });
    return make('label', { title: shows }, input, make('span', {}, name), cost);
  }
}
