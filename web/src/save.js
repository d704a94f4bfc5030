import { lutOf, mapOf } from './state.js';
import { colorise } from './paint.js';
import { beside } from './format.js';
import { comparison, csv } from './comparison.js';

/** @typedef {import('./state.js').State} State */

/** The explanation without its maps: what `peerlight explain --json` prints. @param {import('./state.js').Explanation} result */
export function figures(result) {
  const { mutual, peers, ...rest } = result;
  const { map: _, ...blank } = mutual;
  const plain = peers.map(({ map: _, ...peer }) => peer);
  // Typed arrays would become objects with numbered keys.
  return JSON.stringify(
    { ...rest, peers: plain, mutual: blank },
    (_, v) => (ArrayBuffer.isView(v) ? Array.from(/** @type {any} */ (v)) : v),
    2,
  );
}

/** @param {State} state */
export function saveFigures({ result, image }) {
  if (result)
    download(
      new Blob([figures(result)], { type: 'application/json' }),
      beside(image.chosen?.name ?? '', 'peerlight.json'),
    );
}

/** The comparison of methods. @param {State} state @param {'json' | 'csv'} kind */
export function saveComparison(state, kind) {
  const table = comparison(state);
  const [text, type] =
    kind === 'json' ? [JSON.stringify(table, null, 2), 'application/json'] : [csv(table), 'text/csv'];
  download(new Blob([text], { type }), beside(state.image.chosen?.name ?? '', `methods.${kind}`));
}

/** The image with the map that is shown, as it is shown. @param {State} state */
export async function saveOverlay(state) {
  const { result, image, view } = state;
  const lut = lutOf(state);
  if (!result || !image.preview || !lut) return;
  const { bitmap } = image.preview;
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, bitmap.width, bitmap.height);
  pen.drawImage(bitmap, 0, 0);

  const scale = bitmap.width / result.image.width;
  const { x, y, side } = result.image.crop;
  const square = /** @type {const} */ ([x * scale, y * scale, side * scale, side * scale]);
  pen.fillStyle = 'rgb(0 0 0 / 0.45)';
  const around = new Path2D();
  around.rect(0, 0, bitmap.width, bitmap.height);
  around.rect(...square);
  pen.fill(around, 'evenodd');

  const map = await createImageBitmap(
    new ImageData(colorise(mapOf(result, view.shown).map, lut), result.side, result.side),
  );
  pen.globalAlpha = view.opacity;
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(map, ...square);
  download(await canvas.convertToBlob({ type: 'image/png' }), beside(image.chosen?.name ?? '', `${view.shown}.png`));
}

/** @param {Blob} blob @param {string} name */
function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the address after the click; a while later it needs it no more.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
