import { PeerlightError } from './errors.js';
import { nameOther, sniff } from './sniff.js';

/** @import { Head } from './sniff.js' */

/** Above this a browser may need more memory than it gives a page. */
const MOST_PIXELS = 200e6;
/** Above this the browser draws the image down first; the networks see a few hundred pixels a side. */
const FULL_PIXELS = 16e6;
const HEAD_BYTES = 256 * 1024;

/**
 * A decoded image. `scale` is above 1 where it was drawn down: image pixels per decoded pixel.
 * @typedef {{ width: number, height: number, rgba: Uint8Array, scale: number }} Image
 */

/**
 * The kind and size of an image file, from its first bytes alone.
 * @param {Blob} file
 */
export async function inspect(file) {
  if (!file.size) throw new PeerlightError('image-empty', 'The file is empty.', 'Choose another file.');
  const bytes = await file
    .slice(0, HEAD_BYTES)
    .arrayBuffer()
    .catch(() => {
      throw new PeerlightError(
        'image-broken',
        'The file could not be read.',
        'It may have been moved or deleted: choose it again.',
      );
    });
  const view = new DataView(bytes);
  const head = sniff(view);
  if (!head) {
    const other = file.type === 'image/svg+xml' ? 'an SVG drawing' : nameOther(view);
    throw new PeerlightError('image-broken', other ? `This is ${other}.` : 'This is not an image.', advice(other));
  }
  tooLarge(head.width, head.height);
  return head;
}

/** @param {string} other the kind of file that it is instead */
function advice(other) {
  return other.includes('SVG')
    ? 'SVG is refused: a drawing can carry scripts and has no pixels of its own. Save it as PNG and choose that.'
    : 'Choose a JPEG, PNG, WebP, AVIF or GIF image.';
}

/**
 * @param {number} width
 * @param {number} height
 */
function tooLarge(width, height) {
  if (width * height <= MOST_PIXELS) return;
  const mega = Math.round((width * height) / 1e6);
  throw new PeerlightError('image-too-large', `The image has ${mega} megapixels; ${MOST_PIXELS / 1e6} is the most.`);
}

/**
 * Decodes for display: upright, first frame, drawn down to about `pixels`.
 * @param {Blob} file
 * @param {number} [pixels]
 */
export async function preview(file, pixels = 2.5e6) {
  const head = await inspect(file);
  const bitmap = await decode(file, head, pixels, 'default');
  return { bitmap, ...uprightSize(head, bitmap) };
}

/**
 * Pixels for the networks: eight-bit RGBA as stored in the file (no color management, as in training), over white.
 * @param {Blob | ImageData | ImageBitmap} source
 * @returns {Promise<Image>}
 */
export async function readPixels(source) {
  if (source instanceof ImageData) tooLarge(source.width, source.height);
  const head =
    source instanceof Blob ? await inspect(source) : { format: '', width: source.width, height: source.height };
  const bitmap =
    source instanceof Blob
      ? await decode(source, head, FULL_PIXELS, 'none')
      : await createImageBitmap(source, shrink(head, FULL_PIXELS));
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height);
  pen.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = pen.getImageData(0, 0, width, height);
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { width, height, rgba, scale: uprightSize(head, { width, height }).width / width };
}

/**
 * @param {Blob} file
 * @param {Head} head
 * @param {number} pixels
 * @param {ColorSpaceConversion} colorSpaceConversion
 */
async function decode(file, head, pixels, colorSpaceConversion) {
  const options = {
    imageOrientation: /** @type {const} */ ('from-image'),
    colorSpaceConversion,
    ...shrink(head, pixels),
  };
  try {
    const bitmap = await createImageBitmap(file, options);
    tooLarge(bitmap.width, bitmap.height);
    return bitmap;
  } catch (thrown) {
    if (thrown instanceof PeerlightError) throw thrown;
    throw new PeerlightError(
      'image-broken',
      `This ${head.format} image is damaged, or this browser cannot read it.`,
      'Choose another image, or save it again as JPEG or PNG.',
    );
  }
}

/**
 * Only one side is named, so that the other follows in proportion even when the file's orientation tag swaps the two.
 * @param {{ width: number, height: number }} head
 * @param {number} pixels
 */
function shrink({ width, height }, pixels) {
  const scale = Math.sqrt(pixels / (width * height));
  if (!(scale < 1)) return {};
  return {
    resizeWidth: Math.max(1, Math.round(scale * Math.min(width, height))),
    resizeQuality: /** @type {const} */ ('medium'),
  };
}

/**
 * The image's own size, turned as the decoded image is.
 * @param {{ width: number, height: number }} head
 * @param {{ width: number, height: number }} bitmap
 */
function uprightSize({ width, height }, bitmap) {
  if (!width || !height) return { width: bitmap.width, height: bitmap.height };
  return width > height === bitmap.width > bitmap.height ? { width, height } : { width: height, height: width };
}
