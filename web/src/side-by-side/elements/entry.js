import { PageElement, make } from '../../shared/element.js';
import { t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** Opens and closes the two sides. */
export class Entry extends PageElement {
  #open = false;
  #button = make(
    'button',
    {
      type: 'button',
      class: 'ask',
      'data-testid': 'compare-with',
      'aria-expanded': false,
      onclick: () => this.send({ type: 'sides-open', open: !this.#open }),
    },
    t('sides.open'),
  );

  connectedCallback() {
    this.replaceChildren(this.#button);
  }

  /** @param {State} state */
  update({ result, sides }) {
    this.hidden = !result;
    this.#open = sides.open;
    this.#button.setAttribute('aria-expanded', String(sides.open));
  }
}
