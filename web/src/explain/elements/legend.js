import { PageElement, changed, make, setText } from '../../shared/element.js';
import { short } from '../../shared/format.js';
import { paintScale } from '../paint.js';
import { lutOf, pairsOf } from '../select.js';

/** @import { State } from '../../app/state.js' */

/** What the colors over the image and the numbers in its regions mean. */
export class Legend extends PageElement {
  #bar = make('canvas', { 'aria-hidden': 'true' });
  #what = make('span');
  #colors = make('span', { class: 'legend' }, this.#what, this.#bar, make('span', {}, 'most'));
  #numbers = make('span', { class: 'numbers' });

  connectedCallback() {
    this.dataset.testid = 'legend';
    this.replaceChildren(this.#colors, this.#numbers);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { result, view } = state;
    this.hidden = !result;
    if (!result || !changed(state, before, (s) => [s.result, s.view, lutOf(s)])) return;
    const lut = lutOf(state);
    if (lut) paintScale(this.#bar, lut);
    const peer =
      result.peers.find(({ id }) => id === view.shown) ?? (result.peers.length === 1 ? result.peers[0] : null);
    const whose = peer ? `${short(peer.name)} looks` : 'the networks look';
    this.#colors.hidden = view.shown === 'image';
    setText(this.#what, `Color: where ${whose} least`);
    setText(this.#numbers, view.lines && result.regions.length ? `Numbers: ${meaning(state)}` : '');
  }
}

/** @param {State} state */
function meaning({ result, view }) {
  if (!result) return '';
  if (view.numbers === 'attention') return 'how strongly they look at each region, 0 to 1.';
  const pair = view.pair === null ? null : pairsOf(result)[view.pair];
  const [a, b] = [pair?.a, pair?.b].map((k) => short(result.peers[k ?? -1]?.name ?? ''));
  const which = pair ? `the maps of ${a} and ${b}` : 'the networks’ maps';
  return `how alike ${which} are inside each region, −1 to 1.`;
}
