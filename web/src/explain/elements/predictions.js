import { PageElement, changed, make } from '../../shared/element.js';
import { percent } from '../../shared/format.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { PeerMap, Prediction } from 'peerlight'
 */

/** Each network's five most probable classes. A class can be chosen right here to be explained. */
export class Predictions extends PageElement {
  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.result])) return;
    const { result } = state;
    this.hidden = !result;
    if (result) this.replaceChildren(...result.peers.map((peer, k) => this.#list(peer, k)));
  }

  /**
   * @param {PeerMap} peer
   * @param {number} k
   */
  #list({ id, name, top, target }, k) {
    const explained = target.class; // Its own first one, if it lacks the class that is asked for.
    const rows = top.map((row) => make('li', {}, this.#button(row, row.class === explained)));
    const listed = top.some((row) => row.class === explained);
    if (!listed) rows.push(make('li', { class: 'extra' }, this.#button(target, true)));
    return make(
      'section',
      { 'data-peer': k, 'data-testid': `top-${id}` },
      make('h3', {}, name),
      make('ol', {}, ...rows),
    );
  }

  /**
   * @param {Prediction} prediction
   * @param {boolean} explained
   */
  #button({ class: index, label, probability }, explained) {
    const fill = make('span', { class: 'fill' });
    fill.style.width = `${100 * probability}%`;
    return make(
      'button',
      {
        type: 'button',
        'aria-pressed': explained,
        'data-class': index,
        'data-probability': probability,
        title: explained ? t('class.explained') : t('class.explain', { label }),
        onclick: () => this.send({ type: 'ask-changed', change: { target: index } }),
      },
      make('span', { class: 'label' }, label),
      make('span', { class: 'number' }, percent(probability)),
      make('span', { class: 'track', 'aria-hidden': 'true' }, fill),
    );
  }
}
