import { download } from '../shared/download.js';
import { fileName } from '../shared/format.js';
import { colorize } from '../shared/paint.js';
import { lutOf, mapOf, overlayOf } from './select.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Explanation } from 'peerlight'
 */

/**
 * The explanation without its maps: what `peerlight explain --json` prints.
 * @param {Explanation} result
 */
export const numbersOf = (result) =>
  JSON.stringify(result, (_, value) => (value instanceof Float32Array ? undefined : value), 2);

/** @param {State} state */
export function saveNumbers({ result, image }) {
  if (!result) return;
  const file = new Blob([numbersOf(result)], { type: 'application/json' });
  download(file, fileName(image.chosen?.name ?? '', 'peerlight.json'));
}

/**
 * Saves the image with the map that is shown, as it is shown.
 * @param {State} state
 */
export async function saveOverlay(state) {
  const file = await overlayOn(state, state.view.shown);
  if (file) download(file, fileName(state.image.chosen?.name ?? '', `${state.view.shown}.png`));
}

/**
 * Puts the image with the map that is shown on the clipboard.
 * @param {State} state
 */
export async function copyOverlay(state) {
  const file = overlayOn(state, state.view.shown).then((blob) => blob ?? Promise.reject(new Error('no map')));
  // The promise itself, so that the browser still knows that a person asked.
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': file })]);
}

/**
 * The image with a map over it, as the page shows it.
 * @param {State} state
 * @param {string} shown the map: a network's id, or `mutual`
 * @returns {Promise<Blob | null>}
 */
export async function overlayOn(state, shown) {
  const { result, image } = state;
  const lut = lutOf(state);
  if (!result || !image.preview || !lut) return null;
  const { bitmap } = image.preview;
  const { opacity, dim } = overlayOf(state);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, bitmap.width, bitmap.height);
  pen.drawImage(bitmap, 0, 0);

  const scale = bitmap.width / result.image.width;
  const { x, y, side } = result.image.crop;
  const square = /** @type {const} */ ([x * scale, y * scale, side * scale, side * scale]);
  const around = new Path2D();
  around.rect(0, 0, bitmap.width, bitmap.height);
  around.rect(...square);
  pen.fillStyle = `rgb(0 0 0 / ${dim})`;
  pen.fill(around, 'evenodd');

  if (shown === 'image') return canvas.convertToBlob({ type: 'image/png' });
  const pixels = new ImageData(colorize(mapOf(result, shown).map, lut), result.side, result.side);
  pen.globalAlpha = opacity;
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(await createImageBitmap(pixels), ...square);
  return canvas.convertToBlob({ type: 'image/png' });
}
