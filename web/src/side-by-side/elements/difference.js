import { PageElement, changed, make } from '../../shared/element.js';
import { paintSquare } from '../../shared/paint.js';
import { paintRhoScale } from '../../explain/paint.js';
import { alike, bothOf, comparable } from '../select.js';
import { paintDifference } from '../paint.js';
import { DIFFERENCE, DIFFERENCE_LABEL, ENDS, differenceNote } from '../words.js';

/** @import { State } from '../../app/state.js' */

/** The right map less the left one, where a place of one is the same place of the other. */
export class Difference extends PageElement {
  #image = make('canvas', { class: 'gray', role: 'img', 'aria-label': DIFFERENCE_LABEL });
  #map = make('canvas', { class: 'overlay', 'aria-hidden': 'true', 'data-testid': 'sides-difference' });

  #note = make('p', { class: 'quiet', 'data-testid': 'sides-most' });

  connectedCallback() {
    const bar = make('canvas');
    paintRhoScale(bar);
    const [less, more] = ENDS.map((end) => make('span', {}, end));
    this.replaceChildren(
      make('h3', {}, DIFFERENCE),
      make('div', { class: 'shown' }, this.#image, this.#map),
      make(
        'div',
        { class: 'note' },
        make('div', { class: 'legend', 'aria-hidden': 'true' }, less ?? '', bar, more ?? ''),
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
    this.#note.textContent = differenceNote(most);
  }
}
