import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { sniff } from './sniff.js';

const view = (bytes) => new DataView(Uint8Array.from(bytes).buffer);
const text = (t) => [...t].map((c) => c.charCodeAt(0));
const u32 = (n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const u16 = (n) => [n >>> 8, n & 255];

/** An Exif block with an orientation and one more tag. */
function exif(orientation, little) {
  const w2 = (n) => (little ? u16(n).reverse() : u16(n));
  const w4 = (n) => (little ? u32(n).reverse() : u32(n));
  const entry = (tag, value) => [...w2(tag), ...w2(3), ...w4(1), ...w2(value), 0, 0];
  const list = [...w2(2), ...entry(0x010f, 1), ...entry(0x0112, orientation), ...w4(0)];
  return [...text(little ? 'II' : 'MM'), ...w2(42), ...w4(8), ...list];
}

/** @param {number[]} block */
function jpeg(block) {
  const app1 = [...text('Exif\0\0'), ...block];
  const frame = [0xff, 0xc0, ...u16(17), 8, ...u16(30), ...u16(40), 3];
  return view([0xff, 0xd8, 0xff, 0xe1, ...u16(app1.length + 2), ...app1, ...frame]);
}

function png(block) {
  const chunk = (name, data) => [...u32(data.length), ...text(name), ...data, 0, 0, 0, 0];
  const size = [...u32(40), ...u32(30), 8, 2, 0, 0, 0];
  const magic = [0x89, ...text('PNG\r\n'), 0x1a, 0x0a];
  return view([...magic, ...chunk('IHDR', size), ...chunk('eXIf', block), ...chunk('IDAT', [1, 2, 3])]);
}

test('the tag that turns an image by a quarter is found', () => {
  for (const little of [false, true]) {
    for (const make of [jpeg, png]) {
      for (let orientation = 0; orientation < 10; orientation += 1) {
        const head = sniff(make(exif(orientation, little)));
        assert.deepEqual([head?.width, head?.height], [40, 30]);
        assert.equal(head?.turned, orientation >= 5 && orientation <= 8, `${make.name} ${orientation} ${little}`);
      }
    }
  }
});

test('a tag that is cut off, or points elsewhere, turns nothing', () => {
  const whole = exif(6, true);
  for (let length = 0; length < whole.length; length += 1) {
    const head = sniff(jpeg(whole.slice(0, length)));
    assert.deepEqual([head?.width, head?.height], [40, 30], String(length));
  }
  const far = exif(6, false);
  far.splice(4, 4, 0xff, 0xff, 0xff, 0xf0);
  assert.equal(sniff(jpeg(far))?.turned, false);
});

test('a real file', async () => {
  const file = await readFile(new URL('../tests/e2e/fixtures/turned.jpg', import.meta.url));
  const head = sniff(new DataView(file.buffer, file.byteOffset, file.byteLength));
  assert.deepEqual([head?.width, head?.height, head?.turned], [150, 226, true]);
});
