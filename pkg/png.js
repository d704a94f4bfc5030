/**
 * Whether a PNG file is as it was written. Some browsers show a damaged one as far as it goes, without a word.
 *
 * The pixels are unpacked and counted (PNG, third edition, sections 5 and 10), and nothing of them is kept: their
 * stream must end well, by its own checksum, and have the bytes that the header's size asks for. Those of interlaced
 * ones are not counted.
 *
 * @param {Blob} file
 */
export async function isWholePng(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const view = new DataView(bytes.buffer);
  if (bytes.length < 33) return false;
  let left = view.getUint8(28) ? null : pixelBytes(view);
  try {
    const packed = new Blob(pixelChunks(bytes, view)).stream();
    const reader = packed.pipeThrough(new DecompressionStream('deflate')).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (left !== null) left -= next.value.length;
    }
  } catch {
    return false;
  }
  return left === null || left <= 0;
}

/** @type {Promise<boolean> | undefined} */
let trusted;

/** Whether this browser refuses a damaged PNG by itself: asked once, by one that has no pixels. */
export function refusesDamagedPng() {
  const empty = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACElEQVR4nAMAAAAAAUgGidIAAAAASUVORK5CYII=';
  trusted ??= createImageBitmap(new Blob([Uint8Array.from(atob(empty), (c) => c.charCodeAt(0))])).then(
    (bitmap) => (bitmap.close(), false),
    () => true,
  );
  return trusted;
}

/**
 * The contents of the chunks with pixels that are there whole.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {DataView} view
 */
function pixelChunks(bytes, view) {
  const chunks = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at);
    if (view.getUint32(at + 4) === IDAT && end <= bytes.length) chunks.push(bytes.subarray(at + 8, end));
    at = end + 4;
  }
  return chunks;
}

const IDAT = 0x49444154;
/** Values in a pixel, by color type: gray, color, palette, gray and alpha, color and alpha. */
const CHANNELS = [1, 0, 3, 1, 2, 0, 4];

/**
 * The bytes of all rows, each after a byte that names its filter.
 * @param {DataView} view
 */
function pixelBytes(view) {
  const [width, height, depth] = [view.getUint32(16), view.getUint32(20), view.getUint8(24)];
  const channels = CHANNELS[view.getUint8(25)] ?? 0;
  return height * (1 + Math.ceil((width * depth * channels) / 8));
}
