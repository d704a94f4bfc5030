import { PageElement, setText } from '../../shared/element.js';

/** @import { State } from '../../app/state.js' */

/** The classes of ImageNet, by some that no other list has. */
const isImageNet = (/** @type {string[]} */ classes) =>
  classes.length === 1000 && ['tench', 'Egyptian cat', 'espresso'].every((label) => classes.includes(label));

/**
 * What the networks can know, before someone asks them about anything else.
 * @param {string[]} classes
 */
function knowing(classes) {
  if (isImageNet(classes)) return 'They know 1,000 things, among them 118 breeds of dog, but no people.';
  const some = classes.slice(0, 3).join(', ');
  return classes.length > 3 ? `They know ${classes.length} classes: ${some} and others.` : `They know ${some}.`;
}

const YOURS = 'They are yours: how they were trained is not known here.';

/** Which networks these are, and what to know of them before reading their agreement. */
export class PairNote extends PageElement {
  /** @param {State} state */
  update({ engine: { info, note }, choice: { open } }) {
    this.hidden = !info;
    const about = open?.kind === 'own' || open?.kind === 'kept' ? YOURS : note;
    const known = info && this.classList.contains('first') ? knowing(info.classes) : '';
    if (info) setText(this, [`Networks: ${info.name}.`, known, about].filter(Boolean).join(' '));
  }
}
