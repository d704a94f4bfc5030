import { has } from './kinds.js';

/**
 * Whether an Exif tag turns the image by a quarter, so that upright its width is the stored height.
 *
 * @param {DataView} v
 * @param {number} start of the TIFF header
 * @param {number} end
 */
function exifTurned(v, start, end) {
  const last = Math.min(end, v.byteLength);
  const little = has(v, start, 'II');
  if (start + 8 > last || !(little || has(v, start, 'MM'))) return false;
  const list = start + v.getUint32(start + 4, little);
  if (list + 2 > last) return false;
  const count = v.getUint16(list, little);
  for (let at = list + 2; at + 12 <= last && at < list + 2 + 12 * count; at += 12) {
    const value = v.getUint16(at + 8, little);
    if (v.getUint16(at, little) === 0x0112) return value >= 5 && value <= 8;
  }
  return false;
}

/**
 * @param {DataView} v
 * @param {number} start of an APP1 segment's content
 * @param {number} end
 */
export const jpegTurned = (v, start, end) => has(v, start, 'Exif\0\0') && exifTurned(v, start + 6, end);

/** @param {DataView} v */
export function pngTurned(v) {
  for (let at = 8; at + 12 <= v.byteLength && !has(v, at + 4, 'IDAT'); at += 12 + v.getUint32(at)) {
    if (has(v, at + 4, 'eXIf')) return exifTurned(v, at + 8, at + 8 + v.getUint32(at));
  }
  return false;
}
