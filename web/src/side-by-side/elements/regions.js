import { PageElement, changed, headRow, make, tableRow } from '../../shared/element.js';
import { decimal } from '../../shared/format.js';
import { bothOf } from '../select.js';
import { TABLE, TABLE_HEADS } from '../words.js';

/** @import { State } from '../../app/state.js' */

/** The regions of both sides as a table; attention is the mean over the networks. */
export class RegionsBeside extends PageElement {
  #body = make('tbody');

  connectedCallback() {
    const table = make('table', {}, make('caption', {}, TABLE), make('thead', {}, headRow(TABLE_HEADS)), this.#body);
    const props = { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': TABLE };
    this.replaceChildren(make('details', {}, make('summary', {}, TABLE), make('div', props, table)));
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
