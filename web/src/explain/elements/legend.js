import { PageElement, changed, make, setText } from '../../shared/element.js';
import { short } from '../../shared/format.js';
import { paintScale } from '../paint.js';
import { lutOf, pairsOf } from '../select.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { ViewState } from '../state.js'
 * @import { Explanation } from 'peerlight'
 */

/** What the colors over the image and the numbers in its regions mean. */
export class Legend extends PageElement {
  #bar = make('canvas', { 'aria-hidden': 'true' });
  #what = make('span');
  #colors = make('span', { class: 'legend' }, this.#what, this.#bar, make('span', {}, t('legend.most')));
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
    const alone = result.peers.length === 1 ? result.peers[0] : null;
    const peer = result.peers.find(({ id }) => id === view.shown) ?? alone;
    this.#colors.hidden = view.shown === 'image';
    setText(this.#what, peer ? t('legend.one', { name: short(peer.name) }) : t('legend.all'));
    setText(this.#numbers, view.lines && result.regions.length ? meaning(result, view) : '');
  }
}

/**
 * @param {Explanation} result
 * @param {ViewState} view
 */
function meaning(result, { numbers, pair }) {
  if (numbers === 'attention') return t('legend.attention');
  const chosen = pair === null ? null : pairsOf(result)[pair];
  const name = (/** @type {number} */ k) => short(result.peers[k]?.name ?? '');
  return chosen ? t('legend.pair', { a: name(chosen.a), b: name(chosen.b) }) : t('legend.correlation');
}
