import { PageElement, changed, make } from '../../shared/element.js';
import { count, decimal, percent, short } from '../../shared/format.js';
import { paintRhoScale } from '../paint.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Explanation, Region } from 'peerlight'
 */

/** The agreement as one number on its scale, and what it is made of. */
export class AgreementCard extends PageElement {
  #number = make('p', { class: 'number', 'data-testid': 'agreement' });
  #mark = make('span', { class: 'mark' });
  #scale = make('canvas');
  #text = make('p', { class: 'quiet' });
  #class = make('p', { class: 'aim', 'data-testid': 'aim' });

  connectedCallback() {
    paintRhoScale(this.#scale);
    const ends = ['−1', '0', '1'].map((end) => make('span', {}, end));
    const bar = make('div', { class: 'bar' }, this.#scale, this.#mark);
    this.replaceChildren(
      make('div', { class: 'head' }, make('h2', {}, 'Agreement'), this.#number),
      make('div', { class: 'scale', 'aria-hidden': 'true' }, bar, make('div', { class: 'ends' }, ...ends)),
      this.#text,
      this.#class,
    );
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.result])) return;
    const { result } = state;
    this.hidden = !result;
    if (!result) return;
    const agreement = result.agreement ?? 0;
    this.#number.textContent = decimal(agreement);
    this.#mark.style.left = `${50 * (1 + agreement)}%`;
    this.#text.textContent = inWords(result.regions);
    const { label, chosen } = result.target;
    const why = chosen ? 'chosen by you' : `the class with the highest average probability (${probabilities(result)})`;
    this.#class.replaceChildren('Class: ', make('strong', {}, label), `, ${why}.`);
  }
}

/** @param {Region[]} regions */
function inWords(regions) {
  const close = regions.filter((r) => !r.constant && r.rho > 0.5).length;
  const flat = regions.filter((r) => r.constant).length;
  const text = `The average over ${count(regions.length, 'region')}; ${close} score above 0.5.`;
  return flat ? `${text} ${count(flat, 'flat region')} ${flat === 1 ? 'counts' : 'count'} as 0.` : text;
}

/** @param {Explanation} result */
const probabilities = ({ peers }) =>
  peers.map(({ name, target }) => `${short(name)} ${percent(target.probability)}`).join(', ');
