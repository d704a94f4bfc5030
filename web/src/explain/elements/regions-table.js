import { PageElement, changed, headRow, make, tableRow } from '../../shared/element.js';
import { decimal, short } from '../../shared/format.js';
import { t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** Every region's numbers as a real table, for screen readers and for anyone who wants numbers. */
export class RegionsTable extends PageElement {
  #caption = make('caption');
  #head = make('thead');
  #body = make('tbody');

  connectedCallback() {
    const table = make('table', { 'data-testid': 'regions-table' }, this.#caption, this.#head, this.#body);
    const props = { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('regions.table') };
    const summary = make('summary', {}, t('regions.open'));
    this.replaceChildren(make('details', {}, summary, make('div', props, table)));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.result, s.whatIf.effects.result])) return;
    const { result } = state;
    const effects = state.whatIf.effects.result?.peers ?? [];
    this.hidden = !result?.regions.length;
    if (!result) return;
    const { regions, peers, grid } = result;
    const names = peers.map((p) => short(p.name));
    const pairs = names.length > 2 ? pairsOf(names) : []; // Of two networks, the one pair is the correlation itself.
    this.#caption.textContent = t('regions.caption', { grid });
    const attention = names.map((name) => t('regions.attention', { name }));
    const drops = effects.map(({ name }) => t('regions.effect', { name: short(name) }));
    const first = [t('regions.row'), t('regions.column'), t('regions.correlation')];
    this.#head.replaceChildren(headRow([...first, ...pairs, ...attention, ...drops, t('regions.note')]));
    this.#body.replaceChildren(
      ...regions.map((region, i) => {
        const drops = effects.map((peer) => peer.effects?.log_odds[i] ?? 0);
        const numbers = [region.rho, ...(pairs.length ? region.pairs : []), ...region.attention, ...drops].map(decimal);
        const note = region.constant ? t('regions.flat') : '';
        return tableRow({ head: String(region.row + 1), cells: [String(region.column + 1), ...numbers, note] });
      }),
    );
  }
}

/** @param {string[]} names */
const pairsOf = (names) => names.flatMap((a, i) => names.slice(i + 1).map((b) => t('regions.pair', { a, b })));
