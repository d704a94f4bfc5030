import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { isWholePng } from './png.js';

/**
 * @param {string} name
 * @param {Uint8Array} data
 */
function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/**
 * @param {{ width: number, height: number, depth?: number, color?: number, interlaced?: number }} head
 * @param {number} bytes of its pixels
 */
function png({ width, height, depth = 8, color = 0, interlaced = 0 }, bytes) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, color, 0, 0, interlaced], 8);
  const packed = deflateSync(Buffer.alloc(bytes, 7));
  const half = packed.length >> 1;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('tEXt', Buffer.from('Comment\0none')),
    chunk('IDAT', packed.subarray(0, half)),
    chunk('IDAT', packed.subarray(half)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** @param {Uint8Array} bytes */
const whole = (bytes) => isWholePng(new Blob([bytes]));

test('a PNG is whole where it has the pixels of its size, of every color type and depth', async () => {
  for (const [depth, color, bytes] of [
    [8, 0, 6],
    [1, 0, 2],
    [16, 0, 11],
    [8, 2, 16],
    [4, 3, 4],
    [8, 4, 11],
    [16, 6, 41],
  ]) {
    const head = { width: 5, height: 3, depth, color };
    assert.ok(await whole(png(head, 3 * bytes)), `${depth}, ${color}`);
    assert.equal(await whole(png(head, 3 * bytes - 1)), false, `${depth}, ${color}`);
  }
  assert.ok(await whole(png({ width: 5, height: 3, interlaced: 1 }, 20)), 'interlaced: not counted');
  assert.ok(await whole(Buffer.concat([png({ width: 5, height: 3 }, 18), Buffer.from('more')])));
});

test('a PNG that was cut off before its pixels end is not whole', async () => {
  const file = png({ width: 5, height: 3 }, 18);
  const end = file.indexOf('IEND') - 8;
  for (let length = 0; length < end; length++) assert.equal(await whole(file.subarray(0, length)), false, `${length}`);
});

test('a PNG with any bit of its pixels changed is not whole', async () => {
  const file = png({ width: 9, height: 3 }, 30);
  const at = [...file.toString('latin1').matchAll(/IDAT/g)].map(({ index }) => index + 4);
  const packed = (/** @type {Buffer} */ of) =>
    Buffer.concat(at.map((start) => of.subarray(start, start + of.readUInt32BE(start - 8))));
  let changed = 0;
  for (const start of at) {
    for (let i = start; i < start + file.readUInt32BE(start - 8); i++) {
      for (let bit = 0; bit < 8; bit++) {
        const hurt = Buffer.from(file);
        hurt[i] = (hurt[i] ?? 0) ^ (1 << bit);
        if (!(await whole(hurt))) changed++;
        // Some bits say nothing: what fills the last byte, and what a decoder need not know.
        else assert.deepEqual(inflateSync(packed(hurt)), inflateSync(packed(file)), `byte ${i}, bit ${bit}`);
      }
    }
  }
  assert.ok(changed > 80, `${changed}`);
});
