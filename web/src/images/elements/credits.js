import { PageElement, changed, make } from '../../shared/element.js';
import { heard, t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** Who made the samples, under which license, and what was changed. */
export class Credits extends PageElement {
  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.samples])) return;
    const { samples } = state;
    this.hidden = !samples.length;
    const items = samples.map(({ name, credit, license, changes }) => {
      const made = make('span', { lang: 'en' }, credit);
      const more = [license, changes].filter((said) => said !== undefined).map((said) => `; ${heard(said)}`);
      return make('li', {}, make('strong', {}, heard(name)), ': ', made, ...more, '.');
    });
    this.replaceChildren(make('details', {}, make('summary', {}, t('credits')), make('ul', {}, ...items)));
  }
}
