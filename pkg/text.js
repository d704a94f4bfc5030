import { PeerlightError } from './errors.js';
import { throwIfNoBlob } from './source.js';

/**
 * The text of a file: UTF-8, or with a byte order mark UTF-16, as spreadsheets write it.
 * @param {Blob} file
 */
export async function readText(file) {
  throwIfNoBlob(file);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const [first, second] = bytes;
  const wide = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  try {
    const text = new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(bytes);
    // As in UTF-16 without its mark.
    if (!text.includes('\0')) return text;
  } catch {
    // Said below.
  }
  throw new PeerlightError('ask-invalid', 'The file is no text in UTF-8 or UTF-16.', 'Save it as UTF-8.');
}
