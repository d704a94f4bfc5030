import { PageElement, make } from '../../shared/element.js';
import { count, decimal, percent, short } from '../../shared/format.js';
import { ROWS, groupOf, listed, rowsOf } from '../select.js';
import { Thumbnails } from './thumbnails.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Row } from '../select.js'
 * @import { SortKey } from '../state.js'
 */

/** While the queue runs, the table is drawn at most this often. */
const PAUSE_MS = 1000;

/** The table of the images, a page at a time: sorted, filtered, grouped. A click shows an image below. */
export class ImageTable extends PageElement {
  #thumbnails = new Thumbnails();
  #head = make('thead');
  #body = make('tbody', { 'data-testid': 'many-rows' });
  #where = make('span', { class: 'quiet', 'data-testid': 'many-where' });
  #back = make('button', { type: 'button', 'data-testid': 'many-back', onclick: () => this.#turn(-1) }, t('many.back'));
  #next = make('button', { type: 'button', 'data-testid': 'many-next', onclick: () => this.#turn(1) }, t('many.next'));
  #pages = make('div', { class: 'pages' }, this.#back, this.#where, this.#next);
  /** @type {State | null} */
  #state = null;
  #drawnAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;

  connectedCallback() {
    const table = make('table', {}, make('caption', {}, t('many.caption')));
    table.append(this.#head, this.#body);
    const props = { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('many.table') };
    this.replaceChildren(make('div', props, table), this.#pages);
  }

  /** @param {State} state */
  update(state) {
    const before = this.#state;
    this.#state = state;
    if (before?.many === state.many && before.engine.info === state.engine.info && same(before, state)) return;
    const eager = before?.many.view !== state.many.view || state.many.phase !== 'running' || !same(before, state);
    const wait = this.#drawnAt + PAUSE_MS - performance.now();
    clearTimeout(this.#later);
    if (eager || wait <= 0) this.#draw();
    else this.#later = setTimeout(() => this.#draw(), wait);
  }

  #draw() {
    const state = /** @type {State} */ (this.#state);
    this.#drawnAt = performance.now();
    const { view } = state.many;
    const all = rowsOf(state);
    const rows = listed(all, view);
    const last = Math.max(0, Math.ceil(rows.length / ROWS) - 1);
    const page = Math.min(view.page, last);
    const shown = rows.slice(page * ROWS, (page + 1) * ROWS);
    const labeled = all.some(({ label }) => label !== null);
    const names = all.find(({ item }) => item.outcome)?.item.outcome?.peers.map(({ name }) => short(name)) ?? [];
    const held = this.#held();
    this.#head.replaceChildren(this.#heading(names, labeled, view));
    const width = 3 + names.length + (labeled ? 1 : 0);
    this.#body.replaceChildren(
      ...shown.flatMap((row, i) => {
        const group = groupOf(row);
        const opens = view.grouped && (i === 0 || group !== groupOf(/** @type {Row} */ (shown[i - 1])));
        const heads = opens ? [groupRow(group, rows, width)] : [];
        return [...heads, this.#row(row, state, names.length, labeled)];
      }),
    );
    this.#thumbnails.keep(shown.map(({ item }) => item));
    const to = Math.min(rows.length, (page + 1) * ROWS);
    this.#where.textContent = rows.length
      ? t('many.where', { from: page * ROWS + 1, to, n: rows.length })
      : t('many.none');
    this.#back.disabled = page === 0;
    this.#next.disabled = page === last;
    this.#back.hidden = this.#next.hidden = last === 0;
    if (!held) return;
    const again = /** @type {HTMLElement | null} */ (this.querySelector(`[data-testid="${held}"]`));
    again?.focus();
  }

  /** What holds the keyboard's focus, to be given it again. */
  #held() {
    const { activeElement } = document;
    const inside = activeElement instanceof HTMLElement && this.contains(activeElement);
    return inside ? (activeElement.dataset.testid ?? '') : '';
  }

  /**
   * @param {string[]} names
   * @param {boolean} labeled
   * @param {State['many']['view']} view
   */
  #heading(names, labeled, { sort, down }) {
    /** @type {[SortKey | null, string][]} */
    const columns = [
      ['path', t('many.image')],
      ...names.map((name, k) => /** @type {[SortKey, string]} */ ([`peer-${k}`, name])),
      ['agreement', t('many.agreement')],
      ['difference', t('many.difference')],
    ];
    if (labeled) columns.splice(1, 0, [null, t('many.label')]);
    return make(
      'tr',
      {},
      ...columns.map(([key, name]) => {
        if (!key) return make('th', { scope: 'col' }, name);
        const onclick = () =>
          this.send({ type: 'many-view', view: { sort: key, down: sort === key ? !down : key === 'difference' } });
        const aria = sort !== key ? 'none' : down ? 'descending' : 'ascending';
        const sign = sort !== key ? '' : down ? ' ↓' : ' ↑';
        const button = make('button', { type: 'button', 'data-testid': `many-sort-${key}`, onclick }, `${name}${sign}`);
        return make('th', { scope: 'col', 'aria-sort': aria }, button);
      }),
    );
  }

  /**
   * @param {Row} row
   * @param {State} state
   * @param {number} peers
   * @param {boolean} labeled
   */
  #row({ item, label, differ, right }, state, peers, labeled) {
    const { id, path, outcome, phase, error } = item;
    const shown = state.image.chosen?.source === item.file;
    const open = make(
      'button',
      { type: 'button', 'aria-pressed': shown, 'data-testid': `many-open-${id}`, onclick: () => this.#open(item) },
      this.#thumbnails.of(item),
      make('span', {}, path),
    );
    const cells = [make('th', { scope: 'row' }, open)];
    const cell = (/** @type {(Node | string)[]} */ ...content) => cells.push(make('td', {}, ...content));
    if (labeled) cell(label === null ? '–' : (state.engine.info?.classes[label] ?? ''));
    if (!outcome) {
      const word =
        phase === 'failed' ? (error?.message ?? '') : t(phase === 'running' ? 'many.explaining' : 'many.waiting');
      cells.push(make('td', { colspan: peers + 2, class: phase }, word));
    } else {
      outcome.peers.forEach(({ top: [first] }, k) => {
        const mark = label === null ? '' : right[k] ? ' ✓' : ' ✗';
        cell(`${first?.label}${mark} `, make('small', {}, percent(first?.probability ?? 0)));
      });
      const { agreement } = outcome;
      cell(agreement === null ? '–' : decimal(agreement));
      cell(agreement === null ? '–' : t(differ ? 'many.differ' : 'many.same'));
    }
    return make('tr', { 'data-phase': phase, 'data-path': path }, ...cells);
  }

  /** @param {Row['item']} item */
  #open({ file, path }) {
    this.send({ type: 'image-picked', source: file, name: path.split('/').at(-1) ?? path });
    document.querySelector('.desk')?.scrollIntoView({ block: 'start' });
  }

  /** @param {number} by */
  #turn(by) {
    const page = (this.#state?.many.view.page ?? 0) + by;
    this.send({ type: 'many-view', view: { page } });
  }
}

/**
 * Whether the same image is shown.
 * @param {State | null} before
 * @param {State} state
 */
const same = (before, state) => before?.image.chosen === state.image.chosen;

/**
 * @param {string} group
 * @param {Row[]} rows
 * @param {number} width
 */
function groupRow(group, rows, width) {
  const own = rows.filter((row) => groupOf(row) === group);
  const sum = own.reduce((total, { item }) => total + (item.outcome?.agreement ?? 0), 0);
  const told = { group, images: count(own.length, 'image'), mean: decimal(sum / own.length) };
  const agreeing = typeof own[0]?.item.outcome?.agreement === 'number';
  const text = t(agreeing ? 'many.group-mean' : 'many.group', told);
  return make('tr', { class: 'group' }, make('th', { colspan: width, scope: 'colgroup' }, text));
}
