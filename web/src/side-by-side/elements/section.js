import { PageElement } from '../../shared/element.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Panel } from '../panel.js'
 */

/** The place of the two sides. What is in it is loaded when it is opened first, and gone when it is closed. */
export class SideBySide extends PageElement {
  /** @type {Panel | null} */
  #panel = null;
  /** @type {State | null} */
  #state = null;

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    this.#state = state;
    const shown = state.sides.open && Boolean(state.result);
    if (this.hasAttribute('hidden') !== shown) return this.#panel?.update(state, before);
    this.hidden = !shown;
    if (shown) this.#fill(before?.sides.open === false);
    else this.#empty();
  }

  /** @param {boolean} fresh whether the person has just opened it */
  async #fill(fresh) {
    const { Panel } = await import('../panel.js');
    if (this.hidden || this.#panel || !this.#state) return;
    this.#panel = new Panel();
    this.replaceChildren(this.#panel);
    this.#panel.update(this.#state, null);
    if (fresh) this.#panel.arrive(!this.#state.sides.other);
  }

  #empty() {
    const held = this.contains(document.activeElement);
    this.#panel = null;
    this.replaceChildren();
    // The keyboard goes on from where the sides were opened.
    if (held) /** @type {HTMLElement | null} */ (document.querySelector('peer-with button'))?.focus();
  }
}
