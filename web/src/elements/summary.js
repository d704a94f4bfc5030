import { Part, changed, make } from '../element.js';
import { figure } from '../format.js';
import { paintRhoScale } from '../paint.js';

/** The agreement as one number on its scale, and what it is made of. */
export class Summary extends Part {
  #number = make('p', { class: 'number', 'data-testid': 'agreement' });
  #mark = make('span', { class: 'mark' });
  #scale = make('canvas');
  #text = make('p', { class: 'quiet' });
  #class = make('p', { class: 'aim', 'data-testid': 'aim' });

  connectedCallback() {
    paintRhoScale(this.#scale);
    const ends = make('div', { class: 'ends' }, make('span', {}, '−1'), make('span', {}, '0'), make('span', {}, '1'));
    const scale = make(
      'div',
      { class: 'scale', 'aria-hidden': 'true' },
      make('div', { class: 'bar' }, this.#scale, this.#mark),
      ends,
    );
    this.replaceChildren(
      make('div', { class: 'head' }, make('h2', {}, 'Agreement'), this.#number),
      scale,
      this.#text,
      this.#class,
    );
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    if (!changed(state, before, (s) => s.result)) return;
    const { result } = state;
    this.hidden = !result;
    if (!result) return;
    const { agreement, regions, target } = result;
    this.#number.textContent = figure(agreement);
    this.#mark.style.left = `${50 * (1 + agreement)}%`;
    const close = regions.filter((r) => !r.constant && r.rho > 0.5).length;
    const flat = regions.filter((r) => r.constant).length;
    this.#text.textContent =
      `Mean correlation over ${regions.length} regions; ${close} of them above 0.5.` +
      (flat ? ` ${flat} flat ${flat === 1 ? 'region counts' : 'regions count'} as 0.` : '');
    const how = target.chosen ? 'chosen by you' : 'the class the networks agree on best';
    this.#class.replaceChildren('Class: ', make('strong', {}, target.label), `, ${how}.`);
  }
}
