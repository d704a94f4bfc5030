import { changed, make } from '../shared/element.js';
import { amount } from '../shared/format.js';
import { Buttons } from './buttons.js';
import { columnsOf, headOf, hintOf, sortBy } from './columns.js';
import { settingsOf } from './select.js';
import { cardOf, KINDS } from './work.js';
import { t } from '../words/index.js';

/**
 * @import { State } from '../app/state.js'
 * @import { PageElement } from '../shared/element.js'
 * @import { Column } from './columns.js'
 * @import { Card } from './work.js'
 * @import { Method } from 'peerlight'
 */

/** The columns beside the scores. */
const OTHERS = /** @type {const} */ (['table.depends', 'table.note', 'table.actions']);
/** What a note says of work that is not finished. */
const PHASES = /** @type {const} */ (['running', 'waiting', 'stopped']);

/** The same methods and scores as on the cards, as a table that is sorted by its headings. */
export class MethodsTable {
  #head = make('tr');
  #body = make('tbody');
  node;
  #owner;
  /** @type {Map<string, Buttons>} */
  #buttons = new Map();

  /** @param {PageElement} owner who sends */
  constructor(owner) {
    this.#owner = owner;
    const caption = make('caption', {}, t('table.caption'));
    const table = make('table', { class: 'ranking', 'data-testid': 'ranking' }, caption);
    table.append(make('thead', {}, this.#head), this.#body);
    const props = { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('table.label'), hidden: true };
    this.node = make('div', props, table);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   * @param {Method[]} methods
   */
  update(state, before, methods) {
    if (this.node.hidden || !changed(state, before, (s) => [s.comparison, s.engine.catalog])) return;
    const columns = columnsOf(state);
    this.#heads(state, columns);
    const focused = document.activeElement;
    this.#body.replaceChildren(...methods.map((method) => this.#row(state, method, columns)));
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true });
  }

  /**
   * @param {State} state
   * @param {Column[]} columns
   */
  #heads(state, columns) {
    const held = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.testid;
    const others = OTHERS.map((key) => make('th', { scope: 'col' }, t(key)));
    const heads = columns.map((column) => this.#sorter(state, column));
    this.#head.replaceChildren(make('th', { scope: 'col' }, t('table.method')), ...heads, ...others);
    const button = held && this.#head.querySelector(`[data-testid="${held}"]`);
    if (button instanceof HTMLElement) button.focus({ preventScroll: true });
  }

  /**
   * @param {State} state
   * @param {Column} column
   */
  #sorter(state, column) {
    const { sort } = state.comparison;
    const direction = sort?.down ? 'descending' : 'ascending';
    const onclick = () => this.#owner.send({ type: 'compare-set', change: { sort: sortBy(state, column) } });
    const props = { type: 'button', 'data-testid': `head-${column.key}`, title: hintOf(column), onclick };
    return make(
      'th',
      { scope: 'col', 'aria-sort': sort?.by === column.key ? direction : undefined },
      make('button', props, headOf(column)),
    );
  }

  /**
   * @param {State} state
   * @param {Method} method
   * @param {Column[]} columns
   */
  #row(state, method, columns) {
    const { id, name } = method;
    const card = cardOf(state.comparison, id);
    const buttons = this.#buttons.get(id) ?? new Buttons(this.#owner, method);
    this.#buttons.set(id, buttons);
    buttons.update(state);
    const chosen = Object.entries(settingsOf(state, method)).map(([id, value]) => `${id} ${value}`);
    const head = make('th', { scope: 'row' }, name);
    if (chosen.length) head.append(make('small', {}, ` ${chosen.join(', ')}`));
    return make(
      'tr',
      { 'data-testid': `row-${id}` },
      head,
      ...columns.map((c) => make('td', { 'data-figure': c.key }, amount(c.value(card), c.unit))),
      make('td', {}, dependence(card)),
      make('td', { class: 'note' }, noteOn(card)),
      make('td', {}, buttons.node),
    );
  }
}

/** @param {Card} card */
function dependence({ sanity: { value } }) {
  if (!value) return '–';
  return t(value.unchanged ? 'table.no' : 'table.yes');
}

/** @param {Card} card */
function noteOn(card) {
  const works = KINDS.map((kind) => card[kind]);
  const error = works.find((work) => work.error)?.error;
  if (error) return error.message;
  const phase = PHASES.find((p) => works.some((work) => work.phase === p));
  if (phase) return t(`table.${phase}`);
  return card.map.value?.blank ? t('table.blank') : '';
}
