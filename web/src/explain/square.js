/**
 * The square of the image that the networks see, as a drag changes it.
 *
 * @import { Explanation, Framing } from 'peerlight'
 *
 * @typedef {Explanation['image']} Seen
 * @typedef {{ crop: Seen['crop'], change: Framing }} Square the square in pixels of the image, and as a request says it
 */

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

/** In steps of the settings' own controls. @param {number} fraction */
const inSteps = (fraction) => Math.round(fraction * 200) / 200;

/**
 * @typedef {(image: Seen, by: [number, number], limits: [number, number]) => Square} Drag
 */

/**
 * The square elsewhere, inside the image. Its size is left as it was asked for.
 * @param {Seen} image
 * @param {[number, number]} by to the right and down, in pixels of the image
 * @returns {Square}
 */
export function squareMoved({ width, height, crop }, [right, below]) {
  const at = (/** @type {number} */ from, /** @type {number} */ free) =>
    free > 0 ? inSteps(clamp(from / free, 0, 1)) : 0.5;
  const [wide, high] = [width - crop.side, height - crop.side];
  const [across, down] = [at(crop.x + right, wide), at(crop.y + below, high)];
  return { crop: { x: across * wide, y: down * high, side: crop.side }, change: { across, down } };
}

/**
 * The square larger or smaller around its center, as far as the image lets it be.
 * @param {Seen} image
 * @param {[number, number]} by how far its lower right corner is dragged, in pixels of the image
 * @param {[number, number]} limits of its side, as fractions of the image's shorter side
 * @returns {Square}
 */
export function squareResized({ width, height, crop }, [right, below], [least, most]) {
  const shorter = Math.min(width, height);
  // The farther of the two ways from the center counts.
  const half = Math.max(Math.abs(crop.side / 2 + right), Math.abs(crop.side / 2 + below));
  const size = clamp(inSteps((2 * half) / shorter), least, most);
  const side = size * shorter;
  const moved = squareMoved({ width, height, crop: { ...crop, side } }, [
    (crop.side - side) / 2,
    (crop.side - side) / 2,
  ]);
  return { ...moved, change: { crop: size, ...moved.change } };
}
