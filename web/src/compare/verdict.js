import { headRow, make, tableRow } from '../shared/element.js';
import { decimal } from '../shared/format.js';
import { heard, t } from '../words/index.js';

/** @import { Sanity } from 'peerlight' */

/**
 * What became of a map when the network's weights were shuffled, in words and numbers.
 * @param {Sanity} sanity
 */
export function verdictOn({ layers, unchanged }) {
  const rows = layers.map(({ name, spearman, pearson }) =>
    tableRow({ head: heard(name), cells: [decimal(spearman), decimal(pearson)] }),
  );
  const table = make(
    'table',
    {},
    make('caption', {}, t('verdict.caption')),
    make('thead', {}, headRow([t('verdict.depth'), t('verdict.ranks'), t('verdict.values')])),
    make('tbody', {}, ...rows),
  );
  const last = layers.at(-1);
  const rho = last ? t('verdict.rho', { rho: decimal(last.spearman) }) : '';
  return [
    make('p', { class: unchanged ? 'warning-text' : 'quiet', 'data-testid': 'verdict' }, inWords(unchanged, rho)),
    make('details', {}, make('summary', {}, t('verdict.layers')), table),
  ];
}

/**
 * @param {boolean} unchanged
 * @param {string} rho
 */
function inWords(unchanged, rho) {
  return t(unchanged ? 'verdict.unchanged' : 'verdict.changed', { rho });
}
