import { readPixels } from './decode.js';

/**
 * @typedef {import('./decode.js').Image} Image
 * @typedef {import('./index.js').Source} Source
 */

/**
 * What the engine has before its eyes. Blobs cannot change, so the last one stays decoded and seen: a new grid, class or
 * method runs no network over it again.
 */
export class Sight {
  #read;
  /** @type {{ id: number, image: Image } | null} */
  #last = null;
  /** @type {{ id: number, crop: number | undefined } | null} */
  #seen = null;

  /** @param {(source: Source) => Promise<Image>} [read] */
  constructor(read = readPixels) {
    this.#read = read;
  }

  /**
   * @param {Source} source
   * @param {number} id its number: the same for the same source
   * @param {number | undefined} crop
   * @param {(image: Image) => Promise<unknown>} show shows it to the engine
   */
  async look(source, id, crop, show) {
    if (this.#seen && this.#last && this.#seen.id === id && this.#seen.crop === crop) return this.#last.image;
    this.#seen = null;
    if (this.#last?.id !== id) this.#last = null; // Before the next one takes its place in memory.
    const image = this.#last?.image ?? (await this.#read(source));
    if (source instanceof Blob) this.#last = { id, image };
    await show(image);
    if (source instanceof Blob) this.#seen = { id, crop };
    return image;
  }
}
