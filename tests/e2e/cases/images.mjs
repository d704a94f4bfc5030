import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from '../harness.mjs';
import { compare, native, nativeOf } from '../native.mjs';
import { FIXTURES } from '../paths.mjs';
import { pixelsOf, png, stretch, temp } from '../images.mjs';
import { channels, chunk, encodePng } from '../png.mjs';
import { Site } from '../site.mjs';

const fixture = (name) => join(FIXTURES, name);
const jpeg = () => readFile(new URL('../../../web/samples/cat.jpg', import.meta.url));

/** A PNG that only claims to be so large. */
function claims(width, height) {
  const file = encodePng(1, 1, new Uint8Array(3));
  const head = Buffer.from(file.subarray(16, 29));
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  return Buffer.concat([file.subarray(0, 8), chunk('IHDR', head), file.subarray(33)]);
}

const REFUSED = [
  ['empty.jpg', async () => Buffer.alloc(0), 'image-empty', /empty/],
  ['text.jpg', async () => Buffer.from('These are words.\n'.repeat(40)), 'image-broken', /not an image/],
  [
    'drawing.svg',
    async () =>
      Buffer.from(
        '<?xml version="1.0"?>' +
          '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
      ),
    'image-broken',
    /SVG/,
  ],
  [
    'image.heic',
    async () => Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), Buffer.alloc(4000, 7)]),
    'image-broken',
    /HEIC/,
  ],
  ['paper.pdf', async () => Buffer.from('%PDF-1.7\n%\xe2\xe3'), 'image-broken', /PDF/],
  [
    'noise.png',
    async () => Buffer.concat([encodePng(64, 64, new Uint8Array(64 * 64 * 3)).subarray(0, 60), Buffer.alloc(500, 90)]),
    'image-broken',
    /damaged|cannot read/,
  ],
  ['head.jpg', async () => (await jpeg()).subarray(0, 300), 'image-broken', /damaged|cannot read/],
  ['enormous.png', async () => claims(20000, 15000), 'image-too-large', /300 megapixels/],
  ['lies.png', async () => claims(12000, 12000), 'image-broken', /damaged|cannot read/],
];

test('images: what cannot be read is refused clearly, and a good one afterwards works', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(() => site.at('sample-0').click());
  const cat = await png('cat');
  for (const [name, make, code, says] of REFUSED) {
    const buffer = await /** @type {() => Promise<Buffer>} */ (make)();
    const mimeType = String(name).endsWith('svg') ? 'image/svg+xml' : 'image/jpeg';
    await site.pick({ name: String(name), mimeType, buffer });
    const text = await site.text('error', /** @type {RegExp} */ (says));
    assert.equal(await site.at('error').getAttribute('data-code'), code, String(name));
    assert.ok(/[.!] \S/.test(text), `“${text}” says what to do`);
    await site.explain(() => site.pick(cat));
    assert.ok(await site.at('error').isHidden(), `${name}: the error goes away`);
  }
  assert.ok(await site.stillThere());
  assert.deepEqual(site.errors, []);
});

test('images: a truncated JPEG gives an answer or a clear message', async (t) => {
  const site = await (await Site.make(t)).open();
  const whole = await jpeg();
  await site.pick({ name: 'half.jpg', mimeType: 'image/jpeg', buffer: whole.subarray(0, whole.length >> 1) });
  await site.page.waitForFunction(() => seen.results > 0 || !document.querySelector('[data-testid=error]').hidden);
  t.note((await site.results()) ? 'answered from the half' : String(await site.at('error').textContent()));
  await site.explain(async () => site.pick(await png('cat')));
});

/**
 * Two decoders of a lossy image, scaled up: a turned or a wrong frame would be far outside; equal figures are for
 * lossless ones.
 */
const JPEG = { p: 0.05, rho: 0.5, mean: 0.08 };

/** Each shows the cat; how far its figures may lie from the command line's, and why. */
const KINDS = [
  ['plain.png', {}],
  ['progressive.jpg', JPEG],
  ['turned.jpg', JPEG],
  ['lossless.webp', {}],
  ['animated.gif', {}],
  ['animated.png', {}],
  ['animated.webp', JPEG],
];

test("images: animations, turned, progressive and lossless ones give the command line's figures", async (t) => {
  const site = await (await Site.make(t)).open();
  for (const [name, tolerance] of KINDS) {
    await site.explain(() => site.pick(fixture(String(name))));
    const figures = await site.figures();
    assert.deepEqual([figures.image.width, figures.image.height], [226, 150], String(name));
    try {
      const other = await nativeOf(fixture(String(name)), figures);
      t.note(`${name}: ${compare(figures, other, /** @type {object} */ (tolerance))}`);
    } catch (thrown) {
      throw new Error(`${name}: ${thrown}`);
    }
  }
});

test('images: 16 bits, gray, transparent, one pixel, one line, CMYK', async (t) => {
  const site = await (await Site.make(t)).open();
  const { width, height, rgba } = await pixelsOf('cat');
  const veiled = Uint8Array.from(rgba, (v, i) => (i % 4 === 3 ? (Math.floor(i / 4) % width < width / 3 ? 0 : 255) : v));
  const made = [
    ['deep.png', encodePng(width, height, channels(rgba, [0, 1, 2]), { depth: 16 }), {}],
    ['gray.png', encodePng(width, height, channels(rgba, [1]), { kind: 'gray' }), {}],
    ['gray16.png', encodePng(width, height, channels(rgba, [1]), { kind: 'gray', depth: 16 }), {}],
    ['veiled.png', encodePng(width, height, veiled, { kind: 'rgba' }), {}],
    ['dot.png', encodePng(1, 1, Uint8Array.of(90, 120, 30)), {}],
    ['line.png', encodePng(1200, 1, channels(rgba.subarray(0, 4800), [0, 1, 2])), {}],
    // Browsers convert CMYK by a profile, the command line by a formula.
    ['cmyk.jpg', await readFile(fixture('cmyk.jpg')), JPEG],
  ];
  for (const [name, bytes, tolerance] of made) {
    const file = await temp(name, bytes);
    await site.explain(() => site.pick(file));
    const figures = await site.figures();
    const other = await nativeOf(file, figures);
    try {
      t.note(`${basename(name)}: ${compare(figures, other, tolerance)}`);
    } catch (thrown) {
      throw new Error(`${name}: ${thrown}`);
    }
    if (name === 'cmyk.jpg') t.note(`cmyk: ${figures.target.label} here, ${other.target.label} there`);
  }
});

test('images: one flat color is explained without pretending', async (t) => {
  const site = await (await Site.make(t)).open();
  const flat = encodePng(300, 300, new Uint8Array(300 * 300 * 3).fill(128));
  await site.explain(() => site.pick({ name: 'flat.png', mimeType: 'image/png', buffer: flat }));
  const [other] = await native([await temp('flat.png', flat)]);
  const figures = await site.figures();
  t.note(`agreement ${figures.agreement}, ${figures.regions.filter((r) => r.constant).length} flat regions`);
  compare(figures, other, { rho: 5e-3 });
  assert.ok(figures.agreement < 0.5, 'all that there is to see are the borders');
  // What speaks for a class is zero in many regions: they have no correlation, and the page says so.
  const bare = await site.explain(() => site.at('evidence').selectOption('class'));
  const empty = bare.regions.filter((r) => r.constant).length;
  assert.ok(empty > 9 && bare.regions.every((r) => !r.constant || r.rho === 0), String(empty));
  assert.match(
    String(await site.page.locator('peer-agreement').textContent()),
    new RegExp(`${empty} flat regions count as 0`),
  );
  assert.doesNotMatch(String(await site.page.locator('main').textContent()), /NaN|undefined|null/);
});

test(
  'images: 12 and 100 megapixels',
  async (t) => {
    const site = await (await Site.make(t)).open();
    const cat = await pixelsOf('cat');
    const shown = async (name, width, height, bytes) => {
      const file = await temp(name, bytes);
      const start = performance.now();
      const result = await site.explain(() => site.pick(file));
      const [size, time] = [bytes.length / 1e6, (performance.now() - start) / 1000];
      t.note(`${name} (${size.toFixed(1)} MB) in ${time.toFixed(1)} s: ${result.target.label}`);
      assert.deepEqual([result.image.width, result.image.height], [width, height]);
      const side = 0.875 * Math.min(width, height);
      for (const [a, b] of [
        [result.image.crop.side, side],
        [result.image.crop.x, (width - side) / 2],
        [result.image.crop.y, (height - side) / 2],
      ]) {
        assert.ok(Math.abs(a - b) <= width / 2000, `crop ${a} against ${b}`);
      }
      return file;
    };
    const twelve = await shown('twelve.png', 4000, 3000, encodePng(4000, 3000, stretch(cat, 4000, 3000), { level: 1 }));
    const [other] = await native([twelve]);
    t.note(compare(await site.figures(), other, {}));
    await shown('hundred.png', 10000, 10000, encodePng(10000, 10000, stretch(cat, 10000, 10000), { level: 1 }));
    const small = await site.explain(async () => site.pick(await png('cat')));
    assert.equal(small.image.width, 451);
  },
  { ms: 180_000 },
);

/**
 * A JPEG of this size whose Exif tag turns it by a quarter.
 * @param {Site} site
 * @param {number} width as stored
 * @param {number} height
 */
async function turnedJpeg(site, width, height) {
  const base64 = await site.page.evaluate(
    async ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height);
      const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
      const colors = pen.createLinearGradient(0, 0, width, height);
      for (const [at, color] of [0, 1, 2, 3, 4].entries()) colors.addColorStop(at / 4, `hsl(${color * 80} 80% 50%)`);
      pen.fillStyle = colors;
      pen.fillRect(0, 0, width, height);
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer());
      let text = '';
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return btoa(text);
    },
    [width, height],
  );
  const plain = Buffer.from(base64, 'base64');
  const tag = 'ffe100224578696600004d4d002a00000008000101120003000000010006000000000000';
  return Buffer.concat([plain.subarray(0, 2), Buffer.from(tag, 'hex'), plain.subarray(2)]);
}

test(
  'images: panoramas, large and turned images keep their size, and are seen much as the command line sees them',
  async (t) => {
    const site = await (await Site.make(t)).open();
    const cat = await pixelsOf('cat');
    const made = [
      ['panorama.png', 12000, 1500, async () => encodePng(12000, 1500, stretch(cat, 12000, 1500), { level: 1 })],
      ['tower.png', 1500, 12000, async () => encodePng(1500, 12000, stretch(cat, 1500, 12000), { level: 1 })],
      ['large.png', 6000, 4000, async () => encodePng(6000, 4000, stretch(cat, 6000, 4000), { level: 1 })],
      ['nearly-square.png', 4101, 4099, async () => encodePng(4101, 4099, stretch(cat, 4101, 4099), { level: 1 })],
      ['turned.jpg', 1800, 10000, () => turnedJpeg(site, 10000, 1800)],
    ];
    for (const [name, width, height, make] of made) {
      const file = await temp(name, await make());
      const { image } = await site.explain(() => site.pick(file));
      assert.deepEqual([image.width, image.height], [width, height], name);
      const shown = await site.page.evaluate(() => {
        const { width, height } = /** @type {HTMLCanvasElement} */ (document.querySelector('peer-viewer canvas'));
        return Math.min(width, height);
      });
      assert.ok(shown > 500, `${name}: the shorter side is shown by ${shown} pixels`);
      const other = await nativeOf(file, await site.figures());
      const figures = await site.figures();
      for (const key of ['x', 'y', 'side']) {
        const [a, b] = [figures.image.crop[key], other.image.crop[key]];
        assert.ok(Math.abs(a - b) <= 2, `${name}: crop ${key} ${a} against ${b}`);
      }
      figures.image = other.image;
      // The page scales such images down while it decodes them, by the browser's own filter, and JPEG is decoded by the
      // browser, too: correlations differ by up to 0.25. The drawn colors are nothing that a network knows, so that the
      // answer turns on either.
      if (name.endsWith('.jpg')) continue;
      t.note(`${name}: ${compare(figures, other, { p: 0.03, rho: 0.3, mean: 0.04 })}`);
    }
  },
  { ms: 240_000 },
);

test('images: AVIF by whichever brand it names first', async (t) => {
  const site = await (await Site.make(t)).open();
  const file = await readFile(fixture('plain.avif'));
  for (const brand of ['avif', 'mif1', 'miaf']) {
    const buffer = Buffer.from(file);
    buffer.write(brand, 8, 'latin1');
    const { image, target } = await site.explain(() =>
      site.pick({ name: `${brand}.avif`, mimeType: 'image/avif', buffer }),
    );
    assert.deepEqual([image.width, image.height], [226, 150], brand);
    t.note(`${brand}: ${target.label}`);
  }
});
