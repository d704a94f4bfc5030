import { readPixels } from './decode.js';

/**
 * @import { Image } from './decode.js'
 * @typedef {Blob | ImageData | ImageBitmap} Pixels
 */

/**
 * The image that was decoded last, and the one that the engine's forward pass is of. A blob cannot change, so another
 * grid, class or method of the same one decodes nothing again and runs no network over it again.
 */
export class ImageCache {
  #read;
  /** @type {{ id: number, image: Image } | null} */
  #decoded = null;
  /** @type {{ id: number, crop: number | undefined } | null} */
  #forwarded = null;

  /** @param {(source: Pixels) => Promise<Image>} [read] */
  constructor(read = readPixels) {
    this.#read = read;
  }

  /**
   * Makes sure that the engine's forward pass is of this image and crop, and returns the decoded image.
   *
   * @param {Pixels} source
   * @param {number} id the same for the same source
   * @param {number | undefined} crop
   * @param {(image: Image) => Promise<unknown>} forward runs the engine's networks over the image
   */
  async ensure(source, id, crop, forward) {
    const [decoded, forwarded] = [this.#decoded, this.#forwarded];
    if (decoded?.id === id && forwarded?.id === id && forwarded.crop === crop) return decoded.image;
    this.#forwarded = null;
    if (decoded?.id !== id) this.#decoded = null; // Frees its memory before the next image takes as much.
    const image = this.#decoded?.image ?? (await this.#read(source));
    if (source instanceof Blob) this.#decoded = { id, image };
    await forward(image);
    if (source instanceof Blob) this.#forwarded = { id, crop };
    return image;
  }
}
