/** What a drop, a paste or a choice of files brings. */

/** Input fields that hold no text. */
const BUTTONS = ['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'];

/**
 * Whether text can be typed there.
 * @param {EventTarget | undefined} target
 */
export function isEditable(target) {
  const { tagName, type, isContentEditable } = /** @type {Partial<HTMLInputElement>} */ (target ?? {});
  if (tagName === 'INPUT') return !BUTTONS.includes(type ?? '');
  return tagName === 'TEXTAREA' || Boolean(isContentEditable);
}

/**
 * Whether text goes into a text field. Office programs put an image of the text beside it, which nobody means then.
 *
 * @param {EventTarget | undefined} target
 * @param {DataTransfer | null} data
 */
export function isTextFor(target, data) {
  return isEditable(target) && Boolean(data?.types.some((type) => type === 'text/plain' || type === 'text/uri-list'));
}

/** Many servers answer with a page where there is no file. @param {Response} response */
const isPage = (response) => /^text\/html\b/.test(response.headers.get('content-type') ?? '');

/**
 * The file of a sample; null where it cannot be had.
 * @param {string} url
 * @returns {Promise<Blob | null>}
 */
export const fetchSample = (url) =>
  fetch(url)
    .then((response) => (response.ok && !isPage(response) ? response.blob() : null))
    .catch(() => null);
