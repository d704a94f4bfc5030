import { rhoColor } from '../explain/paint.js';
import { penOf } from '../shared/paint.js';

/** The ends of the correlations' colors serve a difference just as well: orange below 0, blue above. */
const [LESS, MORE] = [-1, 1].map((end) => (rhoColor(end).match(/\d+/g) ?? []).map(Number));

/**
 * Paints one map less another: orange where the first is higher, blue where the second is, and nothing where they are
 * the same.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} one
 * @param {Float32Array} two
 * @param {number} side
 */
export function paintDifference(canvas, one, two, side) {
  const pixels = new ImageData(side, side);
  for (let i = 0; i < one.length; i += 1) {
    const by = (two[i] ?? 0) - (one[i] ?? 0);
    const [red = 0, green = 0, blue = 0] = (by < 0 ? LESS : MORE) ?? [];
    pixels.data[4 * i] = red;
    pixels.data[4 * i + 1] = green;
    pixels.data[4 * i + 2] = blue;
    pixels.data[4 * i + 3] = Math.min(235, 360 * Math.abs(by)); // So that the image stays in sight.
  }
  penOf(canvas, side).putImageData(pixels, 0, 0);
}
