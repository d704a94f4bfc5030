import { PageElement, changed, headRow, make, tableRow } from '../../shared/element.js';
import { decimal } from '../../shared/format.js';
import { bothOf } from '../select.js';
import { t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** The regions of both sides as a table; attention is the mean over the networks. */
export class RegionsBeside extends PageElement {
  #body = make('tbody');

  connectedCallback() {
    const heads = [
      t('regions.row'),
      t('regions.column'),
      t('sides.correlation-left'),
      t('sides.correlation-right'),
      t('sides.attention-left'),
      t('sides.attention-right'),
    ];
    const table = make(
      'table',
      {},
      make('caption', {}, t('sides.table')),
      make('thead', {}, headRow(heads)),
      this.#body,
    );
    const props = { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('sides.table') };
    this.replaceChildren(make('details', {}, make('summary', {}, t('sides.table')), make('div', props, table)));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const both = bothOf(state);
    const fits = both && both.left.grid === both.right.grid && both.left.regions.length && both.right.regions.length;
    this.hidden = !fits;
    if (!both || !fits || !changed(state, before, (s) => [s.sides.result])) return;
    this.#body.replaceChildren(
      ...both.left.regions.map((left, i) => {
        const regions = [left, both.right.regions[i]];
        const rho = regions.map((region) => decimal(region?.rho ?? 0));
        const attention = regions.map((region) => decimal(mean(region?.attention ?? [])));
        return tableRow({ head: String(left.row + 1), cells: [String(left.column + 1), ...rho, ...attention] });
      }),
    );
  }
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
