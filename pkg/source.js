import { PeerlightError } from './errors.js';

const KINDS =
  'Give a Blob or File, an ImageData, an ImageBitmap, an <img>, <canvas> or <video> element, ' +
  'or the bytes of an image file.';

/** The name of an object's class, also of one from another frame. @param {unknown} value */
const classOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

/**
 * @param {unknown} value
 * @returns {value is Blob}
 */
export const isBlob = (value) => ['Blob', 'File'].includes(classOf(value));

/** @param {unknown} file */
export function throwIfNoBlob(file) {
  if (isBlob(file)) return;
  throw new PeerlightError('ask-invalid', `${nameOf(file)} is no image file.`, 'Give a Blob or a File.');
}

/**
 * What was given as an image, as something that a worker can be sent. The element's pixels are those of this moment.
 *
 * @param {unknown} source
 * @returns {Promise<Blob | ImageData | ImageBitmap>}
 */
export async function toSendable(source) {
  const name = classOf(source);
  if (name === 'ImageBitmap' && !(/** @type {ImageBitmap} */ (source).width)) {
    throw new PeerlightError('image-empty', 'The ImageBitmap was closed, or given away.', 'Make another one.');
  }
  if (['Blob', 'File', 'ImageData', 'ImageBitmap'].includes(name)) return /** @type {Blob} */ (source);
  if (['ArrayBuffer', 'SharedArrayBuffer'].includes(name) || ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(source)
      ? source
      : { buffer: /** @type {ArrayBuffer} */ (source), byteOffset: 0, byteLength: undefined };
    try {
      return new Blob([new Uint8Array(buffer, byteOffset, byteLength).slice()]);
    } catch {
      throw new PeerlightError('image-empty', 'The bytes were given away to a worker.', 'Read the file again.');
    }
  }
  const element = /** @type {any} */ (source);
  switch (name) {
    case 'HTMLImageElement':
      await element.decode().catch(() => {
        throw new PeerlightError('image-broken', 'The <img> element has no image: it could not be loaded.');
      });
      return grab(element, element.naturalWidth, element.naturalHeight);
    case 'HTMLVideoElement':
      return grab(element, element.videoWidth, element.videoHeight);
    case 'HTMLCanvasElement':
    case 'OffscreenCanvas':
      return grab(element, element.width, element.height);
    case 'VideoFrame':
      return grab(element, element.displayWidth, element.displayHeight);
    default:
      throw new PeerlightError('ask-invalid', `${nameOf(source)} is no image.`, adviceFor(source, name));
  }
}

/**
 * @param {ImageBitmapSource} element
 * @param {number} width
 * @param {number} height
 */
async function grab(element, width, height) {
  if (!width || !height) {
    throw new PeerlightError('image-empty', `The ${nameOf(element)} has no pixels yet.`, 'Wait until it has loaded.');
  }
  try {
    return await createImageBitmap(element, { colorSpaceConversion: 'none' });
  } catch (thrown) {
    const { message } = /** @type {Error} */ (thrown);
    const help = 'Draw on it first, and only images of your own origin: else give the file itself, as a Blob.';
    throw new PeerlightError('image-broken', `The ${nameOf(element)} cannot be read: ${message}`, help);
  }
}

/** @param {unknown} value */
function nameOf(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `The text “${value.length > 40 ? `${value.slice(0, 40)}…` : value}”`;
  return typeof value === 'object' ? classOf(value) : typeof value;
}

/**
 * @param {unknown} source
 * @param {string} name
 */
function adviceFor(source, name) {
  if (name === 'String' || name === 'URL' || name === 'Request') {
    return `An address must be fetched first: await (await fetch(url)).blob(). ${KINDS}`;
  }
  if (name === 'Response') return `Give its content: await response.blob(). ${KINDS}`;
  if (name === 'Promise') return `Await it first. ${KINDS}`;
  if (Array.isArray(source) || name === 'FileList') return `One image at a time. ${KINDS}`;
  return KINDS;
}

/**
 * @param {unknown} source
 * @param {unknown} thrown by the attempt to send it
 */
export function notSendable(source, thrown) {
  const { message } = /** @type {Error} */ (thrown);
  const foreign =
    !source || isBlob(source) ? '' : ' It may show an image of another origin: give the file itself, as a Blob.';
  return new PeerlightError(
    'ask-invalid',
    `The worker cannot be given this: ${message.replace(/\.+$/, '')}.${foreign}`,
  );
}
