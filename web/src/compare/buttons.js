import { make } from '../shared/element.js';
import { offersOf } from './offers.js';
import { t } from '../words/index.js';

/**
 * @import { State } from '../app/state.js'
 * @import { PageElement } from '../shared/element.js'
 * @import { Offer } from './offers.js'
 * @import { Method } from 'peerlight'
 */

/** The buttons of one method: run it, stop it, check it. */
export class Buttons {
  node = make('div', { class: 'acts' });
  #owner;
  #method;
  #shown = '';

  /**
   * @param {PageElement} owner who sends
   * @param {Method} method
   */
  constructor(owner, method) {
    this.#owner = owner;
    this.#method = method;
  }

  /** @param {State} state */
  update(state) {
    const offers = offersOf(state, this.#method);
    const shown = offers.map((offer) => offer.text).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = this.node.contains(document.activeElement);
    this.node.replaceChildren(...offers.map((offer) => this.#button(offer)));
    if (focused) this.#handOn();
  }

  /** @param {Offer} offer */
  #button({ id, text, action }) {
    const { id: method, name } = this.#method;
    const props = {
      type: 'button',
      'data-testid': `${id}-${method}`,
      'aria-label': t('offer.label', { name, offer: text }),
    };
    return make('button', { ...props, onclick: () => this.#owner.send(action) }, text);
  }

  /** A button that gives way to another hands on the keyboard's focus. */
  #handOn() {
    const near = this.node.closest('article, tr')?.querySelector('summary, button');
    const next = /** @type {HTMLElement | null | undefined} */ (this.node.firstElementChild ?? near);
    next?.focus();
  }
}
