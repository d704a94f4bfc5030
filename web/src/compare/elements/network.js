import { PageElement, changed, make } from '../../shared/element.js';
import { short } from '../../shared/format.js';
import { parts, t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** Which network the methods explain, and which class. */
export class NetworkChoice extends PageElement {
  #choices = make('div', { class: 'segments' });
  #class = make('p', { class: 'quiet', 'data-testid': 'compare-class' });

  connectedCallback() {
    this.replaceChildren(make('fieldset', {}, make('legend', {}, t('compare.network')), this.#choices), this.#class);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { engine, comparison } = state;
    if (changed(state, before, (s) => [s.engine.info])) this.#build(engine.info?.peers ?? []);
    for (const input of this.#choices.querySelectorAll('input')) {
      input.checked = input.value === String(comparison.peer ?? '');
    }
    if (!changed(state, before, (s) => [s.result, s.comparison.peer, s.ask])) return;
    const change = make('a', { href: '#class' }, t('compare.change'));
    this.#class.replaceChildren(...parts('compare.class', { class: make('strong', {}, classIn(state)), change }));
  }

  /** @param {{ name: string }[]} peers */
  #build(peers) {
    const all = { value: '', name: t(peers.length === 2 ? 'compare.both' : 'compare.all') };
    const each = peers.map(({ name }, k) => ({ value: String(k), name: short(name) }));
    const labels = [all, ...each].map(({ value, name }) => {
      const peer = value === '' ? null : Number(value);
      const onchange = () => this.send({ type: 'compare-set', change: { peer } });
      const props = { type: 'radio', name: 'network', value, 'data-testid': `network-${value || 'all'}`, onchange };
      return make('label', {}, make('input', props), make('span', {}, name));
    });
    this.#choices.replaceChildren(...labels);
  }
}

/**
 * The class that the methods explain, in words: one network alone explains its own favorite unless one was chosen.
 * @param {State} state
 */
function classIn({ comparison, result, ask }) {
  const peer = comparison.peer === null ? null : result?.peers[comparison.peer];
  const own = peer?.top[0]?.label;
  if (ask.target == null && peer && own) return t('compare.own-class', { label: own, name: short(peer.name) });
  return t('compare.same-class', { label: result?.target.label ?? '' });
}
