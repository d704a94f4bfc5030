import { rhoColor } from '../explain/paint.js';
import { penOf } from '../shared/paint.js';
import { isSomewhere } from './select.js';
import { BRUSH } from './state.js';

/**
 * @import { Places } from './state.js'
 * @import { Patch } from 'peerlight'
 */

/** Pixels of the canvas that places are drawn on. */
const SIDE = 672;

/**
 * What replaced the hidden pixels, over the image; nothing elsewhere.
 * @param {HTMLCanvasElement} canvas
 * @param {Patch | null} patch
 */
export function paintPatch(canvas, patch) {
  const pen = penOf(canvas, patch?.side ?? 1);
  if (patch) pen.putImageData(new ImageData(new Uint8ClampedArray(patch.rgba), patch.side, patch.side), 0, 0);
}

/**
 * The places: outlined, and veiled while there is no answer that shows what takes their place.
 * @param {HTMLCanvasElement} canvas
 * @param {Places} places
 * @param {{ grid: number, keep: boolean, veil: boolean }} how
 */
export function paintPlaces(canvas, places, { grid, keep, veil }) {
  const pen = penOf(canvas, SIDE);
  if (veil && isSomewhere(places)) {
    const hidden = pathOf(places, grid);
    if (keep) hidden.rect(0, 0, SIDE, SIDE);
    pen.fillStyle = 'rgb(0 0 0 / 0.6)';
    pen.fill(hidden, keep ? 'evenodd' : 'nonzero');
  }
  const outline = edgesOf(places, grid);
  for (const [width, color] of /** @type {const} */ ([
    [6, '#111'],
    [2.5, '#ffd54a'],
  ])) {
    pen.lineWidth = width;
    pen.strokeStyle = color;
    pen.stroke(outline);
  }
}

/**
 * @param {Places} places
 * @param {number} grid
 */
function pathOf({ regions, boxes, brush }, grid) {
  const path = new Path2D();
  cells(regions, grid, (x, y, side) => path.rect(x, y, side, side));
  for (const [x0, y0, x1, y1] of boxes) path.rect(x0 * SIDE, y0 * SIDE, (x1 - x0) * SIDE, (y1 - y0) * SIDE);
  if (brush) cells(painted(brush), BRUSH, (x, y, side) => path.rect(x, y, side, side));
  return path;
}

/**
 * The borders of what is marked: cells that touch are outlined as one.
 * @param {Places} places
 * @param {number} grid
 */
function edgesOf({ regions, boxes, brush }, grid) {
  const path = new Path2D();
  border(path, regions, grid);
  if (brush) border(path, painted(brush), BRUSH);
  for (const [x0, y0, x1, y1] of boxes) path.rect(x0 * SIDE, y0 * SIDE, (x1 - x0) * SIDE, (y1 - y0) * SIDE);
  return path;
}

/** @param {Uint8Array} brush */
const painted = (brush) => [...brush.keys()].filter((i) => brush[i]);

/**
 * @param {number[]} which
 * @param {number} grid
 * @param {(x: number, y: number, side: number, i: number) => void} each
 */
function cells(which, grid, each) {
  const side = SIDE / grid;
  for (const i of which) each((i % grid) * side, Math.floor(i / grid) * side, side, i);
}

/**
 * @param {Path2D} path
 * @param {number[]} which
 * @param {number} grid
 */
function border(path, which, grid) {
  const all = new Set(which);
  const line = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ u, /** @type {number} */ v) => {
    path.moveTo(x, y);
    path.lineTo(u, v);
  };
  cells(which, grid, (x, y, side, i) => {
    const column = i % grid;
    if (!all.has(i - grid)) line(x, y, x + side, y);
    if (!all.has(i + grid)) line(x, y + side, x + side, y + side);
    if (column === 0 || !all.has(i - 1)) line(x, y, x, y + side);
    if (column === grid - 1 || !all.has(i + 1)) line(x + side, y, x + side, y + side);
  });
}

/**
 * Paints what hiding each region takes: blue where it lowers the class, orange where it raises it, on the scale of the
 * largest.
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} drops
 * @param {number} grid
 */
export function paintEffects(canvas, drops, grid) {
  const most = Math.max(...drops.map(Math.abs), 1e-9);
  const cell = Math.floor(448 / grid);
  const pen = penOf(canvas, cell * grid);
  drops.forEach((drop, i) => {
    const [x, y] = [(i % grid) * cell, Math.floor(i / grid) * cell];
    pen.fillStyle = rhoColor(drop / most);
    pen.fillRect(x, y, cell, cell);
    if (drop < -0.15 * most) minus(pen, x, y, cell);
  });
}

/**
 * A sign that is seen without colors, too.
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 */
function minus(pen, x, y, cell) {
  pen.fillStyle = '#402000';
  pen.fillRect(x + 0.35 * cell, y + 0.47 * cell, 0.3 * cell, 0.06 * cell);
}
