/** Files in one: a zip without compression, which every system opens. */

/** @typedef {{ name: string, bytes: Uint8Array<ArrayBuffer> }} Entry */

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/**
 * The checksum of zip and PNG (CRC-32, IEEE 802.3).
 * @param {Uint8Array} bytes
 */
export function crc32(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = (TABLE[(c ^ byte) & 255] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/**
 * Numbers of 2 or 4 bytes, the lowest byte first.
 * @param {...[number, 2 | 4]} fields
 */
function packed(...fields) {
  const bytes = new Uint8Array(fields.reduce((sum, [, size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, size] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}

/**
 * A zip of these files. Names are UTF-8 with `/` between folders; the date is the first that zip knows, so that the
 * same files give the same bytes.
 * @param {Entry[]} entries
 */
export function zip(entries) {
  const parts = /** @type {Uint8Array<ArrayBuffer>[]} */ ([]);
  const directory = /** @type {Uint8Array<ArrayBuffer>[]} */ ([]);
  let at = 0;
  for (const { name, bytes } of entries) {
    const encoded = new TextEncoder().encode(name);
    // Version 2.0, names in UTF-8, stored, 1980-01-01.
    /** @type {[number, 2 | 4][]} */
    const common = [
      [20, 2],
      [0x0800, 2],
      [0, 2],
      [0, 2],
      [0x21, 2],
      [crc32(bytes), 4],
      [bytes.length, 4],
      [bytes.length, 4],
      [encoded.length, 2],
      [0, 2],
    ];
    parts.push(packed([0x04034b50, 4], ...common), encoded, bytes);
    directory.push(packed([0x02014b50, 4], [20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), encoded);
    at += 30 + encoded.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = entries.length;
  const end = packed([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [at, 4], [0, 2]);
  return new Blob([...parts, ...directory, end], { type: 'application/zip' });
}
