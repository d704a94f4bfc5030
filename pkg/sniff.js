import { brands, has } from './kinds.js';
import { jpegTurned, pngTurned } from './turned.js';

/**
 * What a file's first bytes say about it, so that nothing is decoded that is too large or no image at all.
 *
 * @typedef {object} Head
 * @property {string} format
 * @property {number} width 0 where the format hides it
 * @property {number} height as stored, before the image is turned upright
 * @property {boolean} [turned] whether turning it upright swaps the two; undefined where that is not known
 */

/** @type {((v: DataView) => Head | null)[]} */
const FORMATS = [jpeg, png, gif, webp, bmp, avif];

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

/** @param {DataView} v */
function jpeg(v) {
  if (!has(v, 0, '\xff\xd8\xff')) return null;
  const head = { format: 'JPEG', width: 0, height: 0 };
  let at = 2;
  let turned = false;
  while (at + 9 <= v.byteLength) {
    const marker = v.getUint8(at + 1);
    if (v.getUint8(at) !== 0xff) break;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // Start of frame, but for DHT (c4), JPG (c8) and DAC (cc), which share its range.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { ...head, height: v.getUint16(at + 5), width: v.getUint16(at + 7), turned };
    }
    if (marker === 0xe1) turned ||= jpegTurned(v, at + 4, at + 2 + v.getUint16(at + 2));
    at += 2 + v.getUint16(at + 2);
  }
  return head;
}

/** @param {DataView} v */
function png(v) {
  if (!has(v, 0, '\x89PNG\r\n\x1a\n')) return null;
  return { format: 'PNG', width: v.getUint32(16), height: v.getUint32(20), turned: pngTurned(v) };
}

/** @param {DataView} v */
function gif(v) {
  return has(v, 0, 'GIF8')
    ? { format: 'GIF', width: v.getUint16(6, true), height: v.getUint16(8, true), turned: false }
    : null;
}

/** @param {DataView} v */
function bmp(v) {
  if (!has(v, 0, 'BM') || v.byteLength <= 26 || v.getUint32(14, true) > 124) return null;
  // The oldest header, of OS/2, has sizes of two bytes.
  const [width, height] =
    v.getUint32(14, true) === 12
      ? [v.getUint16(18, true), v.getUint16(20, true)]
      : [Math.abs(v.getInt32(18, true)), Math.abs(v.getInt32(22, true))];
  return { format: 'BMP', width, height, turned: false };
}

/** @param {DataView} v */
function webp(v) {
  if (!has(v, 0, 'RIFF') || !has(v, 8, 'WEBP')) return null;
  const format = 'WebP';
  const u24 = (/** @type {number} */ at) => v.getUint16(at, true) | (v.getUint8(at + 2) << 16);
  if (has(v, 12, 'VP8X')) {
    // The tag itself lies at the file's end; a flag says whether there is one.
    const turned = v.getUint8(20) & 8 ? undefined : false;
    return { format, width: u24(24) + 1, height: u24(27) + 1, turned };
  }
  if (has(v, 12, 'VP8L')) {
    const bits = v.getUint32(21, true);
    return { format, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, turned: false };
  }
  const [width, height] = [v.getUint16(26, true) & 0x3fff, v.getUint16(28, true) & 0x3fff];
  return { format, width, height, turned: false };
}

/**
 * The size that an AVIF or HEIC image keeps in an `ispe` box: the largest one is the image's. An `irot` box turns it.
 * @param {DataView} v
 */
export function heifSize(v) {
  const head = { width: 0, height: 0, turned: false };
  for (let at = 8; at + 8 <= v.byteLength; at += 1) {
    if (has(v, at, 'irot')) head.turned ||= v.getUint8(at + 4) % 2 === 1;
    if (!has(v, at, 'ispe') || at + 16 > v.byteLength) continue;
    const [width, height] = [v.getUint32(at + 8), v.getUint32(at + 12)];
    if (width * height > head.width * head.height) Object.assign(head, { width, height });
  }
  return head;
}

/** Encoders name the brand `avif` first or among the others. @param {DataView} v */
function avif(v) {
  return brands(v).some((brand) => brand === 'avif' || brand === 'avis') ? { format: 'AVIF', ...heifSize(v) } : null;
}
