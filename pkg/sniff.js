/**
 * What a file's first bytes say about it, so that nothing is decoded that is too large or no image at all.
 * @typedef {{ format: string, width: number, height: number }} Head width and height are 0 where the format hides them
 */

/**
 * @param {DataView} v
 * @param {number} at
 * @param {string} word
 */
const has = (v, at, word) =>
  at + word.length <= v.byteLength && [...word].every((c, i) => v.getUint8(at + i) === c.charCodeAt(0));

/** @type {((v: DataView) => Head | null)[]} */
const FORMATS = [jpeg, png, gif, webp, bmp, heif];

/**
 * @param {DataView} v
 * @returns {Head | null} null for anything a browser cannot decode as a bitmap
 */
export function sniff(v) {
  for (const format of FORMATS) {
    try {
      const head = format(v);
      if (head) return head;
    } catch {
      // The header is cut off: the decoder will say so.
    }
  }
  return null;
}

/**
 * Other kinds of file that people drop, by name, for a clear refusal.
 * @param {DataView} v
 */
export function nameOther(v) {
  if (has(v, 0, '%PDF')) return 'a PDF document';
  if (has(v, 0, 'II*\0') || has(v, 0, 'MM\0*')) return 'a TIFF image, which browsers cannot read';
  if (has(v, 4, 'ftyp')) return isHeic(v) ? 'a HEIC image, which most browsers cannot read' : 'a video';
  if (has(v, 0, '\x1aE\xdf\xa3')) return 'a video';
  if (has(v, 0, 'PK\x03\x04')) return 'a ZIP archive or office document';
  const bytes = new Uint8Array(v.buffer, v.byteOffset, Math.min(v.byteLength, 1024));
  return /<svg[\s>]/i.test(new TextDecoder().decode(bytes)) ? 'an SVG drawing' : '';
}

/** @param {DataView} v */
function jpeg(v) {
  if (!has(v, 0, '\xff\xd8\xff')) return null;
  const head = { format: 'JPEG', width: 0, height: 0 };
  let at = 2;
  while (at + 9 <= v.byteLength) {
    const marker = v.getUint8(at + 1);
    if (v.getUint8(at) !== 0xff) break;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // Start of frame, but for DHT (c4), JPG (c8) and DAC (cc), which share its range.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { ...head, height: v.getUint16(at + 5), width: v.getUint16(at + 7) };
    }
    at += 2 + v.getUint16(at + 2);
  }
  return head;
}

/** @param {DataView} v */
function png(v) {
  return has(v, 0, '\x89PNG\r\n\x1a\n') ? { format: 'PNG', width: v.getUint32(16), height: v.getUint32(20) } : null;
}

/** @param {DataView} v */
function gif(v) {
  return has(v, 0, 'GIF8') ? { format: 'GIF', width: v.getUint16(6, true), height: v.getUint16(8, true) } : null;
}

/** @param {DataView} v */
function bmp(v) {
  return has(v, 0, 'BM') && v.byteLength > 26 && v.getUint32(14, true) <= 124
    ? { format: 'BMP', width: Math.abs(v.getInt32(18, true)), height: Math.abs(v.getInt32(22, true)) }
    : null;
}

/** @param {DataView} v */
function webp(v) {
  if (!has(v, 0, 'RIFF') || !has(v, 8, 'WEBP')) return null;
  const format = 'WebP';
  const u24 = (/** @type {number} */ at) => v.getUint16(at, true) | (v.getUint8(at + 2) << 16);
  if (has(v, 12, 'VP8X')) return { format, width: u24(24) + 1, height: u24(27) + 1 };
  if (has(v, 12, 'VP8L')) {
    const bits = v.getUint32(21, true);
    return { format, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  return { format, width: v.getUint16(26, true) & 0x3fff, height: v.getUint16(28, true) & 0x3fff };
}

/** @param {DataView} v */
function brand(v) {
  return has(v, 4, 'ftyp') ? String.fromCharCode(...new Uint8Array(v.buffer, v.byteOffset + 8, 4)) : '';
}

/** @param {DataView} v */
const isHeic = (v) => ['heic', 'heix', 'heim', 'heis', 'hevc', 'mif1', 'msf1'].includes(brand(v));

/**
 * AVIF keeps its size in an `ispe` box; the largest one is the image's.
 * @param {DataView} v
 */
function heif(v) {
  if (!['avif', 'avis'].includes(brand(v))) return null;
  const head = { format: 'AVIF', width: 0, height: 0 };
  for (let at = 8; at + 16 <= v.byteLength; at += 1) {
    if (!has(v, at, 'ispe')) continue;
    const [width, height] = [v.getUint32(at + 8), v.getUint32(at + 12)];
    if (width * height > head.width * head.height) Object.assign(head, { width, height });
  }
  return head;
}
