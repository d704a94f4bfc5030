import { PeerlightError } from './errors.js';
import { kindOf } from './kinds.js';
import { isWholePng, refusesDamagedPng } from './png.js';
import { heifSize, sniff } from './sniff.js';
import { isBlob, throwIfNoBlob } from './source.js';

/**
 * @import { Kind } from './kinds.js'
 * @import { Head } from './sniff.js'
 */

/** Above this a browser may need more memory than it gives a page. */
const MOST_PIXELS = 200e6;
/** Above this the browser draws the image down first; the networks see a few hundred pixels a side. */
const FULL_PIXELS = 16e6;
const HEAD_BYTES = 256 * 1024;

/**
 * A decoded image, and the size of the image itself: larger where the browser drew it down.
 * @typedef {{ width: number, height: number, rgba: Uint8Array, full: { width: number, height: number } }} Image
 */

/**
 * The kind and size of an image file, from its first bytes alone where they tell them.
 * @param {Blob} file
 */
export async function inspect(file) {
  const { format, width, height } = await readHead(file);
  return { format, width, height };
}

/**
 * @param {Blob} file
 * @returns {Promise<Head>}
 */
async function readHead(file) {
  throwIfNoBlob(file);
  if (!file.size) throw new PeerlightError('image-empty', 'The file is empty.', 'Choose another file.');
  const bytes = await file
    .slice(0, HEAD_BYTES)
    .arrayBuffer()
    .catch(() => {
      throw new PeerlightError(
        'image-broken',
        'The file could not be read.',
        'It may be a folder, or have been moved or deleted: choose an image file.',
      );
    });
  const view = new DataView(bytes);
  const svg = file.type === 'image/svg+xml' ? { name: 'an SVG drawing' } : null;
  const head = (svg ? null : sniff(view)) ?? (await askBrowser(file, view, svg ?? kindOf(view)));
  tooLarge(head.width, head.height);
  return head;
}

/**
 * The head of a file that only some browsers read, or a refusal by its name.
 * @param {Blob} file
 * @param {DataView} view
 * @param {Kind | null} kind null: unknown
 * @returns {Promise<Head>}
 */
async function askBrowser(file, view, kind) {
  if (kind && !kind.ask) throw new PeerlightError('image-broken', `This is ${kind.name}.`, advice(kind.name));
  const size = /^HEI[CF]$/.test(kind?.name ?? '') ? heifSize(view) : { width: 0, height: 0 };
  tooLarge(size.width, size.height);
  const bitmap = await globalThis.createImageBitmap?.(file).catch(() => null);
  if (bitmap) {
    const { width, height } = bitmap;
    bitmap.close();
    return { format: kind?.name ?? 'other', width, height, turned: false };
  }
  if (!kind) throw new PeerlightError('image-broken', 'This is not an image.', advice(''));
  const article = /^[AEIO]/.test(kind.name) ? 'an' : 'a';
  const message = `This is ${article} ${kind.name} image, which this browser cannot read.`;
  throw new PeerlightError('image-broken', message, advice(kind.name));
}

/** @param {string} kind of file that it is instead */
function advice(kind) {
  if (kind.includes('SVG')) {
    return 'SVG is refused: a drawing can carry scripts and has no pixels of its own. Save it as PNG and choose that.';
  }
  if (kind === 'HEIC') return 'Save it as JPEG. An iPhone does so by Settings, Camera, Formats, Most Compatible.';
  if (kind === 'a web page') return 'Save the image itself, not the page around it, and choose that.';
  if (kind.includes('ZIP')) return 'Unpack it, and choose the images in it, or their folder.';
  return kind && !/video|sound|archive|program|weights/.test(kind)
    ? 'Save it as JPEG or PNG and choose that.'
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
  if (!(typeof pixels === 'number' && pixels >= 1)) {
    throw new PeerlightError('ask-invalid', 'The number of pixels of a preview must be 1 or more.');
  }
  const head = await readHead(file);
  const bitmap = await decode(file, head, pixels, 'default');
  return { bitmap, ...uprightSize(head, bitmap) };
}

/**
 * Pixels for the networks: eight-bit RGBA as stored in the file (no color management, as in training), over white.
 * @param {Blob | ImageData | ImageBitmap} source
 * @returns {Promise<Image>}
 */
export async function readPixels(source) {
  const blob = isBlob(source);
  const head = blob ? await readHead(source) : plainHead(source);
  // Where the browser does not check a file by itself, it is checked while it is decoded.
  const [bitmap, whole] = blob
    ? await Promise.all([decode(source, head, FULL_PIXELS, 'none'), isWhole(source, head)])
    : [await createImageBitmap(source, shrink(head, FULL_PIXELS, false)), true];
  if (!whole) {
    bitmap.close();
    throw broken(head);
  }
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height);
  pen.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = pen.getImageData(0, 0, width, height);
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { width, height, rgba, full: uprightSize(head, { width, height }) };
}

/** @param {ImageData | ImageBitmap} source */
function plainHead({ width, height }) {
  if (!width || !height) throw new PeerlightError('image-empty', 'The image has no pixels: it was closed or emptied.');
  tooLarge(width, height);
  return { format: '', width, height, turned: false };
}

/**
 * @param {Blob} file
 * @param {Head} head
 * @param {number} pixels
 * @param {ColorSpaceConversion} colorSpaceConversion
 */
async function decode(file, head, pixels, colorSpaceConversion) {
  const read = (/** @type {boolean | undefined} */ turned) =>
    createImageBitmap(file, { imageOrientation: 'from-image', colorSpaceConversion, ...shrink(head, pixels, turned) });
  try {
    const bitmap = await read(head.turned);
    tooLarge(bitmap.width, bitmap.height);
    const turned = isTurned(head, bitmap);
    if (turned === head.turned || head.width * head.height <= pixels) return bitmap;
    // Now that the right side is known.
    bitmap.close();
    return await read(turned);
  } catch (thrown) {
    if (thrown instanceof PeerlightError) throw thrown;
    throw broken(head);
  }
}

/**
 * @param {Blob} file
 * @param {Head} head
 */
async function isWhole(file, { format }) {
  return format !== 'PNG' || (await refusesDamagedPng()) || isWholePng(file);
}

/** @param {Head} head */
function broken({ format }) {
  const message = `This ${format} image is damaged, or this browser cannot read it.`;
  return new PeerlightError('image-broken', message, 'Choose another image, or save it again as JPEG or PNG.');
}

/**
 * Only one side is named, and the other follows in proportion. Where it is not known whether the image will be turned,
 * that is the shorter one, which cannot become too large.
 *
 * @param {{ width: number, height: number }} head
 * @param {number} pixels
 * @param {boolean | undefined} turned
 */
function shrink({ width, height }, pixels, turned) {
  const scale = Math.sqrt(pixels / (width * height));
  if (!(scale < 1)) return {};
  const side = turned === undefined ? Math.min(width, height) : turned ? height : width;
  // Down to half its size, plain interpolation sees every pixel, and browsers agree on it; their other filters differ.
  const resizeQuality = /** @type {'low' | 'medium'} */ (scale < 0.5 ? 'medium' : 'low');
  return { resizeWidth: Math.max(1, Math.round(scale * side)), resizeQuality };
}

/**
 * @param {Head} head
 * @param {{ width: number, height: number }} bitmap
 */
function isTurned(head, bitmap) {
  if (head.width === head.height || bitmap.width === bitmap.height) return head.turned ?? false;
  return head.width > head.height !== bitmap.width > bitmap.height;
}

/**
 * The image's own size, turned as the decoded image is.
 * @param {Head} head
 * @param {{ width: number, height: number }} bitmap
 */
function uprightSize(head, bitmap) {
  const { width, height } = head;
  if (!width || !height) return { width: bitmap.width, height: bitmap.height };
  return isTurned(head, bitmap) ? { width: height, height: width } : { width, height };
}
