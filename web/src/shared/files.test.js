import assert from 'node:assert/strict';
import { test } from 'node:test';
import { npy } from './npy.js';
import { crc32, zip } from './zip.js';

const bytes = (text) => new TextEncoder().encode(text);

test('the checksum is that of the standard', () => {
  assert.equal(crc32(bytes('123456789')), 0xcbf43926);
  assert.equal(crc32(new Uint8Array()), 0);
});

test('a zip has its files where its directory says', async () => {
  const files = [
    { name: 'a.txt', bytes: bytes('first') },
    { name: 'maps/größe.npy', bytes: bytes('second file') },
  ];
  const data = new Uint8Array(await zip(files).arrayBuffer());
  const view = new DataView(data.buffer);
  const end = data.length - 22;
  assert.deepEqual([view.getUint32(end, true), view.getUint16(end + 10, true)], [0x06054b50, 2]);
  let at = view.getUint32(end + 16, true);
  for (const { name, bytes: content } of files) {
    assert.equal(view.getUint32(at, true), 0x02014b50);
    const [size, length, start] = [
      view.getUint32(at + 24, true),
      view.getUint16(at + 28, true),
      view.getUint32(at + 42, true),
    ];
    assert.equal(new TextDecoder().decode(data.subarray(at + 46, at + 46 + length)), name);
    assert.equal(view.getUint32(start, true), 0x04034b50);
    assert.deepEqual(data.slice(start + 30 + length, start + 30 + length + size), content);
    at += 46 + length;
  }
  assert.equal(at, end);
});

test('an array is written as NumPy reads it', () => {
  const data = npy(Float32Array.of(1, 2, 3, 4, 5, 6.5), 2, 3);
  const head = new DataView(data.buffer).getUint16(8, true);
  assert.equal((10 + head) % 64, 0);
  assert.match(
    new TextDecoder().decode(data.subarray(10, 10 + head)),
    /^\{'descr': '<f4', .*'shape': \(2, 3\), \} *\n$/,
  );
  assert.equal(new DataView(data.buffer).getFloat32(10 + head + 20, true), 6.5);
});
