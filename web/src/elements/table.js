import { Part, changed, make } from '../element.js';
import { figure, short } from '../format.js';

/** Every region's figures as a real table, for screen readers and for anyone who wants numbers. */
export class RegionsTable extends Part {
  #caption = make('caption');
  #head = make('thead');
  #body = make('tbody');
  #details = make(
    'details',
    {},
    make('summary', {}, 'Every region as a table'),
    make(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of the regions' },
      make('table', { 'data-testid': 'regions-table' }, this.#caption, this.#head, this.#body),
    ),
  );

  connectedCallback() {
    this.replaceChildren(this.#details);
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    if (!changed(state, before, (s) => s.result)) return;
    const { result } = state;
    this.hidden = !result;
    if (!result) return;
    const { regions, peers, settings } = result;
    const pairs = (regions[0]?.pairs.length ?? 1) > 1 ? pairNames(peers.map((p) => short(p.name))) : [];
    const heads = [
      'Row',
      'Column',
      'Correlation',
      ...pairs,
      ...peers.map((p) => `${short(p.name)}: mean attention`),
      'Note',
    ];
    this.#caption.textContent = `${settings.grid} × ${settings.grid} regions, counted from the top left`;
    this.#head.replaceChildren(make('tr', {}, ...heads.map((h) => make('th', { scope: 'col' }, h))));
    this.#body.replaceChildren(
      ...regions.map((r) =>
        make(
          'tr',
          {},
          make('th', { scope: 'row' }, String(r.row + 1)),
          ...[
            String(r.column + 1),
            figure(r.rho),
            ...(pairs.length ? r.pairs.map(figure) : []),
            ...Array.from(r.attention, figure),
            r.constant ? 'constant' : '',
          ].map((text) => make('td', {}, text)),
        ),
      ),
    );
  }
}

/** @param {string[]} names */
const pairNames = (names) => names.flatMap((a, i) => names.slice(i + 1).map((b) => `${a} and ${b}`));
