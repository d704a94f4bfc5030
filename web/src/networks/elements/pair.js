import { PageElement, setText } from '../../shared/element.js';
import { heard, t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** The classes of ImageNet, by some that no other list has. */
const isImageNet = (/** @type {string[]} */ classes) =>
  classes.length === 1000 && ['tench', 'goldfish', 'espresso'].every((label) => classes.includes(label));

/**
 * What the networks can know, before someone asks them about anything else.
 * @param {string[]} classes
 */
function knowing(classes) {
  if (isImageNet(classes)) return t('networks.know-imagenet');
  const some = classes.slice(0, 3).join(', ');
  return t(classes.length > 3 ? 'networks.know-many' : 'networks.know', { count: classes.length, some });
}

/** Which networks these are, and what to know of them before reading their agreement. */
export class PairNote extends PageElement {
  /** @param {State} state */
  update({ engine: { info, note }, choice: { open } }) {
    this.hidden = !info;
    const about = open?.kind === 'own' || open?.kind === 'kept' ? t('networks.yours') : heard(note);
    const known = info && this.classList.contains('first') ? knowing(info.classes) : '';
    const all = [known, about].filter(Boolean).join(' ');
    if (info) setText(this, t('networks.are', { name: heard(info.name), note: all }).trim());
  }
}
