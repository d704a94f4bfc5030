import { PageElement, changed, make } from '../../shared/element.js';
import { t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** The quiet line that offers the tour on the first visit. */
export class TourOffer extends PageElement {
  connectedCallback() {
    const take = make(
      'button',
      { type: 'button', 'data-testid': 'tour-take', onclick: () => this.send({ type: 'tour-started' }) },
      t('tour.take'),
    );
    const decline = make(
      'button',
      { type: 'button', 'data-testid': 'tour-decline', onclick: () => this.send({ type: 'tour-ended' }) },
      t('tour.decline'),
    );
    this.replaceChildren(make('p', {}, t('tour.offer'), ' ', take, ' ', decline));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.tour, s.image])) return;
    const { tour, image } = state;
    this.hidden = !tour.offered || Boolean(image.chosen ?? image.next);
  }
}
