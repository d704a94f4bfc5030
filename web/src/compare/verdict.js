import { headRow, make, tableRow } from '../shared/element.js';
import { decimal } from '../shared/format.js';

/** @import { Sanity } from 'peerlight' */

/**
 * What became of a map when the network's weights were shuffled, in words and numbers.
 * @param {Sanity} sanity
 */
export function verdictOn({ layers, unchanged }) {
  const rows = layers.map(({ name, spearman, pearson }) =>
    tableRow({ head: name, cells: [decimal(spearman), decimal(pearson)] }),
  );
  const table = make(
    'table',
    {},
    make('caption', {}, 'Correlation with the map of the trained network'),
    make('thead', {}, headRow(['Shuffled down to', 'Ranks', 'Values'])),
    make('tbody', {}, ...rows),
  );
  const last = layers.at(-1);
  const rho = last ? ` (rank correlation ${decimal(last.spearman)})` : '';
  return [
    make('p', { class: unchanged ? 'warning-text' : 'quiet', 'data-testid': 'verdict' }, inWords(unchanged, rho)),
    make('details', {}, make('summary', {}, 'Layer by layer'), table),
  ];
}

/**
 * @param {boolean} unchanged
 * @param {string} rho
 */
function inWords(unchanged, rho) {
  return unchanged
    ? `With shuffled weights the map is nearly the same${rho}: it shows the image, not what the network has learned.`
    : `With shuffled weights the map is different${rho}, as it should be. That alone does not make it right.`;
}
