import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sight } from './sight.js';

const image = { width: 1, height: 1, rgba: new Uint8Array(4), scale: 1 };

/** What was read and shown, in order. */
function eye() {
  const log = /** @type {string[]} */ ([]);
  const sight = new Sight(async () => (log.push('read'), image));
  const look = (source, id, crop, fails = false) =>
    sight.look(source, id, crop, async () => {
      log.push(`show ${id} ${crop}`);
      if (fails) throw new Error('cancelled');
    });
  return { log, look };
}

const [cat, dog] = [new Blob(['cat']), new Blob(['dog'])];

test('an image is read once and shown once for each crop', async () => {
  const { log, look } = eye();
  for (const crop of [undefined, undefined, 0.5, 0.5, undefined]) assert.equal(await look(cat, 1, crop), image);
  assert.deepEqual(log, ['read', 'show 1 undefined', 'show 1 0.5', 'show 1 undefined']);
});

test('another image takes its place', async () => {
  const { log, look } = eye();
  await look(cat, 1, 1);
  await look(dog, 2, 1);
  await look(cat, 1, 1);
  assert.deepEqual(log, ['read', 'show 1 1', 'read', 'show 2 1', 'read', 'show 1 1']);
});

test('one that was called off while it was shown is shown again', async () => {
  const { log, look } = eye();
  await look(cat, 1, 1);
  await assert.rejects(look(cat, 1, 0.5, true));
  await look(cat, 1, 1);
  assert.deepEqual(log, ['read', 'show 1 1', 'show 1 0.5', 'show 1 1']);
});

test('pixels that may change are read every time', async () => {
  const { log, look } = eye();
  const pixels = /** @type {any} */ ({ data: [] });
  await look(pixels, 1, 1);
  await look(pixels, 1, 1);
  assert.deepEqual(log, ['read', 'show 1 1', 'read', 'show 1 1']);
});
