/**
 * A file, and its path with the folders that were given. Where the browser refuses to read one of a folder there is no
 * file; the path of a folder ends with a slash.
 * @typedef {{ file: File, path: string }} Given
 * @typedef {{ file: File | null, path: string }} Found
 */

/** So many files whose names say nothing are looked into. */
const LOOKS = 1000;

/** Names of files that are images, by what they say of themselves. */
const IMAGE = /\.(jpe?g|jfif|jpe|pjp|pjpeg|png|webp|gif|bmp|avif|tiff?|heic|heif|jxl)$/i;

/** Names that are hidden, or of folders that systems leave. */
const SYSTEM = /^(\..+|__macosx|@eadir|#recycle|\$recycle\.bin|system volume information|lost\+found)$/i;

/** Whether a file is hidden, or left by a system. @param {string} path */
export const isSystem = (path) => path.split('/').some((part) => SYSTEM.test(part));

/** Whether a file says that it is an image. @param {string} path @param {string} [type] */
export const isImageName = (path, type = '') => type.startsWith('image/') || IMAGE.test(path);

/**
 * The files of a drop, those in folders too, each with its path. To be called during the drop itself: afterwards the
 * browser has forgotten what was dropped.
 * @param {DataTransfer} data
 * @returns {Promise<Found[]>}
 */
export async function dropped(data) {
  const files = [...data.items].filter(({ kind }) => kind === 'file');
  const entries = files.map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.every((entry) => !entry?.isDirectory)) return [...data.files].map(given);
  const found = await Promise.all(entries.map((entry) => (entry ? within(entry, '') : [])));
  return found.flat();
}

/** @param {File} file */
export const given = (file) => ({ file, path: file.webkitRelativePath || file.name });

/**
 * @param {FileSystemEntry} entry
 * @param {string} folder
 * @returns {Promise<Found[]>}
 */
async function within(entry, folder) {
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve) =>
      /** @type {FileSystemFileEntry} */ (entry).file(resolve, () => resolve(null)),
    );
    return [{ file, path }];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  // A reader gives a hundred entries at a time, and none at the end.
  for (;;) {
    /** @type {FileSystemEntry[] | null} */
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve(null)));
    if (!some) found.push({ file: null, path: `${path}/` });
    if (!some?.length) break;
    for (const child of some) found.push(...(await within(child, `${path}/`)));
  }
  return found;
}

/**
 * What there is among files: the images by path, the lists (CSV), and the paths of all others. What is hidden, or left
 * by a system, is no image whatever its name says; a file whose name says nothing is one if its content is.
 * @param {Found[]} files
 * @param {(file: File) => Promise<boolean>} isImage by its content
 */
export async function sorted(files, isImage) {
  const images = /** @type {Given[]} */ ([]);
  const [lists, others] = [/** @type {File[]} */ ([]), /** @type {string[]} */ ([])];
  let looks = 0;
  for (const { file, path } of files) {
    const own = file && !isSystem(path);
    if (own && /\.csv$/i.test(path)) lists.push(file);
    else if (own && isImageName(path, file.type)) images.push({ file, path });
    else if (own && !file.type && (looks += 1) <= LOOKS && (await isImage(file))) images.push({ file, path });
    else others.push(path);
  }
  images.sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
  return { images, lists, others };
}
