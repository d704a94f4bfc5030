/** What the explanation paints besides whole maps: the image, its regions, and the correlations. */

/**
 * @import { Preview } from '../images/state.js'
 * @import { Explanation } from 'peerlight'
 */

import { paintMap, paintSquare, penOf } from '../shared/paint.js';
import { rhoOf } from './select.js';

/**
 * Paints a map inside one region, stretched to full contrast: Pearson's correlation ignores brightness and contrast.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} map
 * @param {number} side of the map
 * @param {{ row: number, column: number }} region
 * @param {number} grid regions per side
 * @param {Uint8Array} lut
 */
export function paintRegion(canvas, map, side, { row, column }, grid, lut) {
  const edge = (/** @type {number} */ k) => Math.round((k * side) / grid);
  const [left, right, top, bottom] = [edge(column), edge(column + 1), edge(row), edge(row + 1)];
  const width = right - left;
  const values = new Float32Array(width * (bottom - top));
  for (let y = top; y < bottom; y += 1) {
    values.set(map.subarray(y * side + left, y * side + right), (y - top) * width);
  }
  paintMap(canvas, stretched(values), lut, width, bottom - top);
}

/**
 * Values stretched to the range from 0 to 1; flat ones stay as they are.
 * @param {Float32Array} values from 0 to 1
 */
export function stretched(values) {
  const low = values.reduce((a, b) => Math.min(a, b), 1);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  return high - low > 1e-6 ? values.map((v) => (v - low) / (high - low)) : values;
}

/**
 * The window of an image that is shown: all of it, or the middle of a very long or tall one, where the networks' square
 * is.
 * @param {{ width: number, height: number }} image
 */
export function windowOf({ width, height }) {
  const [w, h] = [Math.min(width, 3 * height), Math.min(height, 2 * width)];
  return { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Preview} preview
 */
export function paintImage(canvas, { bitmap }) {
  const { x, y, width, height } = windowOf(bitmap);
  const pen = penOf(canvas, width, height);
  pen.fillStyle = '#fff'; // The networks see transparent pixels as white, too.
  pen.fillRect(0, 0, width, height);
  pen.drawImage(bitmap, x, y, width, height, 0, 0, width, height);
}

/**
 * Paints the image inside one region.
 * @param {HTMLCanvasElement} canvas
 * @param {Preview} preview
 * @param {Explanation} result
 * @param {{ row: number, column: number }} region
 */
export function paintPatch(canvas, preview, { image, grid }, { row, column }) {
  const side = image.crop.side / grid;
  const square = { x: image.crop.x + column * side, y: image.crop.y + row * side, side };
  paintSquare(canvas, preview, image, square, 144);
}

const LOW = [191, 99, 20];
const MIDDLE = [236, 233, 226];
const HIGH = [38, 84, 150];

/**
 * The color of a correlation: orange for −1, pale for 0, blue for 1.
 * @param {number} rho
 */
export function rhoColor(rho) {
  const t = Math.min(1, Math.abs(rho));
  const end = rho < 0 ? LOW : HIGH;
  return `rgb(${MIDDLE.map((m, i) => Math.round(m + ((end[i] ?? 0) - m) * t)).join(' ')})`;
}

/**
 * Paints every region in the color of its correlation, a negative one with a minus; a region without one is crossed
 * out.
 * @param {HTMLCanvasElement} canvas
 * @param {Explanation} result
 * @param {number | null} [pair] of networks; the mean of all pairs by default
 */
export function paintCorrelations(canvas, { regions, grid }, pair = null) {
  const cell = Math.floor(448 / grid);
  const pen = penOf(canvas, cell * grid);
  for (const region of regions) {
    const { row, column, constant } = region;
    const rho = rhoOf(region, pair);
    const [x, y] = [column * cell, row * cell];
    pen.fillStyle = rhoColor(rho);
    pen.fillRect(x, y, cell, cell);
    if (constant) cross(pen, x, y, cell);
    else if (rho <= -0.05) minus(pen, x, y, cell);
  }
}

/**
 * So that orange is told from blue without colors, too.
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 */
function minus(pen, x, y, cell) {
  pen.fillStyle = 'rgb(0 0 0 / 0.55)';
  pen.fillRect(x + 0.36 * cell, y + 0.47 * cell, 0.28 * cell, Math.max(2, 0.06 * cell));
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 */
function cross(pen, x, y, cell) {
  const [near, far] = [0.3 * cell, 0.7 * cell];
  pen.strokeStyle = '#8a857b';
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(x + near, y + near);
  pen.lineTo(x + far, y + far);
  pen.moveTo(x + far, y + near);
  pen.lineTo(x + near, y + far);
  pen.stroke();
}

/**
 * Paints a color map as a bar.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} lut
 */
export function paintScale(canvas, lut) {
  const ramp = Float32Array.from({ length: 256 }, (_, i) => i / 255);
  paintMap(canvas, ramp, lut, 256, 1);
}

/**
 * Paints the correlations' colors as a bar, from −1 to 1.
 * @param {HTMLCanvasElement} canvas
 */
export function paintRhoScale(canvas) {
  const pen = penOf(canvas, 256, 1);
  for (let x = 0; x < 256; x += 1) {
    pen.fillStyle = rhoColor(x / 127.5 - 1);
    pen.fillRect(x, 0, 1, 1);
  }
}
