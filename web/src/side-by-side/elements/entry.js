import { PageElement, make } from '../../shared/element.js';
import { ENTRY } from '../words.js';

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
    ENTRY,
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
