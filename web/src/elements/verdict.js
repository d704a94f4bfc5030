import { make } from '../element.js';
import { figure } from '../format.js';

/** What became of a map when the network's weights were shuffled, in words and figures. @param {import('../../pkg/index.js').Sanity} sanity */
export function verdict({ layers, unchanged }) {
  const last = layers.at(-1);
  const rho = last ? ` (rank correlation ${figure(last.spearman)})` : '';
  const text = unchanged
    ? `Nearly the same with shuffled weights${rho}: it shows the image rather than what the network has learnt.`
    : `Another map with shuffled weights${rho}, as it should be. That alone does not make it right.`;
  const rows = layers.map(({ name, spearman, pearson }) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, name),
      make('td', {}, figure(spearman)),
      make('td', {}, figure(pearson)),
    ),
  );
  const head = make('tr', {}, ...['Shuffled down to', 'Ranks', 'Values'].map((h) => make('th', { scope: 'col' }, h)));
  return [
    make('p', { class: unchanged ? 'warning-text' : 'quiet', 'data-testid': 'verdict' }, text),
    make(
      'details',
      {},
      make('summary', {}, 'Layer by layer'),
      make(
        'table',
        {},
        make('caption', {}, 'Correlation with the map of the trained network'),
        make('thead', {}, head),
        make('tbody', {}, ...rows),
      ),
    ),
  ];
}
