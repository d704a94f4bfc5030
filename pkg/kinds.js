/**
 * Files that are no image, or that not every browser reads, by their first bytes.
 *
 * @typedef {{ name: string, ask?: boolean }} Kind what to call it; `ask`: some browsers read it, so this one is asked
 */

/**
 * @param {DataView} v
 * @param {number} at
 * @param {string} word
 */
export function has(v, at, word) {
  if (at + word.length > v.byteLength) return false;
  for (let i = 0; i < word.length; i += 1) if (v.getUint8(at + i) !== word.charCodeAt(i)) return false;
  return true;
}

/** The brands of an ISO media file (AVIF, HEIC, videos), the major one first. @param {DataView} v */
export function brands(v) {
  if (!has(v, 4, 'ftyp')) return [];
  const brand = (/** @type {number} */ at) => String.fromCharCode(...new Uint8Array(v.buffer, v.byteOffset + at, 4));
  // A size of 1 stands for one of eight bytes behind the name.
  const [size, first] = v.getUint32(0) === 1 ? [v.byteLength, 16] : [v.getUint32(0) || v.byteLength, 8];
  const end = Math.min(size, v.byteLength, 1024);
  const list = v.byteLength >= first + 4 ? [brand(first)] : [];
  // Behind the major brand is its version; that of the smallest headers is a brand.
  for (let at = first + (list[0] === 'mif3' ? 4 : 8); at + 4 <= end; at += 4) list.push(brand(at));
  return list;
}

/** Brands of HEVC's images, of those whose code is told elsewhere, and of other codes in the same kind of file. */
const HEIC = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1', 'mif2', 'miaf'];
const HEIF = ['mif3', 'avci', 'avcs', 'jpeg', 'jpgs', 'j2ki', 'j2is', 'vvic', 'vvis', 'evbi', 'evbs', 'unif', '1pic'];

/** @type {[number, string, string, boolean?][]} offset, bytes, name, whether some browsers read it */
const MAGIC = [
  [0, '\0\0\0\x0cJXL \r\n\x87\n', 'JPEG XL', true],
  [0, '\xff\x0a', 'JPEG XL', true],
  [0, '\0\0\0\x0cjP  \r\n\x87\n', 'JPEG 2000', true],
  [0, '\xff\x4f\xff\x51', 'JPEG 2000', true],
  [8, 'CR\x02', 'a raw image of a camera (CR2)'],
  [0, 'II*\0', 'TIFF', true],
  [0, 'MM\0*', 'TIFF', true],
  [0, 'II+\0', 'BigTIFF', true],
  [0, 'MM\0+', 'BigTIFF', true],
  [0, '\0\0\x01\0', 'ICO', true],
  [0, '\0\0\x02\0', 'CUR', true],
  [0, 'IIRO', 'a raw image of a camera (ORF)'],
  [0, 'IIU\0', 'a raw image of a camera (RW2)'],
  [0, 'FUJIFILMCCD-RAW', 'a raw image of a camera (RAF)'],
  [0, '8BPS', 'a Photoshop document'],
  [0, 'gimp xcf', 'a GIMP document'],
  [0, 'II\xbc', 'JPEG XR', true],
  [0, 'qoif', 'QOI', true],
  [0, 'DDS ', 'a DDS texture'],
  [0, '\x76\x2f\x31\x01', 'an OpenEXR image'],
  [0, '#?RADIANCE', 'a Radiance HDR image'],
  [128, 'DICM', 'a DICOM file'],
  [0, 'SIMPLE  =', 'a FITS file'],
  [0, '\x93NUMPY', 'a NumPy array'],
  [0, '\x89HDF', 'an HDF5 file'],
  [0, 'AT&TFORM', 'a DjVu document'],
  [0, '%PDF', 'a PDF document'],
  [0, '%!PS', 'a PostScript drawing'],
  [0, '\xc5\xd0\xd3\xc6', 'a PostScript drawing'],
  [0, '\x1aE\xdf\xa3', 'a video'],
  [8, 'AVI ', 'a video'],
  [0, 'FLV', 'a video'],
  [0, '\0\0\x01\xba', 'a video'],
  [0, 'OggS', 'a sound or a video'],
  [8, 'WAVE', 'a sound'],
  [0, 'fLaC', 'a sound'],
  [0, 'ID3', 'a sound'],
  [0, 'PK\x03\x04', 'a ZIP archive or office document'],
  [0, '\x1f\x8b', 'a compressed file (gzip)'],
  [0, 'BZh', 'a compressed file (bzip2)'],
  [0, '\xfd7zXZ', 'a compressed file (xz)'],
  [0, '\x28\xb5\x2f\xfd', 'a compressed file (zstd)'],
  [0, '7z\xbc\xaf', 'a 7-Zip archive'],
  [0, 'Rar!', 'a RAR archive'],
  [257, 'ustar', 'a tar archive'],
  [0, '\xd0\xcf\x11\xe0', 'an office document'],
  [0, 'MZ', 'a program'],
  [0, '\x7fELF', 'a program'],
];

/**
 * @param {DataView} v
 * @returns {Kind | null} null for what has no name here
 */
export function kindOf(v) {
  const types = brands(v);
  if (types.length) {
    if (types.some((brand) => HEIC.includes(brand))) return { name: 'HEIC', ask: true };
    if (types.some((brand) => HEIF.includes(brand))) return { name: 'HEIF', ask: true };
    return { name: types[0] === 'crx ' ? 'a raw image of a camera (CR3)' : 'a video' };
  }
  const known = MAGIC.find(([at, word]) => has(v, at, word));
  if (known) return { name: known[2], ask: known[3] };
  // Eight bytes of a safetensors file tell the length of the JSON that follows.
  if (v.byteLength > 9 && v.getUint32(4, true) === 0 && v.getUint8(8) === 0x7b) return { name: 'a file of weights' };
  return kindOfText(new TextDecoder().decode(new Uint8Array(v.buffer, v.byteOffset, Math.min(v.byteLength, 1024))));
}

/**
 * @param {string} text
 * @returns {Kind | null}
 */
function kindOfText(text) {
  if (/<svg[\s>]/i.test(text)) return { name: 'an SVG drawing' };
  if (/^\s*(<!--[^]*?-->\s*)*<(!doctype html|html|head|body)\b/i.test(text)) return { name: 'a web page' };
  if (/^P[1-7]\s/.test(text)) return { name: 'a PNM image (PBM, PGM, PPM)' };
  if (/^#define \w+_width /.test(text)) return { name: 'an XBM image' };
  return null;
}
