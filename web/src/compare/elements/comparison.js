import { PageElement, changed, make } from '../../shared/element.js';
import { columnsOf, headOf, ordered, sortBy } from '../columns.js';
import { saveComparison } from '../export.js';
import { maskingOf } from '../select.js';
import { MethodsTable } from '../table.js';
import { MethodCard } from './card.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Choices } from '../state.js'
 * @import { Method } from 'peerlight'
 */

/** The ways to show the methods. */
const VIEWS = /** @type {const} */ (['cards', 'table']);

/** The methods side by side, as cards or as a table of the same scores, in the order that the person likes. */
export class ComparisonView extends PageElement {
  /** @type {State | null} */
  #state = null;
  /** The state drawn last: while nothing is shown, nothing is drawn. @type {State | null} */
  #drawn = null;
  /** @type {Map<string, MethodCard>} */
  #cards = new Map();
  #list = make('ul', { class: 'cards', 'aria-label': t('compare.methods') });
  #table = new MethodsTable(this);
  #views = VIEWS.map((view) =>
    make(
      'button',
      { type: 'button', 'data-testid': `view-${view}`, onclick: () => this.#set({ view }) },
      t(`comparison.${view}`),
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
  #maskField = field('masking', t('comparison.masking'), this.#masking);

  connectedCallback() {
    const order = field('sort', t('comparison.order'), make('div', { class: 'pair' }, this.#sort, this.#turn));
    const bar = make(
      'div',
      { class: 'toolbar' },
      make('div', { class: 'segments', role: 'group', 'aria-label': t('comparison.as') }, ...this.#views),
      order,
      this.#maskField,
      make('div', { class: 'saves' }, this.#save('json'), this.#save('csv')),
    );
    this.replaceChildren(bar, this.#list, this.#table.node);
  }

  /** @param {'json' | 'csv'} kind */
  #save(kind) {
    const onclick = () => this.#state && saveComparison(this.#state, kind);
    const props = { type: 'button', 'data-testid': `compare-${kind}`, onclick };
    return make('button', props, t(`comparison.${kind}`));
  }

  /** @param {Partial<Choices>} change */
  #set(change) {
    this.send({ type: 'compare-set', change });
  }

  /** @param {string} key */
  #sortTo(key) {
    const column = this.#state && columnsOf(this.#state).find((c) => c.key === key);
    this.#set({ sort: this.#state && column ? sortBy(this.#state, column) : null });
  }

  /** @param {State} state */
  update(state) {
    this.#state = state;
    const before = this.#drawn;
    const { comparison, result } = state;
    this.hidden = !result || !Object.keys(comparison.cards).length;
    if (changed(state, before, (s) => [s.engine.catalog])) this.#cards.clear();
    if (this.hidden) return;
    this.#drawn = state;
    const methods = ordered(state);
    if (changed(state, before, (s) => [s.comparison])) this.#bar(state);
    this.#arrange(methods, state, before);
    this.#list.hidden = comparison.view !== 'cards';
    this.#table.node.hidden = comparison.view !== 'table';
    this.#table.update(state, before, methods);
  }

  /** @param {State} state */
  #bar(state) {
    const { view, sort } = state.comparison;
    this.#views.forEach((button, i) => button.setAttribute('aria-pressed', String(VIEWS[i] === view)));
    const orders = columnsOf(state).map((column) => ({ id: column.key, name: headOf(column) }));
    fill(this.#sort, [{ id: '', name: t('comparison.usual') }, ...orders], sort?.by ?? '');
    this.#turn.hidden = !sort;
    this.#turn.textContent = sort?.down ? '▼' : '▲';
    this.#turn.setAttribute('aria-label', t(sort?.down ? 'comparison.largest' : 'comparison.smallest'));
    const maskings = state.engine.catalog?.maskings ?? [];
    const masking = maskingOf(state);
    this.#maskField.hidden = maskings.length < 2;
    fill(this.#masking, maskings, masking ?? '');
    this.#masking.title = maskings.find(({ id }) => id === masking)?.help ?? '';
  }

  /**
   * Puts the cards into their order, and draws them.
   * @param {Method[]} methods
   * @param {State} state
   * @param {State | null} before
   */
  #arrange(methods, state, before) {
    const cards = methods.map((method) => {
      const known = this.#cards.get(method.id);
      const card = known ?? new MethodCard(method);
      this.#cards.set(method.id, card);
      return { card, known };
    });
    const items = cards.map(({ card }) => card.parentElement ?? make('li', {}, card));
    const moved =
      items.length !== this.#list.childElementCount || items.some((item, i) => this.#list.children[i] !== item);
    if (moved) {
      const focused = document.activeElement;
      this.#list.replaceChildren(...items);
      if (focused instanceof HTMLElement && this.#list.contains(focused)) focused.focus({ preventScroll: true });
    }
    for (const { card, known } of cards) card.update(state, known ? before : null);
    for (const id of this.#cards.keys()) if (!methods.some((method) => method.id === id)) this.#cards.delete(id);
  }
}

/**
 * @param {string} id
 * @param {string} name
 * @param {HTMLElement} control
 */
const field = (id, name, control) => make('div', { class: 'field' }, make('label', { for: id }, name), control);

/**
 * Fills a menu, unless it is filled so already: an open one would close.
 * @param {HTMLSelectElement} select
 * @param {{ id: string, name: string }[]} options
 * @param {string} value
 */
function fill(select, options, value) {
  const key = options.map(({ id, name }) => `${id},${name}`).join(';');
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(...options.map(({ id, name }) => make('option', { value: id }, name)));
  }
  select.value = value;
}
