/**
 * Lines over an axis from 0 to 1, as a drawing that styles and themes can color.
 * @typedef {{ name: string, series: number, chief: boolean, x: ArrayLike<number>, y: ArrayLike<number> }} Line `series`: its place among all lines,
 *   drawn or not, so that it keeps its color and shape; `chief`: drawn thick and above the others
 */

const [WIDTH, HEIGHT] = [340, 230];
const FRAME = { left: 34, right: 16, top: 8, bottom: 34 };
/** Each line's color (in app.css), shape and dashes: no two of the first 24 share all. */
export const COLORS = 8;
const SHAPES = 6;
const DASHES = ['', '6 3', '2 3'];

/** @param {string} tag @param {Record<string, string | number>} [props] @param {...(Node | string)} children */
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** A line's mark. @param {number} k @param {number} x @param {number} y @param {number} r */
export function markOf(k, x, y, r) {
  const path = [
    `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
    `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
    `M0 ${-1.2 * r}L${1.2 * r} ${r}H${-1.2 * r}z`,
    `M0 ${-1.4 * r}L${1.4 * r} 0L0 ${1.4 * r}L${-1.4 * r} 0z`,
    `M${-r} ${-r}L${r} ${r}M${r} ${-r}L${-r} ${r}`,
    `M0 ${1.2 * r}L${1.2 * r} ${-r}H${-1.2 * r}z`,
  ][k % SHAPES];
  return svg('path', {
    class: k % SHAPES === 4 ? 'mark open' : 'mark',
    d: path ?? '',
    transform: `translate(${x} ${y})`,
  });
}

/** @param {Line} line */
const styled = ({ series, chief }) => ({
  class: chief ? 'line chief' : 'line',
  'data-series': chief ? 'chief' : series % COLORS,
});

/** A sample of a line, for the legend. @param {Line} line */
export function sample(line) {
  const dash = line.chief ? '' : (DASHES[Math.floor(line.series / COLORS) % DASHES.length] ?? '');
  return svg(
    'svg',
    { viewBox: '0 0 30 14', width: 30, height: 14, 'aria-hidden': 'true', class: 'sample' },
    svg(
      'g',
      styled(line),
      svg('path', { class: 'way', d: 'M1 7H29', 'stroke-dasharray': dash }),
      markOf(line.chief ? 0 : line.series, 15, 7, line.chief ? 4 : 3.4),
    ),
  );
}

/** @param {Line[]} lines @param {{ id: string, title: string, desc: string, across: string, up: string }} texts */
export function plot(lines, { id, title, desc, across, up }) {
  const [w, h] = [WIDTH - FRAME.left - FRAME.right, HEIGHT - FRAME.top - FRAME.bottom];
  const x = (/** @type {number} */ v) => FRAME.left + v * w;
  const y = (/** @type {number} */ v) => FRAME.top + (1 - v) * h;
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const grid = ticks.flatMap((v) => [
    svg('path', { class: 'grid', d: `M${x(0)} ${y(v)}H${x(1)}` }),
    svg(
      'text',
      { class: 'tick', x: x(0) - 5, y: y(v) + 3.5, 'text-anchor': 'end' },
      v === 0 || v === 1 ? String(v) : v.toFixed(2).replace(/0$/, ''),
    ),
    svg('text', { class: 'tick', x: x(v), y: y(0) + 13, 'text-anchor': 'middle' }, `${100 * v} %`),
  ]);
  const drawn = [...lines]
    .sort((a, b) => Number(a.chief) - Number(b.chief))
    .map((line) => {
      const points = Array.from(line.x, (v, i) => /** @type {const} */ ([x(v), y(line.y[i] ?? 0)]));
      const every = Math.max(1, Math.round((points.length - 1) / 4));
      // Marks of different lines stand apart.
      const marks = points
        .filter((_, i) => i % every === (line.chief ? 0 : line.series % every))
        .map(([u, v]) => markOf(line.chief ? 0 : line.series, u, v, line.chief ? 3.6 : 2.8));
      const dash = line.chief ? '' : (DASHES[Math.floor(line.series / COLORS) % DASHES.length] ?? '');
      const way = points.map(([u, v], i) => `${i ? 'L' : 'M'}${u.toFixed(1)} ${v.toFixed(1)}`).join('');
      return svg(
        'g',
        styled(line),
        svg('title', {}, line.name),
        svg('path', { class: 'way', d: way, 'stroke-dasharray': dash }),
        ...marks,
      );
    });
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
    ...grid,
    svg('text', { class: 'axis', x: x(0.5), y: HEIGHT - 4, 'text-anchor': 'middle' }, across),
    svg('text', { class: 'axis', transform: `translate(9 ${y(0.5)}) rotate(-90)`, 'text-anchor': 'middle' }, up),
    ...drawn,
  );
}
