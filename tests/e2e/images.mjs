import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLES, TEMP } from './paths.mjs';
import { channels, encodePng } from './png.mjs';
import { decode } from './site.mjs';

/** Names of the sample images, in the page's order. */
export const sampleFiles = async () =>
  JSON.parse(await readFile(join(SAMPLES, 'index.json'), 'utf8')).map((s) => join(SAMPLES, s.file));

/** @type {Map<string, Promise<{ width: number, height: number, rgba: Uint8Array }>>} */
const decoded = new Map();

/**
 * The pixels of a sample.
 * @param {string} name such as `cat`
 */
export function pixelsOf(name) {
  const known = decoded.get(name) ?? readFile(join(SAMPLES, `${name}.jpg`)).then(decode);
  decoded.set(name, known);
  return known;
}

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 */
export async function temp(name, bytes) {
  const file = join(TEMP, name);
  await writeFile(file, bytes);
  return file;
}

/**
 * A sample as PNG: every decoder then gives the same pixels, and figures can be compared exactly.
 * @param {string} name
 */
export async function png(name) {
  const file = `${name}.png`;
  if ((await readdir(TEMP)).includes(file)) return join(TEMP, file);
  const { width, height, rgba } = await pixelsOf(name);
  return temp(file, encodePng(width, height, channels(rgba, [0, 1, 2])));
}

/**
 * The nearest pixel of an image for each of another size.
 * @param {{ width: number, height: number, rgba: Uint8Array }} from
 * @param {number} width
 * @param {number} height
 */
export function stretch(from, width, height) {
  const out = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = Math.floor((y * from.height) / height) * from.width;
    for (let x = 0; x < width; x += 1) {
      const i = 4 * (row + Math.floor((x * from.width) / width));
      out[at++] = from.rgba[i];
      out[at++] = from.rgba[i + 1];
      out[at++] = from.rgba[i + 2];
    }
  }
  return out;
}
