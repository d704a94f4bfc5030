import { PageElement, changed, headRow, make, tableRow } from '../../shared/element.js';
import { decimal, short } from '../../shared/format.js';
import { rhoColor } from '../paint.js';
import { pairsOf } from '../select.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Explanation } from 'peerlight'
 */

/** The local agreement of every pair of networks as a table, where there are more than two of them. */
export class Matrix extends PageElement {
  #table = make('table', { 'data-testid': 'matrix' });

  connectedCallback() {
    this.replaceChildren(
      make('div', { class: 'scroll' }, this.#table),
      make('p', { class: 'quiet' }, t('matrix.hint')),
    );
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { result, view } = state;
    this.hidden = (result?.peers.length ?? 0) < 3;
    if (this.hidden || !result) return;
    if (changed(state, before, (s) => [s.result])) this.#build(result);
    for (const button of this.#table.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(Number(button.dataset.pair) === view.pair));
    }
  }

  /** @param {Explanation} result */
  #build(result) {
    const names = result.peers.map(({ name }) => short(name));
    const pairs = pairsOf(result);
    const rows = names.map((name, row) => {
      const cells = names.map((_, column) => {
        const k = pairs.findIndex(({ a, b }) => a === Math.min(row, column) && b === Math.max(row, column));
        return k < 0
          ? ''
          : this.#pair(k, pairs[k]?.agreement ?? 0, t('regions.pair', { a: name, b: names[column] ?? '' }));
      });
      return tableRow({ head: name, cells });
    });
    const caption = make('caption', {}, t('matrix.caption'));
    this.#table.replaceChildren(
      caption,
      make('thead', {}, headRow([t('matrix.network'), ...names])),
      make('tbody', {}, ...rows),
    );
  }

  /**
   * @param {number} pair
   * @param {number} agreement
   * @param {string} who
   */
  #pair(pair, agreement, who) {
    const number = decimal(agreement);
    const onclick = () => {
      const chosen = button.ariaPressed === 'true' ? null : pair;
      this.send({ type: 'view-changed', view: { pair: chosen, numbers: 'correlation', lines: true } });
    };
    const props = {
      type: 'button',
      'data-pair': pair,
      'aria-label': t('matrix.label', { pair: who, n: number }),
      'aria-pressed': false,
      onclick,
    };
    const button = make('button', props, number);
    button.style.background = rhoColor(agreement);
    button.classList.toggle('deep', Math.abs(agreement) > 0.55);
    return button;
  }
}
