import { Part, changed, make } from '../element.js';
import { percent } from '../format.js';

/** The five likeliest classes of each peer. A class can be chosen right here to be explained. */
export class Tops extends Part {
  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    if (!changed(state, before, (s) => s.result)) return;
    const { result } = state;
    this.hidden = !result;
    if (result) this.replaceChildren(...result.peers.map((peer, k) => this.#list(peer, k, result.target.class)));
  }

  /** @param {import('../../pkg/index.js').PeerMap} peer @param {number} k @param {number} target */
  #list({ id, name, top, target: aim }, k, target) {
    const listed = top.some((t) => t.class === target);
    const rows = listed ? top : [...top, aim];
    return make(
      'section',
      { 'data-peer': k, 'data-testid': `top-${id}` },
      make('h3', {}, name),
      make('ol', {}, ...rows.map((row, i) => this.#row(row, row.class === target, i >= top.length))),
    );
  }

  /** @param {import('../../pkg/index.js').Ranked} ranked @param {boolean} current @param {boolean} extra */
  #row({ class: index, label, probability }, current, extra) {
    const fill = make('span', { class: 'fill' });
    fill.style.width = `${100 * probability}%`;
    return make(
      'li',
      { class: extra ? 'extra' : undefined },
      make(
        'button',
        {
          type: 'button',
          'aria-pressed': current,
          'data-class': index,
          'data-probability': probability,
          title: current ? 'This class is explained' : `Explain “${label}”`,
          onclick: () => this.send({ type: 'ask-changed', id: 'target', value: index }),
        },
        make('span', { class: 'label' }, label),
        make('span', { class: 'number' }, percent(probability)),
        make('span', { class: 'track', 'aria-hidden': 'true' }, fill),
      ),
    );
  }
}
