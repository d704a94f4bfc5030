import { PageElement, setText } from '../../shared/element.js';

/** @import { State } from '../../app/state.js' */

const YOURS = 'They are yours: how they were trained is not known here.';

/** Which networks these are, and what to know of them before reading their agreement. */
export class PairNote extends PageElement {
  /** @param {State} state */
  update({ engine: { info, note }, choice: { open } }) {
    this.hidden = !info;
    const about = open?.kind === 'own' || open?.kind === 'kept' ? YOURS : note;
    if (info) setText(this, `Networks: ${info.name}. ${about}`.trim());
  }
}
