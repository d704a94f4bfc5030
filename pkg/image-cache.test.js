import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ImageCache } from './image-cache.js';

const image = { width: 1, height: 1, rgba: new Uint8Array(4), full: { width: 1, height: 1 } };

/** A cache with a log of what was read and what the networks ran over, in order. */
function cache() {
  const log = /** @type {string[]} */ ([]);
  const images = new ImageCache(
    (id) => log.push(`close ${id}`),
    async () => (log.push('read'), image),
  );
  const ensure = (source, id, framing, { fails = false, held = false } = {}) =>
    images.ensure(source, { id, framing, held }, async () => {
      log.push(`forward ${id} ${framing}`);
      if (fails) throw new Error('cancelled');
    });
  return { log, ensure, images };
}

const [cat, dog] = [new Blob(['cat']), new Blob(['dog'])];

test('an image is read once, and the networks run once for each crop', async () => {
  const { log, ensure } = cache();
  for (const crop of [undefined, undefined, 0.5, 0.5, undefined]) assert.equal(await ensure(cat, 1, crop), image);
  assert.deepEqual(log, ['read', 'forward 1 undefined', 'forward 1 0.5', 'forward 1 undefined']);
});

test('another image takes its place', async () => {
  const { log, ensure } = cache();
  await ensure(cat, 1, 1);
  await ensure(dog, 2, 1);
  await ensure(cat, 1, 1);
  assert.deepEqual(log, ['read', 'forward 1 1', 'close 1', 'read', 'forward 2 1', 'close 2', 'read', 'forward 1 1']);
});

test('a forward pass that was cancelled runs again', async () => {
  const { log, ensure } = cache();
  await ensure(cat, 1, 1);
  await assert.rejects(ensure(cat, 1, 0.5, { fails: true }));
  await ensure(cat, 1, 1);
  assert.deepEqual(log, ['read', 'forward 1 1', 'forward 1 0.5', 'forward 1 1']);
});

test('pixels that may change are read every time', async () => {
  const { log, ensure } = cache();
  const pixels = /** @type {any} */ ({ data: [] });
  await ensure(pixels, 1, 1);
  await ensure(pixels, 1, 1);
  assert.deepEqual(log, ['read', 'forward 1 1', 'read', 'forward 1 1']);
});

test('images that are held stay open beside the last one, until they are released', async () => {
  const { log, ensure, images } = cache();
  const held = { held: true };
  await ensure(cat, 1, 1, held);
  await ensure(dog, 2, 1, held);
  await ensure(cat, 3, 1);
  assert.deepEqual(await ensure(cat, 1, 1, held), { width: 1, height: 1, full: image.full }, 'without its pixels');
  await ensure(dog, 2, 1, held);
  assert.deepEqual(log, ['read', 'forward 1 1', 'read', 'forward 2 1', 'read', 'forward 3 1']);
  images.release(1);
  images.release(1);
  assert.deepEqual(log.splice(6), ['close 1']);
  await assert.rejects(ensure(cat, 1, 1, { ...held, fails: true }));
  images.release(1);
  assert.deepEqual(log.splice(6), ['read', 'forward 1 1'], 'what failed is not open');
});
