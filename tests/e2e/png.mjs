import { deflateSync, crc32 as zlibCrc } from 'node:zlib';

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
/**
 * Node has its own since 20.15.
 * @param {Buffer} bytes
 */
const crc32 = zlibCrc ?? ((bytes) => ~bytes.reduce((c, b) => table[(c ^ b) & 255] ^ (c >>> 8), ~0) >>> 0);

/**
 * @param {string} name
 * @param {Buffer} body
 */
export function chunk(name, body) {
  const out = Buffer.alloc(body.length + 12);
  out.writeUInt32BE(body.length);
  out.write(name, 4, 'latin1');
  body.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}

const KINDS = { gray: [0, 1], rgb: [2, 3], rgba: [6, 4] };

/**
 * Paeth's prediction, which suits images: each byte as its distance from what its neighbors suggest.
 * @param {Buffer} raw
 * @param {number} stride
 * @param {number} step
 */
function filterRows(raw, stride, step) {
  const out = Buffer.from(raw);
  for (let at = 0; at < raw.length; at += stride + 1) {
    out[at] = 4;
    for (let i = 1; i <= stride; i += 1) {
      const a = i > step ? raw[at + i - step] : 0;
      const b = at ? raw[at + i - stride - 1] : 0;
      const c = at && i > step ? raw[at + i - stride - 1 - step] : 0;
      const [p, q, r] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
      out[at + i] = raw[at + i] - (p <= q && p <= r ? a : q <= r ? b : c);
    }
  }
  return out;
}

/**
 * Writes a PNG without color chunks.
 * @param {number} width @param {number} height
 * @param {{ kind?: 'gray' | 'rgb' | 'rgba', depth?: 8 | 16, level?: number, filter?: boolean }} form
 * @param {Uint8Array} data channels in turn, row by row, 8 bits each (16-bit images repeat the byte: v * 257)
 */
export function encodePng(width, height, data, { kind = 'rgb', depth = 8, level = 3, filter = false } = {}) {
  const [type, channels] = KINDS[kind];
  const stride = width * channels * (depth / 8);
  const raw = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    const from = data.subarray(y * width * channels, (y + 1) * width * channels);
    const to = raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    if (depth === 8) to.set(from);
    else from.forEach((v, i) => to.fill(v, 2 * i, 2 * i + 2));
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([depth, type], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(filter ? filterRows(raw, stride, stride / width) : raw, { level })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * Some channels of RGBA.
 * @param {Uint8Array} rgba
 * @param {number[]} keep
 */
export function channels(rgba, keep) {
  const out = new Uint8Array((rgba.length / 4) * keep.length);
  for (let i = 0, at = 0; i < rgba.length; i += 4) for (const c of keep) out[at++] = rgba[i + c];
  return out;
}
