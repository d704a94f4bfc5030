/**
 * @import { Action, State } from '../app/state.js'
 * @import { Failure } from '../shared/refusal.js'
 */

/**
 * The image that is shown, the one that is being opened, and the samples to choose from.
 *
 * @typedef {{ bitmap: ImageBitmap, width: number, height: number }} Preview
 * @typedef {{ source: Blob, name: string, alt: string }} Chosen
 *
 * @typedef {object} ImageState
 * @property {number} serial grows with every image chosen
 * @property {Chosen | null} next chosen and being opened; what is shown stays until that has worked
 * @property {Chosen | null} chosen the image shown
 * @property {Preview | null} preview
 * @property {Failure | null} error why the last choice was not opened
 * @property {string} notice what was left out of the last choice, or of the address; empty for nothing
 *
 * @typedef {object} Sample
 * @property {string} file
 * @property {string} name
 * @property {string} alt
 * @property {string} credit
 * @property {string} [license]
 * @property {string} [changes]
 * @property {string} [surprise] what the networks do not know of it
 * @property {string} url
 * @property {string} thumb the address of a small one of 240 x 180 pixels
 *
 * @typedef {{ type: 'samples-listed', samples: Sample[] }
 *   | { type: 'image-picked', source: Blob, name: string, alt?: string, notice?: string }
 *   | { type: 'image-ready', serial: number, preview: Preview }
 *   | { type: 'image-failed', serial: number, error: Failure }
 *   | { type: 'noticed', notice: string }} ImagesAction
 */

/** @type {ImageState} */
export const noImage = { serial: 0, next: null, chosen: null, preview: null, error: null, notice: '' };

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceImages(page, action) {
  if (action.type === 'samples-listed') return { ...page, samples: action.samples };
  const image = reduceImage(page.image, action);
  return image === page.image ? page : { ...page, image };
}

/**
 * @param {ImageState} image
 * @param {Action} action
 * @returns {ImageState}
 */
function reduceImage(image, action) {
  switch (action.type) {
    case 'image-picked': {
      const { source, name, alt = '', notice = '' } = action;
      return { ...image, serial: image.serial + 1, next: { source, name, alt }, error: null, notice };
    }
    case 'image-ready': {
      if (action.serial !== image.serial) return image;
      return { ...image, chosen: image.next, next: null, preview: action.preview };
    }
    case 'image-failed':
      return action.serial === image.serial ? { ...image, next: null, error: action.error } : image;
    case 'noticed':
      return { ...image, notice: action.notice };
    case 'ask-changed':
      return image.error ? { ...image, error: null } : image;
    default:
      return image;
  }
}
