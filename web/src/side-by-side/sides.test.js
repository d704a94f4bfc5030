import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initial, reduce } from '../app/state.js';
import { correlation } from '../shared/correlation.js';
import { resized } from '../shared/resized.js';
import { comparable, rivals, runnableSide, sharedMaps, targetIn } from './select.js';
import { changeOf, sentences } from './words.js';

/** @param {...any} actions */
const after = (...actions) => actions.reduce(reduce, { ...initial, engine: { ...initial.engine, phase: 'ready' } });
const image = { width: 4, height: 4, crop: { x: 0, y: 0, side: 4 } };
const peer = (id, label, probability, map) => ({
  id,
  name: `EfficientNet-${id}`,
  top: [{ class: 1, label, probability }],
  target: { class: label === 'cat' ? 1 : 2, label, probability },
  map: Float32Array.from(map),
});
/** @returns {any} */
const explained = (label, p, map, agreement = 0.5) => ({
  bundle: { name: label === 'cat' ? 'First' : 'Second' },
  image,
  side: 2,
  target: { class: label === 'cat' ? 1 : 2, label },
  peers: [peer('Lite0', label, p, map), peer('Lite1', label, p / 2, map)],
  map: Float32Array.from(map),
  agreement,
  regions: [],
  timings: [],
});
const left = explained('cat', 0.5, [0, 0, 1, 1]);
const right = explained('dog', 0.25, [0, 1, 0, 1], 0.25);
const shown = [
  { type: 'image-picked', source: new Blob(['x']), name: 'cat.jpg' },
  { type: 'image-ready', serial: 1, preview: { bitmap: {} } },
  { type: 'job-started', serial: 1 },
  { type: 'job-done', serial: 1, result: left },
];
const other = { kind: 'class', target: 2 };
const chosen = { type: 'sides-chosen', other };
const both = (state) => [
  { type: 'sides-started', serial: state.sides.serial },
  { type: 'sides-done', serial: state.sides.serial, result: right, preview: null },
];
const done = () => {
  const state = after(...shown, chosen);
  return both(state).reduce(/** @type {any} */ (reduce), state);
};

test('a right side waits for the left one, and follows it', () => {
  assert.equal(runnableSide(after(chosen)), 0);
  const state = after(...shown, chosen);
  assert.ok(runnableSide(state) > 0);
  const now = done();
  assert.deepEqual([now.sides.phase, now.sides.left, now.sides.result, runnableSide(now)], ['done', left, right, 0]);
  const anew = reduce(now, /** @type {any} */ ({ type: 'ask-changed', change: { grid: 3 } }));
  assert.equal(runnableSide(anew), 0, 'the left one comes first');
  const next = [
    { type: 'job-started', serial: anew.job.serial },
    { type: 'job-done', serial: anew.job.serial, result: { ...left } },
  ].reduce(/** @type {any} */ (reduce), anew);
  assert.ok(runnableSide(next) > 0);
  assert.equal(next.sides.result, right, 'what was there stays until then');
});

test('a late answer is ignored, and closing forgets the right side', () => {
  const state = after(...shown, chosen, { type: 'sides-chosen', other: { kind: 'class', target: 3 } });
  const late = { type: 'sides-done', serial: state.sides.serial - 1, result: right, preview: null };
  assert.equal(reduce(state, /** @type {any} */ (late)), state);
  const { sides } = reduce(done(), { type: 'sides-open', open: false });
  assert.deepEqual([sides.open, sides.other, sides.result, sides.left, sides.preview], [false, null, null, null, null]);
});

test('a class belongs to its image, another image does not', () => {
  const next = [
    { type: 'image-picked', source: new Blob(['y']), name: 'dog.jpg' },
    { type: 'image-ready', serial: 2, preview: { bitmap: {} } },
  ];
  assert.equal(next.reduce(/** @type {any} */ (reduce), done()).sides.other, null);
  const image = { kind: 'image', source: new Blob(['z']), name: 'z.jpg', alt: '' };
  const kept = after(...shown, { type: 'sides-chosen', other: image }, ...next);
  assert.deepEqual([kept.sides.other, kept.sides.result], [image, null]);
});

test('maps are compared where a place of one is a place of the other', () => {
  const state = done();
  assert.equal(comparable(state), true);
  const maps = sharedMaps(left, right).map(({ id, rho }) => [id, rho]);
  assert.deepEqual(maps, [
    ['mutual', 0],
    ['Lite0', 0],
    ['Lite1', 0],
  ]);
  const image = { ...state, sides: { ...state.sides, other: { kind: 'image' } } };
  assert.equal(comparable(/** @type {any} */ (image)), false);
  const cropped = { ...right, image: { ...right.image, crop: { x: 1, y: 1, side: 2 } } };
  assert.equal(comparable({ ...state, sides: { ...state.sides, result: cropped } }), false);
});

test('a correlation is that of Pearson, and there is none of a flat map', () => {
  assert.equal(correlation([0, 1, 2], [1, 2, 3]), 1);
  assert.ok(Math.abs(/** @type {number} */ (correlation([1, 2, 3, 4], [1, 3, 2, 4])) - 0.8) < 1e-12);
  assert.equal(correlation([1, 1], [0, 1]), null);
});

test('a map at another size keeps its values and its corners', () => {
  const map = Float32Array.of(0, 1, 0, 1);
  assert.equal(resized(map, 2, 2), map);
  assert.deepEqual([...resized(map, 2, 4).subarray(0, 4)], [0, 0.25, 0.75, 1]);
  assert.deepEqual([...resized(resized(map, 2, 8), 8, 8).subarray(-8)], [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1]);
});

test('other networks explain the same class, by its place or its name', () => {
  assert.equal(targetIn({ class: 1, label: 'cat' }, ['dog', 'cat']), 1);
  assert.equal(targetIn({ class: 0, label: 'cat' }, ['dog', 'cat']), 1);
  assert.equal(targetIn({ class: 0, label: 'cat' }, ['dog']), null);
  assert.deepEqual(rivals({ ...left, target: right.target }), [{ index: 1, label: 'cat' }]);
});

test('what differs is told in sentences made of the numbers', () => {
  const state = done();
  const maps = sharedMaps(left, right);
  assert.equal(
    sentences(state, { left, right }, maps),
    '“cat” and “dog” have 50.0% and 25.0% in Lite0 and 25.0% and 12.5% in Lite1. ' +
      'The local agreement is 0.50 for cat and 0.25 for dog. ' +
      'The two mutual maps correlate at 0.00 (Lite0 0.00, Lite1 0.00): their bright places have little in common.',
  );
  const kind = (/** @type {any} */ other) => ({ ...state, sides: { ...state.sides, other } });
  const trained = { ...left, peers: right.peers.map((p) => ({ ...p, target: { ...p.target, label: 'cat' } })) };
  assert.equal(
    sentences(kind({ kind: 'networks' }), { left, right: { ...trained, agreement: 0.75 } }, []),
    'From left to right, cat goes from 50.0% to 25.0% in Lite0 and from 25.0% to 12.5% in Lite1. ' +
      'The local agreement rises from 0.50 to 0.75.',
  );
  assert.equal(
    sentences(kind({ kind: 'image', name: 'b.jpg' }), { left, right }, []),
    'cat.jpg: cat 50.0% in Lite0 and 25.0% in Lite1, local agreement 0.50. ' +
      'b.jpg: dog 25.0% in Lite0 and 12.5% in Lite1, local agreement 0.25. ' +
      'They are different images, so their maps have no places in common.',
  );
  assert.deepEqual(
    [changeOf(0.5, 0.25, 'points'), changeOf(0.25, 0.5, 'plain'), changeOf(null, 1, 'plain'), changeOf(1, 1, 'points')],
    ['−25.0 points', '+0.25', '–', '+0.0 points'],
  );
});
