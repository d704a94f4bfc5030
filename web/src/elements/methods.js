import { Part, changed, make } from '../element.js';
import { about } from '../format.js';
import { DEAR, methodsOf, picked } from '../gallery.js';
import { timeOf } from '../gallery-view.js';

/** Every method there is, to be picked, with what it will cost here. */
export class Methods extends Part {
  #count = make('summary', { 'data-testid': 'methods' });
  #list = make('div', { class: 'families' });
  /** @type {Map<string, { input: HTMLInputElement, cost: HTMLElement }>} */
  #boxes = new Map();

  connectedCallback() {
    this.replaceChildren(make('details', {}, this.#count, this.#list));
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    if (changed(state, before, (s) => s.engine.catalog)) this.#build(methodsOf(state));
    if (
      !changed(
        state,
        before,
        (s) => s.gallery,
        (s) => s.engine.catalog,
        (s) => s.result,
      )
    )
      return;
    const chosen = picked(state).map((m) => m.id);
    this.#count.textContent = `Methods: ${chosen.length} of ${this.#boxes.size}`;
    for (const method of methodsOf(state)) {
      const box = this.#boxes.get(method.id);
      if (!box) continue;
      box.input.checked = chosen.includes(method.id);
      box.cost.textContent = method.passes > DEAR ? about(timeOf(state, 'map', method)) : '';
    }
  }

  /** @param {import('../gallery.js').Method[]} methods */
  #build(methods) {
    this.#boxes.clear();
    const families = [...new Set(methods.map((m) => m.family))];
    this.#list.replaceChildren(
      ...families.map((family) => {
        const lines = methods
          .filter((m) => m.family === family)
          .map(({ id, name, shows }) => {
            const input = make('input', {
              type: 'checkbox',
              'data-testid': `pick-${id}`,
              onchange: () => this.send({ type: 'gallery-pick', ids: [id], on: input.checked }),
            });
            const cost = make('small');
            this.#boxes.set(id, { input, cost });
            return make('label', { title: shows }, input, make('span', {}, name), cost);
          });
        return make('fieldset', {}, make('legend', {}, family.charAt(0).toUpperCase() + family.slice(1)), ...lines);
      }),
    );
  }
}
