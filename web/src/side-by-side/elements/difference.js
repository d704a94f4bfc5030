import { PageElement, changed, make } from '../../shared/element.js';
import { decimal } from '../../shared/format.js';
import { paintSquare } from '../../shared/paint.js';
import { paintRhoScale } from '../../explain/paint.js';
import { alike, bothOf, comparable } from '../select.js';
import { paintDifference } from '../paint.js';
import { t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** The right map less the left one, where a place of one is the same place of the other. */
export class Difference extends PageElement {
  #image = make('canvas', { class: 'gray', role: 'img', 'aria-label': t('sides.difference.label') });
  #map = make('canvas', { class: 'overlay', 'aria-hidden': 'true', 'data-testid': 'sides-difference' });

  #note = make('p', { class: 'quiet', 'data-testid': 'sides-most' });

  connectedCallback() {
    const bar = make('canvas');
    paintRhoScale(bar);
    this.replaceChildren(
      make('h3', {}, t('sides.difference')),
      make('div', { class: 'shown' }, this.#image, this.#map),
      make(
        'div',
        { class: 'note' },
        make(
          'div',
          { class: 'legend', 'aria-hidden': 'true' },
          make('span', {}, t('sides.difference.less')),
          bar,
          make('span', {}, t('sides.difference.more')),
        ),
        this.#note,
      ),
    );
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const both = bothOf(state);
    this.hidden = !comparable(state);
    const { preview } = state.image;
    if (this.hidden || !both || !preview) return;
    if (!changed(state, before, (s) => [s.sides.result, s.view.shown])) return;
    const { one, two, side } = alike(both.left, both.right, state.view.shown);
    paintSquare(this.#image, preview, both.left.image, both.left.image.crop, 560);
    paintDifference(this.#map, one, two, side);
    const most = one.reduce((far, value, i) => Math.max(far, Math.abs((two[i] ?? 0) - value)), 0);
    this.#note.textContent = t('sides.difference.note', { most: decimal(most) });
  }
}
