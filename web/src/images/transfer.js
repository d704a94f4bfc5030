/** What a drop, a paste or a choice of files brings. */

/**
 * @typedef {object} Sorted
 * @property {File | undefined} first the image to take: the first that calls itself one, or else the first file
 * @property {number} others how many files are left out
 * @property {number} folders how many folders are left out
 */

/**
 * @param {Iterable<File>} files
 * @param {ArrayLike<DataTransferItem>} [items] the same, which alone know a folder
 * @returns {Sorted}
 */
export function sort(files, items = []) {
  const all = Array.from(files);
  const entries = Array.from(items)
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry?.());
  const plain = all.filter((_, i) => !entries[i]?.isDirectory);
  const first = plain.find(({ type }) => type.startsWith('image/')) ?? plain[0];
  return { first, others: Math.max(0, plain.length - 1), folders: all.length - plain.length };
}

/**
 * @param {number} n
 * @param {string} what
 */
export const count = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;

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
export const isPage = (response) => /^text\/html\b/.test(response.headers.get('content-type') ?? '');
