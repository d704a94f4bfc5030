/** Pixels from numbers. The color maps are the engine's own tables; nothing here knows which one is in use. */

/**
 * @import { Preview } from '../images/state.js'
 * @import { Explanation } from 'peerlight'
 */

/**
 * @param {Float32Array} map values from 0 to 1
 * @param {Uint8Array} lut 256 colors
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA
 */
export function colorize(map, lut) {
  const rgba = new Uint8ClampedArray(map.length * 4);
  for (let i = 0; i < map.length; i += 1) {
    const at = Math.round(Math.min(1, Math.max(0, map[i] ?? 0)) * 255) * 3;
    rgba[4 * i] = lut[at] ?? 0;
    rgba[4 * i + 1] = lut[at + 1] ?? 0;
    rgba[4 * i + 2] = lut[at + 2] ?? 0;
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}

/**
 * The pen of a canvas, after the canvas has been given this size and so been wiped.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} [height]
 */
export function penOf(canvas, width, height = width) {
  Object.assign(canvas, { width, height });
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
}

/**
 * Paints a map, a pixel for each value.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} map
 * @param {Uint8Array} lut
 * @param {number} width
 * @param {number} [height]
 */
export function paintMap(canvas, map, lut, width, height = width) {
  penOf(canvas, width, height).putImageData(new ImageData(colorize(map, lut), width, height), 0, 0);
}

/**
 * Paints a square of the image.
 * @param {HTMLCanvasElement} canvas
 * @param {Preview} preview
 * @param {Explanation['image']} image
 * @param {{ x: number, y: number, side: number }} square in image pixels
 * @param {number} size of the canvas
 */
export function paintSquare(canvas, preview, image, { x, y, side }, size) {
  const scale = preview.bitmap.width / image.width;
  const pen = penOf(canvas, size);
  pen.fillStyle = '#fff'; // The networks see transparent pixels as white, too.
  pen.fillRect(0, 0, size, size);
  pen.drawImage(preview.bitmap, x * scale, y * scale, side * scale, side * scale, 0, 0, size, size);
}
