import { changed, make } from '../element.js';
import { amount } from '../format.js';
import { KINDS, cardOf } from '../gallery.js';
import { actsOf, columnsOf, settingsOf, sortBy } from '../gallery-view.js';
import { Actions } from './actions.js';

/** The same methods and figures as the cards, as a table whose heads sort it. */
export class Ranking {
  #head = make('tr');
  #body = make('tbody');
  #caption = make('caption');
  node = make(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of the methods', hidden: true },
    make(
      'table',
      { class: 'ranking', 'data-testid': 'ranking' },
      this.#caption,
      make('thead', {}, this.#head),
      this.#body,
    ),
  );
  #part;
  /** @type {Map<string, Actions>} */
  #acts = new Map();

  /** @param {import('../element.js').Part} part who sends */
  constructor(part) {
    this.#part = part;
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before @param {import('../gallery.js').Method[]} methods */
  update(state, before, methods) {
    if (
      this.node.hidden ||
      !changed(
        state,
        before,
        (s) => s.gallery,
        (s) => s.engine.catalog,
      )
    )
      return;
    const columns = columnsOf(state);
    this.#caption.textContent = 'Methods and their figures. The heads sort.';
    this.#heads(state, columns);
    const focused = document.activeElement;
    this.#body.replaceChildren(...methods.map((method) => this.#row(state, method, columns)));
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true });
  }

  /** @param {import('../element.js').State} state @param {import('../gallery-view.js').Column[]} columns */
  #heads(state, columns) {
    const { sort } = state.gallery;
    const held = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.testid;
    this.#head.replaceChildren(
      make('th', { scope: 'col' }, 'Method'),
      ...columns.map((column) => {
        const now = sort?.by === column.key ? (sort.down ? 'descending' : 'ascending') : undefined;
        const press = () => this.#part.send({ type: 'gallery-set', change: { sort: sortBy(state, column) } });
        return make(
          'th',
          { scope: 'col', 'aria-sort': now },
          make(
            'button',
            {
              type: 'button',
              'data-testid': `head-${column.key}`,
              title: `${column.help} ${column.better === 'higher' ? 'Higher' : 'Lower'} is better.`,
              onclick: press,
            },
            column.name,
          ),
        );
      }),
      ...['Depends on the network', 'Note', 'Actions'].map((text) => make('th', { scope: 'col' }, text)),
    );
    if (held)
      /** @type {HTMLElement | null} */ (this.#head.querySelector(`[data-testid="${held}"]`))?.focus({
        preventScroll: true,
      });
  }

  /** @param {import('../element.js').State} state @param {import('../gallery.js').Method} method @param {import('../gallery-view.js').Column[]} columns */
  #row(state, method, columns) {
    const card = cardOf(state.gallery, method.id);
    const acts = this.#acts.get(method.id) ?? new Actions(this.#part, method);
    this.#acts.set(method.id, acts);
    acts.update(actsOf(state, method));
    const sanity = card.sanity.value;
    const chosen = Object.entries(settingsOf(state, method)).map(([id, value]) => `${id} ${value}`);
    return make(
      'tr',
      { 'data-testid': `row-${method.id}` },
      make('th', { scope: 'row' }, method.name, ...(chosen.length ? [make('small', {}, ` ${chosen.join(', ')}`)] : [])),
      ...columns.map((c) => make('td', { 'data-figure': c.key }, amount(c.value(card), c.unit))),
      make('td', {}, sanity ? (sanity.unchanged ? 'no' : 'yes') : '–'),
      make('td', { class: 'note' }, noteOf(card)),
      make('td', {}, acts.node),
    );
  }
}

/** @param {import('../gallery.js').Card} card */
function noteOf(card) {
  const works = KINDS.map((kind) => card[kind]);
  const error = works.find((w) => w.error)?.error;
  if (error) return error.message;
  const phase = ['running', 'waiting', 'stopped'].find((p) => works.some((w) => w.phase === p));
  return phase ?? (card.map.value?.blank ? 'blank' : '');
}
