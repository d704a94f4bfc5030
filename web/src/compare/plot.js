import { svg } from '../shared/svg.js';
import { number, share } from '../words/index.js';

/**
 * Lines over an axis from 0 to 1, as a drawing that styles and themes can color.
 *
 * @typedef {object} Line
 * @property {string} name
 * @property {number} series its place among all lines, drawn or not, so that it keeps its color and shape
 * @property {boolean} chief whether it is drawn thick and above the others
 * @property {ArrayLike<number>} x
 * @property {ArrayLike<number>} y
 *
 * @typedef {{ id: string, title: string, desc: string, across: string, up: string }} Texts
 */

const [WIDTH, HEIGHT] = [340, 230];
const FRAME = { left: 34, right: 16, top: 8, bottom: 34 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];
/** Each line's color (in curves.css), shape and dashes: no two of the first 24 share all. */
const COLORS = 8;
const DASHES = ['', '6 3', '2 3'];
/** The path of each mark of radius r, and whether it is drawn by its outline alone. */
const MARKS = [
  { path: (/** @type {number} */ r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0` },
  { path: (/** @type {number} */ r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z` },
  { path: (/** @type {number} */ r) => `M0 ${-1.2 * r}L${1.2 * r} ${r}H${-1.2 * r}z` },
  { path: (/** @type {number} */ r) => `M0 ${-1.4 * r}L${1.4 * r} 0L0 ${1.4 * r}L${-1.4 * r} 0z` },
  { path: (/** @type {number} */ r) => `M${-r} ${-r}L${r} ${r}M${r} ${-r}L${-r} ${r}`, open: true },
  { path: (/** @type {number} */ r) => `M0 ${1.2 * r}L${1.2 * r} ${-r}H${-1.2 * r}z` },
];

/**
 * A line's mark.
 * @param {Line} line
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function markOf({ series, chief }, x, y, r) {
  const { path, open } = /** @type {{ path: (r: number) => string, open?: boolean }} */ (
    MARKS[chief ? 0 : series % MARKS.length]
  );
  return svg('path', { class: open ? 'mark open' : 'mark', d: path(r), transform: `translate(${x} ${y})` });
}

/**
 * A line in its color, with its dashes.
 * @param {Line} line
 * @param {string} path
 * @param {Node[]} marks
 * @param {Node[]} [more]
 */
function drawn({ series, chief }, path, marks, more = []) {
  const dash = chief ? '' : (DASHES[Math.floor(series / COLORS) % DASHES.length] ?? '');
  const props = chief
    ? { class: 'line chief', 'data-series': 'chief' }
    : { class: 'line', 'data-series': series % COLORS };
  return svg('g', props, ...more, svg('path', { class: 'way', d: path, 'stroke-dasharray': dash }), ...marks);
}

/**
 * A sample of a line, for the legend.
 * @param {Line} line
 */
export function sample(line) {
  const mark = markOf(line, 15, 7, line.chief ? 4 : 3.4);
  const props = { viewBox: '0 0 30 14', width: 30, height: 14, 'aria-hidden': 'true', class: 'sample' };
  return svg('svg', props, drawn(line, 'M1 7H29', [mark]));
}

/**
 * Lines over their axes.
 * @param {Line[]} lines
 * @param {Texts} texts
 */
export function plot(lines, { id, title, desc, across, up }) {
  const below = { class: 'axis', x: xOf(0.5), y: HEIGHT - 4, 'text-anchor': 'middle' };
  const beside = { class: 'axis', transform: `translate(9 ${yOf(0.5)}) rotate(-90)`, 'text-anchor': 'middle' };
  return svg(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'aria-labelledby': `${id}-title`,
      'aria-describedby': `${id}-desc`,
      class: 'plot',
    },
    svg('title', { id: `${id}-title` }, title),
    svg('desc', { id: `${id}-desc` }, desc),
    ...TICKS.flatMap(gridAt),
    svg('text', below, across),
    svg('text', beside, up),
    ...[...lines].sort((a, b) => Number(a.chief) - Number(b.chief)).map(wayOf),
  );
}

/** @param {number} v */
const xOf = (v) => FRAME.left + v * (WIDTH - FRAME.left - FRAME.right);

/** @param {number} v */
const yOf = (v) => FRAME.top + (1 - v) * (HEIGHT - FRAME.top - FRAME.bottom);

/**
 * The grid's line and the two axes' numbers at a tick.
 * @param {number} v
 */
function gridAt(v) {
  return [
    svg('path', { class: 'grid', d: `M${xOf(0)} ${yOf(v)}H${xOf(1)}` }),
    svg('text', { class: 'tick', x: xOf(0) - 5, y: yOf(v) + 3.5, 'text-anchor': 'end' }, number(v)),
    svg('text', { class: 'tick', x: xOf(v), y: yOf(0) + 13, 'text-anchor': 'middle' }, share(100 * v, 0)),
  ];
}

/** @param {Line} line */
function wayOf(line) {
  const points = Array.from(line.x, (v, i) => ({ x: xOf(v), y: yOf(line.y[i] ?? 0) }));
  const path = points.map(({ x, y }, i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
  // Marks of different lines stand apart.
  const every = Math.max(1, Math.round((points.length - 1) / 4));
  const first = line.chief ? 0 : line.series % every;
  const marks = points.filter((_, i) => i % every === first);
  const size = line.chief ? 3.6 : 2.8;
  return drawn(
    line,
    path,
    marks.map(({ x, y }) => markOf(line, x, y, size)),
    [svg('title', {}, line.name)],
  );
}
