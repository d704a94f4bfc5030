import assert from 'node:assert/strict';
import { near, test } from '../harness.mjs';
import { Site, decode } from '../site.mjs';
import { channels, encodePng } from '../png.mjs';
import { pixelsOf } from '../images.mjs';

const [WIDTH, HEIGHT] = [640, 400];
/** 0.875 of the shorter side, in the middle. */
const CROP = { x: 145, y: 25, side: 350 };
const RED = [200, 40, 40];

/** Red all over, with the cat in the right half of the square that the networks see. */
async function image() {
  const cat = await pixelsOf('cat');
  const rgba = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const [u, v] = [x - 320, y - 110];
      const inside = u >= 0 && u < 175 && v >= 0 && v < 180;
      const from = 4 * ((v + 60) * cat.width + u + 130);
      const color = inside ? cat.rgba.subarray(from, from + 3) : RED;
      rgba.set([...color, 255], 4 * (y * WIDTH + x));
    }
  }
  return { name: 'known.png', mimeType: 'image/png', buffer: encodePng(WIDTH, HEIGHT, channels(rgba, [0, 1, 2])) };
}

/**
 * @param {{ width: number, rgba: Uint8Array }} image
 * @param {number} x
 * @param {number} y
 */
const pixel = ({ width, rgba }, x, y) => [...rgba.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];

/**
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} by
 * @param {string} what
 */
const nearColor = (a, b, by, what) => a.forEach((v, i) => near(v, b[i], by, `${what}: ${a} against ${b}`));

test('overlay: the map lies on exactly the square that the networks saw', async (t) => {
  const site = await (await Site.make(t)).open();
  const result = await site.explain(async () => site.pick(await image()));
  assert.deepEqual(result.image, { width: WIDTH, height: HEIGHT, crop: CROP });
  const boxes = await site.page.evaluate(() => {
    const box = (/** @type {string} */ s) => document.querySelector(s)?.getBoundingClientRect().toJSON();
    return {
      frame: box('.frame'),
      square: box('.square'),
      overlay: box('.overlay'),
      cell: box('[data-testid="region-3-5"]'),
    };
  });
  const scale = boxes.frame.width / WIDTH;
  near(boxes.frame.height, HEIGHT * scale, 1, 'frame');
  for (const box of [boxes.square, boxes.overlay]) {
    near(box.x - boxes.frame.x, CROP.x * scale, 1, 'left');
    near(box.y - boxes.frame.y, CROP.y * scale, 1, 'top');
    near(box.width, CROP.side * scale, 1, 'width');
    near(box.height, CROP.side * scale, 1, 'height');
  }
  near(boxes.cell.x - boxes.frame.x, (CROP.x + (5 * CROP.side) / 7) * scale, 1, 'sixth column');
  near(boxes.cell.y - boxes.frame.y, (CROP.y + (3 * CROP.side) / 7) * scale, 1, 'fourth row');

  const canvas = await site.at('overlay').evaluate((c) => [c.width, c.height]);
  assert.deepEqual(canvas, [result.side, result.side]);
  // The cat fills the right half: there the peers look.
  const half = (right) =>
    result.regions
      .filter((r) => (right ? r.column > 3 : r.column < 3))
      .reduce((s, r) => s + r.attention[0] + r.attention[1], 0);
  assert.ok(half(true) > 1.5 * half(false), `${half(true)} on the cat against ${half(false)} beside it`);
});

test('overlay: the screen shows image and map where they belong', async (t) => {
  const site = await (await Site.make(t)).open();
  const result = await site.explain(async () => site.pick(await image()));
  await site.at('lines').uncheck();
  await site.at('color').selectOption('gray');
  await site.at('opacity').fill('1');
  // The chosen cell keeps its frame; the pointer is kept away from the others.
  const frame = site.page.locator('.frame');
  await frame.scrollIntoViewIfNeeded();
  const shot = await decode(await frame.screenshot());
  const scale = shot.width / WIDTH;
  const at = (x, y) => pixel(shot, Math.round(x * scale), Math.round(y * scale));
  const dark = RED.map((v) => v * 0.55);
  for (const [x, y] of [
    [20, 200],
    [620, 200],
    [320, 10],
    [320, 390],
    [CROP.x - 4, 200],
    [CROP.x + CROP.side + 4, 200],
  ])
    nearColor(at(x, y), dark, 3, `outside, ${x} ${y}`);
  const { map } = result;
  for (const [x, y] of [
    [150, 200],
    [200, 60],
    [420, 200],
    [480, 330],
    [390, 150],
  ]) {
    const [u, v] = [x - CROP.x, y - CROP.y].map((k) => Math.floor((k * result.side) / CROP.side));
    const gray = 255 * map[v * result.side + u];
    nearColor(at(x, y), [gray, gray, gray], 16, `inside, ${x} ${y}`);
  }
  await site.at('opacity').fill('0');
  const plain = await decode(await frame.screenshot());
  nearColor(pixel(plain, Math.round(160 * scale), Math.round(200 * scale)), RED, 3, 'no overlay');
});

test("overlay: the saved PNG has the image's size, the map on the square and the rest dimmed", async (t) => {
  const site = await (await Site.make(t)).open();
  const result = await site.explain(async () => site.pick(await image()));
  await site.at('show-mutual').click();
  await site.at('color').selectOption('gray');
  for (const opacity of [1, 0.5]) {
    await site.at('opacity').fill(String(opacity));
    await site.page.waitForFunction((o) => document.querySelector('.overlay')?.style.opacity === String(o), opacity);
    const { name, bytes } = await site.save('save-png');
    assert.equal(name, 'known-mutual.png');
    const image = await decode(bytes);
    assert.deepEqual([image.width, image.height], [WIDTH, HEIGHT]);
    for (const [x, y] of [
      [10, 10],
      [144, 200],
      [495, 200],
      [320, 24],
      [320, 375],
    ])
      nearColor(
        pixel(image, x, y),
        RED.map((v) => v * 0.55),
        2,
        `outside, ${x} ${y}`,
      );
    for (const [x, y] of [
      [145, 25],
      [145, 374],
      [160, 200],
      [200, 60],
      [250, 300],
    ]) {
      const [u, v] = [x - CROP.x, y - CROP.y].map((k) => Math.floor(((k + 0.5) * result.side) / CROP.side));
      const gray = 255 * result.map[v * result.side + u];
      nearColor(
        pixel(image, x, y),
        RED.map((c) => (1 - opacity) * c + opacity * gray),
        6,
        `inside, ${x} ${y}, opacity ${opacity}`,
      );
    }
  }
});
