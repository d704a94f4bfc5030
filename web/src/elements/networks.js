import { Part, changed, make } from '../element.js';
import { short } from '../format.js';

/** Which network the methods explain, and which class. */
export class Networks extends Part {
  #choices = make('div', { class: 'segments' });
  #class = make('p', { class: 'quiet', 'data-testid': 'compare-class' });

  connectedCallback() {
    this.replaceChildren(make('fieldset', {}, make('legend', {}, 'Network'), this.#choices), this.#class);
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    const { engine, gallery, result } = state;
    if (changed(state, before, (s) => s.engine.info)) this.#build(engine.info?.peers ?? []);
    for (const input of this.#choices.querySelectorAll('input'))
      input.checked = input.value === String(gallery.peer ?? '');
    if (
      !changed(
        state,
        before,
        (s) => s.result,
        (s) => s.gallery.peer,
        (s) => s.ask,
      )
    )
      return;
    const peer = gallery.peer === null ? null : result?.peers[gallery.peer];
    const own = peer?.top[0]?.label;
    const label =
      state.ask.target == null && own
        ? `${own}, which ${short(peer.name)} thinks likeliest`
        : `${result?.target.label}, as above`;
    this.#class.replaceChildren('Class: ', make('strong', {}, label), '. ', make('a', { href: '#class' }, 'Change'));
  }

  /** @param {{ name: string }[]} peers */
  #build(peers) {
    const all = { value: '', name: peers.length === 2 ? 'Both' : 'All' };
    const each = [all, ...peers.map(({ name }, k) => ({ value: String(k), name: short(name) }))];
    this.#choices.replaceChildren(
      ...each.map(({ value, name }) => {
        const choose = () => this.send({ type: 'gallery-set', change: { peer: value === '' ? null : Number(value) } });
        return make(
          'label',
          {},
          make('input', {
            type: 'radio',
            name: 'network',
            value,
            'data-testid': `network-${value || 'all'}`,
            onchange: choose,
          }),
          make('span', {}, name),
        );
      }),
    );
  }
}
