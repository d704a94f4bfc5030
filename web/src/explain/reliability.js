import { svg } from '../shared/svg.js';
import { t } from '../words/index.js';

/** @import { TrustEstimate } from 'peerlight' */

const [WIDTH, HEIGHT] = [240, 80];

/**
 * The hit rates of test photos from the least to the most agreement, with their intervals; this image's step is marked.
 * @param {TrustEstimate} estimate
 */
export function reliabilityPlot({ rates, step }) {
  const told = rates.map(([rate]) => `${Math.round(100 * (rate ?? 0))}`).join(', ');
  const label = t('reliability', { rates: told, step: step + 1 });
  const plot = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'img',
    class: 'reliability',
    'aria-label': label,
  });
  const y = (/** @type {number} */ rate) => HEIGHT - 4 - rate * (HEIGHT - 8);
  rates.forEach(([rate = 0, low = 0, high = 1], k) => {
    const x = ((k + 0.5) / rates.length) * WIDTH;
    const here = k === step ? 'here' : '';
    plot.append(svg('line', { class: here, x1: x, x2: x, y1: y(low), y2: y(high) }));
    plot.append(svg('circle', { class: here, cx: x, cy: y(rate), r: k === step ? 5 : 3 }));
  });
  return plot;
}
