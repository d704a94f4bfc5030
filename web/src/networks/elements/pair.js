import { PageElement, setText } from '../../shared/element.js';
import { heard, t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** Which networks these are, and what to know of them before reading their agreement. */
export class PairNote extends PageElement {
  /** @param {State} state */
  update({ engine: { info, note }, choice: { open } }) {
    this.hidden = !info;
    const about = open?.kind === 'own' || open?.kind === 'kept' ? t('networks.yours') : heard(note);
    if (info) setText(this, t('networks.are', { name: heard(info.name), note: about }).trim());
  }
}
