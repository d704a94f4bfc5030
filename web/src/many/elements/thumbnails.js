import { preview } from 'peerlight';
import { make } from '../../shared/element.js';
import { penOf } from '../../shared/paint.js';

/** @import { Item } from '../state.js' */

const [WIDTH, HEIGHT] = [60, 44];

/** Small pictures of the images that are listed. Those of other pages are forgotten. */
export class Thumbnails {
  /** @type {Map<number, HTMLCanvasElement>} */
  #made = new Map();

  /** @param {Item} item */
  of({ id, file }) {
    const known = this.#made.get(id);
    if (known) return known;
    const canvas = make('canvas', { width: WIDTH, height: HEIGHT, 'aria-hidden': 'true' });
    this.#made.set(id, canvas);
    paint(canvas, file).catch(() => {}); // What cannot be read has no picture, and its row says why.
    return canvas;
  }

  /** @param {Item[]} items */
  keep(items) {
    const ids = new Set(items.map(({ id }) => id));
    for (const id of this.#made.keys()) if (!ids.has(id)) this.#made.delete(id);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {File} file
 */
async function paint(canvas, file) {
  const { bitmap } = await preview(file, 4 * WIDTH * HEIGHT);
  const pen = penOf(canvas, WIDTH, HEIGHT);
  const scale = Math.max(WIDTH / bitmap.width, HEIGHT / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  pen.drawImage(bitmap, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
  bitmap.close();
}
