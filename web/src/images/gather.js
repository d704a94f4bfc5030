/** @typedef {{ file: File, path: string }} Given a file, and its path with the folders that were given */

/** Names of files that are images, by what they say of themselves. */
const IMAGE = /\.(jpe?g|jfif|jpe|pjp|pjpeg|png|webp|gif|bmp|avif|tiff?|heic|heif|jxl)$/i;

/** Names that are hidden, or of folders that systems leave. */
const SYSTEM = /^(\..+|__macosx|@eadir|#recycle|\$recycle\.bin|system volume information|lost\+found)$/i;

/**
 * The files of a drop, those in folders too, each with its path. To be called during the drop itself: afterwards the
 * browser has forgotten what was dropped.
 * @param {DataTransfer} data
 * @returns {Promise<Given[]>}
 */
export async function dropped(data) {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.every((entry) => !entry?.isDirectory)) return [...data.files].map(given);
  const found = await Promise.all(entries.map((entry) => (entry ? within(entry, '') : [])));
  return found.flat();
}

/** @param {File} file */
export const given = (file) => ({ file, path: file.webkitRelativePath || file.name });

/**
 * @param {FileSystemEntry} entry
 * @param {string} folder
 * @returns {Promise<Given[]>}
 */
async function within(entry, folder) {
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve) =>
      /** @type {FileSystemFileEntry} */ (entry).file(resolve, () => resolve(null)),
    );
    return file ? [{ file, path }] : [];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  // A reader gives a hundred entries at a time, and none at the end.
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) break;
    for (const child of some) found.push(...(await within(child, `${path}/`)));
  }
  return found;
}

/**
 * What there is among files: the images by path, the lists (CSV), and how many others. What is hidden, or left by a
 * system, is no image whatever its name says.
 * @param {Given[]} files
 */
export function sorted(files) {
  const own = files.filter(({ path }) => !path.split('/').some((part) => SYSTEM.test(part)));
  const images = own.filter(({ file, path }) => file.type.startsWith('image/') || IMAGE.test(path));
  const lists = own.filter(({ path }) => /\.csv$/i.test(path)).map(({ file }) => file);
  images.sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
  return { images, lists, others: files.length - images.length - lists.length };
}
