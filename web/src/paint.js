/**
 * Pixels from numbers. The color maps are the engine's own tables; nothing here knows which one is in use.
 * @typedef {import('../pkg/index.js').Explanation} Explanation
 */

/**
 * @param {Float32Array} map values in 0..1
 * @param {Uint8Array} lut 256 colors
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA
 */
export function colorise(map, lut) {
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

/** @param {HTMLCanvasElement | OffscreenCanvas} canvas */
function penOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
}

/** Paints one map, a pixel a value. @param {HTMLCanvasElement} canvas @param {Float32Array} map @param {number} side @param {Uint8Array} lut */
export function paintMap(canvas, map, side, lut) {
  canvas.width = canvas.height = side;
  penOf(canvas).putImageData(new ImageData(colorise(map, lut), side, side), 0, 0);
}

/** Paints the part of a map that one region covers, stretched to the full range: Pearson's correlation sees neither brightness nor contrast. @param {HTMLCanvasElement} canvas @param {Float32Array} map @param {number} side
 *  @param {{ row: number, column: number }} region @param {number} grid @param {Uint8Array} lut */
export function paintRegion(canvas, map, side, { row, column }, grid, lut) {
  const [top, bottom, left, right] = [row, row + 1, column, column + 1].map((k) => Math.round((k * side) / grid));
  const [x, y, w, h] = [left ?? 0, top ?? 0, (right ?? 0) - (left ?? 0), (bottom ?? 0) - (top ?? 0)];
  const part = new Float32Array(w * h);
  for (let i = 0; i < h; i += 1) part.set(map.subarray((y + i) * side + x, (y + i) * side + x + w), i * w);
  canvas.width = w;
  canvas.height = h;
  penOf(canvas).putImageData(new ImageData(colorise(stretched(part), lut), w, h), 0, 0);
}

/** Where a map is brightest, in words. @param {Float32Array} map @param {number} side */
export function placeOf(map, side) {
  const at = map.indexOf(map.reduce((a, b) => Math.max(a, b), 0));
  const third = (/** @type {number} */ v) => Math.min(2, Math.floor((3 * v) / side));
  const [row, column] = [
    ['at the top', '', 'at the bottom'][third(Math.floor(at / side))],
    ['on the left', '', 'on the right'][third(at % side)],
  ];
  return [row, column].filter(Boolean).join(' ') || 'in the middle';
}

/** @param {Float32Array} values from 0 to 1; a flat part stays as it is */
export function stretched(values) {
  const [low, high] = [values.reduce((a, b) => Math.min(a, b), 1), values.reduce((a, b) => Math.max(a, b), 0)];
  return high - low > 1e-6 ? values.map((v) => (v - low) / (high - low)) : values;
}

/**
 * The part of an image that is shown: all of it, but for very long or tall ones, of which the middle is. There the networks' square is.
 * @param {{ width: number, height: number }} image
 */
export function windowOf({ width, height }) {
  const [w, h] = [Math.min(width, 3 * height), Math.min(height, 2 * width)];
  return { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h };
}

/** @param {HTMLCanvasElement} canvas @param {import('./state.js').Preview} preview */
export function paintImage(canvas, { bitmap }) {
  const { x, y, width, height } = windowOf(bitmap);
  canvas.width = width;
  canvas.height = height;
  const pen = penOf(canvas);
  pen.fillStyle = '#fff'; // The networks see transparent parts as white, too.
  pen.fillRect(0, 0, width, height);
  pen.drawImage(bitmap, x, y, width, height, 0, 0, width, height);
}

/** A square of the image. @param {HTMLCanvasElement} canvas @param {import('./state.js').Preview} preview @param {Explanation['image']} image
 *  @param {{ x: number, y: number, side: number }} part in image pixels @param {number} size of the canvas */
function paintPart(canvas, preview, image, { x, y, side }, size) {
  const scale = preview.bitmap.width / image.width;
  canvas.width = canvas.height = size;
  const pen = penOf(canvas);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, size, size);
  pen.drawImage(preview.bitmap, x * scale, y * scale, side * scale, side * scale, 0, 0, size, size);
}

/** The image under one region. @param {HTMLCanvasElement} canvas @param {import('./state.js').Preview} preview
 *  @param {Explanation} result @param {{ row: number, column: number }} region */
export function paintPatch(canvas, preview, { image, settings }, { row, column }) {
  const side = image.crop.side / settings.grid;
  paintPart(canvas, preview, image, { x: image.crop.x + column * side, y: image.crop.y + row * side, side }, 144);
}

/** The square that the networks saw. @param {HTMLCanvasElement} canvas @param {import('./state.js').Preview} preview @param {Explanation} result @param {number} size */
export const paintSquare = (canvas, preview, { image }, size) => paintPart(canvas, preview, image, image.crop, size);

const LOW = [191, 99, 20];
const MIDDLE = [236, 233, 226];
const HIGH = [38, 84, 150];

/** The color of a correlation: orange for -1, pale for 0, blue for 1. @param {number} rho */
export function rhoColor(rho) {
  const t = Math.min(1, Math.abs(rho));
  const end = rho < 0 ? LOW : HIGH;
  return `rgb(${MIDDLE.map((m, i) => Math.round(m + ((end[i] ?? 0) - m) * t)).join(' ')})`;
}

/** The correlations as a small image; a region without one is crossed out. @param {HTMLCanvasElement} canvas @param {Explanation} result */
export function paintCorrelations(canvas, { regions, settings: { grid } }) {
  const cell = Math.floor(448 / grid);
  canvas.width = canvas.height = cell * grid;
  const pen = penOf(canvas);
  for (const { row, column, rho, constant } of regions) {
    const [x, y] = [column * cell, row * cell];
    pen.fillStyle = rhoColor(rho);
    pen.fillRect(x, y, cell, cell);
    if (!constant) continue;
    pen.strokeStyle = '#8a857b';
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(x + cell * 0.3, y + cell * 0.3);
    pen.lineTo(x + cell * 0.7, y + cell * 0.7);
    pen.moveTo(x + cell * 0.7, y + cell * 0.3);
    pen.lineTo(x + cell * 0.3, y + cell * 0.7);
    pen.stroke();
  }
}

/** A color map as a bar. @param {HTMLCanvasElement} canvas @param {Uint8Array} lut */
export function paintScale(canvas, lut) {
  canvas.width = 256;
  canvas.height = 1;
  const ramp = Float32Array.from({ length: 256 }, (_, i) => i / 255);
  penOf(canvas).putImageData(new ImageData(colorise(ramp, lut), 256, 1), 0, 0);
}

/** The correlations' colors as a bar. @param {HTMLCanvasElement} canvas */
export function paintRhoScale(canvas) {
  canvas.width = 256;
  canvas.height = 1;
  const pen = penOf(canvas);
  for (let x = 0; x < 256; x += 1) {
    pen.fillStyle = rhoColor(x / 127.5 - 1);
    pen.fillRect(x, 0, 1, 1);
  }
}
