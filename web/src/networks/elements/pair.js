import { PageElement, setText } from '../../shared/element.js';

/** @import { State } from '../../app/state.js' */

/** Which networks these are, and what to know of them before reading their agreement. */
export class PairNote extends PageElement {
  /** @param {State} state */
  update({ engine: { info, note } }) {
    this.hidden = !info;
    if (info) setText(this, `Networks: ${info.name}. ${note}`.trim());
  }
}
