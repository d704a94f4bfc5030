import { Part, changed, make } from '../element.js';
import { columnsOf, maskingOf, ordered, sortBy } from '../gallery-view.js';
import { saveComparison } from '../save.js';
import { MethodCard } from './card.js';
import { Ranking } from './ranking.js';

/** The methods side by side, as cards or as a table of the same figures, in the order that the person likes. */
export class GalleryView extends Part {
  /** @type {import('../element.js').State | null} */
  #state = null;
  /** The state drawn last: while nothing is shown, nothing is drawn. @type {import('../element.js').State | null} */
  #drawn = null;
  /** @type {Map<string, MethodCard>} */
  #cards = new Map();
  #list = make('ul', { class: 'cards', 'aria-label': 'Methods' });
  #ranking = new Ranking(this);
  #views = /** @type {const} */ (['cards', 'table']).map((view) =>
    make(
      'button',
      { type: 'button', 'data-testid': `view-${view}`, onclick: () => this.#set({ view }) },
      view === 'cards' ? 'Cards' : 'Table',
    ),
  );
  #sort = make('select', { id: 'sort', 'data-testid': 'sort', onchange: () => this.#sortTo(this.#sort.value) });
  #turn = make('button', {
    type: 'button',
    class: 'turn',
    'data-testid': 'sort-turn',
    onclick: () => this.#sortTo(this.#sort.value),
  });
  #masking = make('select', {
    id: 'masking',
    'data-testid': 'masking',
    onchange: () => this.#set({ masking: this.#masking.value }),
  });
  #maskField = make(
    'div',
    { class: 'field', hidden: true },
    make('label', { for: 'masking' }, 'Masking'),
    this.#masking,
  );

  connectedCallback() {
    const save = (/** @type {'json' | 'csv'} */ kind) =>
      make(
        'button',
        {
          type: 'button',
          'data-testid': `compare-${kind}`,
          onclick: () => this.#state && saveComparison(this.#state, kind),
        },
        `Save ${kind.toUpperCase()}`,
      );
    this.replaceChildren(
      make(
        'div',
        { class: 'bar' },
        make('div', { class: 'segments', role: 'group', 'aria-label': 'Show as' }, ...this.#views),
        make(
          'div',
          { class: 'field' },
          make('label', { for: 'sort' }, 'Order'),
          make('div', { class: 'pair' }, this.#sort, this.#turn),
        ),
        this.#maskField,
        make('div', { class: 'saves' }, save('json'), save('csv')),
      ),
      this.#list,
      this.#ranking.node,
    );
  }

  /** @param {import('../gallery.js').Change} change */
  #set(change) {
    this.send({ type: 'gallery-set', change });
  }

  /** @param {string} key */
  #sortTo(key) {
    const column = this.#state && columnsOf(this.#state).find((c) => c.key === key);
    this.#set({ sort: this.#state && column ? sortBy(this.#state, column) : null });
  }

  /** @param {import('../element.js').State} state */
  update(state) {
    this.#state = state;
    const before = this.#drawn;
    const { gallery, result } = state;
    const methods = ordered(state);
    const begun = Object.keys(gallery.cards).length > 0;
    this.hidden = !result || !begun;
    if (changed(state, before, (s) => s.engine.catalog)) this.#cards.clear();
    if (this.hidden) return;
    this.#drawn = state;
    if (changed(state, before, (s) => s.gallery)) this.#bar(state);
    this.#arrange(methods, state, before);
    this.#list.hidden = gallery.view !== 'cards';
    this.#ranking.node.hidden = gallery.view !== 'table';
    this.#ranking.update(state, before, methods);
  }

  /** @param {import('../element.js').State} state */
  #bar(state) {
    const { view, sort } = state.gallery;
    this.#views.forEach((button, i) => button.setAttribute('aria-pressed', String(view === (i ? 'table' : 'cards'))));
    const columns = columnsOf(state);
    const options = [['', 'Mutual first, then by cost'], ...columns.map((c) => [c.key, c.name])];
    fill(this.#sort, options, sort?.by ?? '');
    this.#turn.hidden = !sort;
    this.#turn.textContent = sort?.down ? '↓' : '↑';
    this.#turn.setAttribute('aria-label', `${sort?.down ? 'Largest' : 'Smallest'} first; turn round`);
    const masks = state.engine.catalog?.maskings ?? [];
    this.#maskField.hidden = masks.length < 2;
    fill(
      this.#masking,
      masks.map((m) => [m.id, m.name]),
      maskingOf(state) ?? '',
    );
    this.#masking.title = masks.find((m) => m.id === maskingOf(state))?.help ?? '';
  }

  /** @param {import('../gallery.js').Method[]} methods @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  #arrange(methods, state, before) {
    const cards = methods.map((method) => {
      const known = this.#cards.get(method.id);
      const card = known ?? new MethodCard(method);
      if (!known) this.#cards.set(method.id, card);
      return { card, known };
    });
    const items = cards.map(({ card }) => card.parentElement ?? make('li', {}, card));
    if (items.some((item, i) => this.#list.children[i] !== item) || items.length !== this.#list.childElementCount) {
      const focused = /** @type {HTMLElement | null} */ (
        this.#list.contains(document.activeElement) ? document.activeElement : null
      );
      this.#list.replaceChildren(...items);
      focused?.focus({ preventScroll: true });
    }
    for (const { card, known } of cards) card.update(state, known ? before : null);
    for (const id of this.#cards.keys()) if (!methods.some((m) => m.id === id)) this.#cards.delete(id);
  }
}

/** @param {HTMLSelectElement} select @param {string[][]} options @param {string} value */
function fill(select, options, value) {
  const key = options.map((o) => o.join()).join(';');
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(...options.map(([id, name]) => make('option', { value: id }, name ?? '')));
  }
  select.value = value;
}
