import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from './decode.js';

/** @param {...(string | number[])} parts */
const file = (...parts) =>
  new Blob([Uint8Array.from(parts.flatMap((p) => (typeof p === 'string' ? [...p].map((c) => c.charCodeAt(0)) : p)))]);
const u32 = (n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const u16 = (n) => [n >>> 8, n & 255];
const png = (w, h) => file('\x89PNG\r\n\x1a\n', u32(13), 'IHDR', u32(w), u32(h));
const fails = (code, text) => (error) => error.code === code && text.test(`${error.message} ${error.help}`);

test('sizes are read from the headers', async () => {
  assert.deepEqual(await inspect(png(640, 480)), { format: 'PNG', width: 640, height: 480 });
  const jpeg = file([0xff, 0xd8, 0xff, 0xe0], u16(4), [0, 0, 0xff, 0xc2], u16(17), [8], u16(30), u16(40), [3]);
  assert.deepEqual(await inspect(jpeg), { format: 'JPEG', width: 40, height: 30 });
  assert.deepEqual(await inspect(file('GIF89a', [7, 0, 9, 0])), { format: 'GIF', width: 7, height: 9 });
  const webp = file('RIFF', u32(0), 'WEBPVP8X', u32(10), [0, 0, 0, 0, 99, 0, 0, 49, 0, 0]);
  assert.deepEqual(await inspect(webp), { format: 'WebP', width: 100, height: 50 });
  const avif = file(u32(24), 'ftypavif', u32(0), u32(20), 'ispe', u32(0), u32(300), u32(200));
  assert.deepEqual(await inspect(avif), { format: 'AVIF', width: 300, height: 200 });
});

test('a bitmap of the oldest header has sizes of two bytes', async () => {
  const little = (n) => [n & 255, n >>> 8];
  const head = (size, ...rest) => file('BM', u32(0), u32(0), u32(0), [size, 0, 0, 0], ...rest, [1, 0, 24, 0, 0, 0]);
  const old = head(12, little(226), little(150));
  assert.deepEqual(await inspect(old), { format: 'BMP', width: 226, height: 150 });
  const usual = head(40, little(226), [0, 0], little(65536 - 150), [255, 255]);
  assert.deepEqual(await inspect(usual), { format: 'BMP', width: 226, height: 150 });
});

test('what cannot be an image is refused by name', async () => {
  await assert.rejects(inspect(new Blob([])), fails('image-empty', /empty/));
  await assert.rejects(
    inspect(file('<?xml version="1.0"?><svg xmlns="x"></svg>')),
    fails('image-broken', /SVG.*scripts/),
  );
  await assert.rejects(inspect(new Blob(['zzz'], { type: 'image/svg+xml' })), fails('image-broken', /SVG/));
  await assert.rejects(inspect(file('%PDF-1.7')), fails('image-broken', /PDF/));
  await assert.rejects(inspect(file(u32(24), 'ftypheic', u32(0))), fails('image-broken', /HEIC/));
  await assert.rejects(inspect(file('just some text')), fails('image-broken', /not an image/));
});

test('an image too large to decode is refused before it is decoded', async () => {
  await assert.rejects(inspect(png(30000, 30000)), fails('image-too-large', /900 megapixels/));
  assert.equal((await inspect(png(10000, 10000))).width, 10000);
});

test('a header that is cut off is left to the decoder', async () => {
  assert.deepEqual(await inspect(file([0xff, 0xd8, 0xff, 0xe0])), { format: 'JPEG', width: 0, height: 0 });
});

test('an AVIF image is known by any of its brands', async () => {
  const avif = (...list) =>
    file(
      u32(16 + 4 * list.length),
      'ftyp',
      list[0],
      u32(0),
      list.slice(1).join(''),
      u32(20),
      'ispe',
      u32(0),
      u32(30),
      u32(20),
    );
  for (const list of [
    ['mif1', 'avif', 'miaf'],
    ['miaf', 'mif1', 'avif'],
    ['avis', 'msf1'],
    ['msf1', 'avis'],
    ['avif'],
  ]) {
    assert.deepEqual(await inspect(avif(...list)), { format: 'AVIF', width: 30, height: 20 }, list.join());
  }
  for (const list of [
    ['mif1', 'heic'],
    ['heix', 'mif1'],
    ['mif1', 'miaf'],
  ]) {
    await assert.rejects(inspect(avif(...list)), fails('image-broken', /HEIC/), list.join());
  }
  await assert.rejects(inspect(avif('isom', 'avc1')), fails('image-broken', /video/));
});

test('what some browsers read is left to this one', async () => {
  const heic = file(u32(24), 'ftypheic', u32(0), 'mif1heic');
  const jxl = file([0xff, 0x0a], 'x');
  const unknown = file('any format of a later day');
  const closed = [];
  globalThis.createImageBitmap = /** @type {any} */ (
    async () => ({ width: 12, height: 9, close: () => closed.push(1) })
  );
  try {
    assert.deepEqual(await inspect(heic), { format: 'HEIC', width: 12, height: 9 });
    assert.deepEqual(await inspect(jxl), { format: 'JPEG XL', width: 12, height: 9 });
    assert.deepEqual(await inspect(unknown), { format: 'other', width: 12, height: 9 });
    // Never: these are refused before anything is decoded.
    await assert.rejects(inspect(file('<svg xmlns="x"></svg>')), fails('image-broken', /SVG/));
    await assert.rejects(inspect(file('%PDF-1.7')), fails('image-broken', /PDF/));
    assert.equal(closed.length, 3);
  } finally {
    Reflect.deleteProperty(globalThis, 'createImageBitmap');
  }
});

test('brands are found in headers of any form', async () => {
  const size = file(u32(20), 'ispe', u32(0), u32(640), u32(480));
  const heads = [
    file(u32(24), 'ftypavis', u32(0), 'avismsf1'),
    file(u32(24), 'ftypMA1B', u32(0), 'avifmiaf'),
    file(u32(0), 'ftypmif1', u32(0), 'avifmiaf'),
    file(u32(1), 'ftyp', u32(0), u32(32), 'mif1', u32(0), 'avifmiaf'),
    file(u32(16), 'ftypmif3avif'),
  ];
  for (const head of heads) {
    const found = await inspect(new Blob([head, size]));
    assert.deepEqual(found, { format: 'AVIF', width: 640, height: 480 });
  }
  for (const brand of ['avci', 'avcs', 'jpgs', 'j2ki', 'vvic', 'unif']) {
    const other = file(u32(20), `ftyp${brand}`, u32(0), brand);
    await assert.rejects(inspect(other), fails('image-broken', /a HEIF image, which this browser cannot read/));
  }
  const video = file(u32(20), 'ftypisom', u32(0), 'mp41');
  await assert.rejects(inspect(video), fails('image-broken', /a video/));
});

/** @type {[RegExp, Blob][]} */
const NAMED = [
  [/a JPEG XL image, which this browser cannot read/, file([0xff, 0x0a], 'x')],
  [/JPEG XL/, file([0, 0, 0, 12], 'JXL \r\n\x87\n')],
  [/JPEG 2000/, file([0, 0, 0, 12], 'jP  \r\n\x87\n')],
  [/JPEG 2000/, file([0xff, 0x4f, 0xff, 0x51])],
  [/Photoshop/, file('8BPS', u16(1))],
  [/an ICO image/, file([0, 0, 1, 0, 1, 0])],
  [/PNM.*JPEG or PNG/, file('P6\n3 2\n255\n')],
  [/DICOM/, file('\0'.repeat(128), 'DICM')],
  [/BigTIFF/, file('II+\0', [8, 0])],
  [/BigTIFF/, file('MM\0+', [0, 8])],
  [/TIFF/, file('II*\0', [8, 0, 0, 0])],
  [/raw image of a camera \(CR2/, file('II*\0', [16, 0, 0, 0], 'CR\x02\0')],
  [/raw image of a camera \(CR3/, file(u32(24), 'ftypcrx ', u32(1))],
  [/OpenEXR/, file([0x76, 0x2f, 0x31, 0x01])],
  [/web page.*image itself/, file('<!DOCTYPE html><html><body>an image</body></html>')],
  [/weights/, file([40, 0, 0, 0, 0, 0, 0, 0], '{"a":1}')],
  [/ZIP/, file('PK\x03\x04')],
  [/video/, file('\x1aE\xdf\xa3')],
];

for (const [says, blob] of NAMED) {
  test(`refused by its name: ${says.source}`, async () => assert.rejects(inspect(blob), fails('image-broken', says)));
}
