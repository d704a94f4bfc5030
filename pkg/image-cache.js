import { readPixels } from './decode.js';

/**
 * @import { Image } from './decode.js'
 * @typedef {Blob | ImageData | ImageBitmap} Pixels
 */

/** @typedef {Pick<Image, 'width' | 'height' | 'full'>} Size */

/**
 * The images that are open in the engine: those that are held until they are closed, and of the others the one that was
 * asked about last, with its pixels. A blob cannot change, so another grid, class or method of the same one decodes
 * nothing again and runs no network over it again.
 */
export class ImageCache {
  #read;
  #close;
  /** @type {{ id: number, image: Image } | null} */
  #decoded = null;
  /** @type {{ id: number, framing: string } | null} */
  #forwarded = null;
  /** The images that are held, without their pixels. @type {Map<number, { framing: string, image: Size }>} */
  #held = new Map();

  /**
   * @param {(id: number) => void} close has the engine forget an image
   * @param {(source: Pixels) => Promise<Image>} [read]
   */
  constructor(close, read = readPixels) {
    this.#close = close;
    this.#read = read;
  }

  /**
   * Makes sure that the engine has the forward pass of this image and square, and returns the image's size.
   *
   * @param {Pixels} source
   * @param {{ id: number, framing: string, held?: boolean }} which `id`: the same for the same source;
   *   `framing`: the same for the same square
   * @param {(image: Image) => Promise<unknown>} forward runs the engine's networks over the image
   * @returns {Promise<Size>}
   */
  async ensure(source, { id, framing, held = false }, forward) {
    if (held) return this.#hold(source, id, framing, forward);
    const [decoded, forwarded] = [this.#decoded, this.#forwarded];
    if (decoded?.id === id && forwarded?.id === id && forwarded.framing === framing) return decoded.image;
    this.#forwarded = null;
    if (decoded?.id !== id) {
      this.#decoded = null; // Frees its memory before the next image takes as much.
      if (forwarded && forwarded.id !== id) this.#close(forwarded.id);
    }
    const image = this.#decoded?.image ?? (await this.#read(source));
    if (source instanceof Blob) this.#decoded = { id, image };
    await forward(image);
    this.#forwarded = { id, framing };
    return image;
  }

  /**
   * @param {Pixels} source
   * @param {number} id
   * @param {string} framing
   * @param {(image: Image) => Promise<unknown>} forward
   */
  async #hold(source, id, framing, forward) {
    const known = this.#held.get(id);
    if (known && known.framing === framing) return known.image;
    this.#held.delete(id);
    const image = await this.#read(source);
    await forward(image);
    const { width, height, full } = image;
    this.#held.set(id, { framing, image: { width, height, full } });
    return image;
  }

  /**
   * Lets go of an image that was held.
   * @param {number} id
   */
  release(id) {
    if (this.#held.delete(id)) this.#close(id);
  }
}
