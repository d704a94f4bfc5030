import { preview as decodePreview } from 'peerlight';
import { failure } from '../shared/failure.js';

/**
 * @import { Store } from '../app/store.js'
 * @import { Sample } from './state.js'
 */

/** So long an image that gave way may still be drawn. */
const LATE_MS = 2000;

/**
 * Decodes the image that was chosen, and lists the samples.
 * @param {Store} store
 */
export function runImages(store) {
  const { dispatch } = store;
  store.subscribe(({ image }, before) => {
    if (image.serial !== before.image.serial && image.next) show(image.serial, image.next.source);
    const former = before.image.preview?.bitmap;
    if (former && image.preview?.bitmap !== former) setTimeout(() => former.close(), LATE_MS);
  });
  listSamples().then((samples) => dispatch({ type: 'samples-listed', samples }));

  /**
   * @param {number} serial
   * @param {Blob} source
   */
  async function show(serial, source) {
    try {
      const preview = await decodePreview(source);
      if (store.state.image.serial === serial) dispatch({ type: 'image-ready', serial, preview });
      else preview.bitmap.close();
    } catch (thrown) {
      dispatch({ type: 'image-failed', serial, error: failure(thrown) });
    }
  }
}

/**
 * The list of samples; a page without samples still works.
 * @returns {Promise<Sample[]>}
 */
async function listSamples() {
  const base = new URL('samples/index.json', document.baseURI);
  const response = await fetch(base).catch(() => null);
  if (!response?.ok) return [];
  /** @type {unknown} */
  const samples = await response.json().catch(() => []);
  if (!Array.isArray(samples)) return [];
  const at = (/** @type {string} */ file) => new URL(file, base).href;
  return samples.map((sample) => ({ ...sample, url: at(sample.file), thumb: at(`thumbs/${sample.file}`) }));
}
