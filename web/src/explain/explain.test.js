import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initial, reduce } from '../app/state.js';
import { statusOf } from '../app/status.js';
import { attentionOf, pairsOf, rhoOf } from './select.js';
import { agreement, answers } from './words.js';

const peer = (id, label, probability) => ({ id, name: id, top: [{ label, probability }] });
/** @type {any} */
const result = {
  peers: [peer('a', 'cat', 0.5), peer('b', 'cat', 0.25), peer('c', 'dog', 0.75)],
  grid: 2,
  side: 4,
  map: Float32Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 0 : 1)),
  regions: [
    { row: 0, column: 0, rho: 0.2, pairs: [0.1, 0.2, 0.3], attention: [0.4, 0.5, 0.6] },
    { row: 0, column: 1, rho: 0.6, pairs: [0.5, 0.6, 0.7], attention: [0, 0, 0] },
    { row: 1, column: 0, rho: 0, pairs: [0, 0, 0], attention: [0, 0, 0] },
    { row: 1, column: 1, rho: 0, pairs: [0, 0, 0], attention: [1, 1, 1] },
  ],
  overlap: 0.3,
  agreement: 0.2,
  timings: [{ name: 'all', ms: 12 }],
};

test('each pair has its own agreement, and all of them the mean', () => {
  const pairs = pairsOf(result);
  assert.deepEqual(
    pairs.map(({ a, b }) => [a, b]),
    [
      [0, 1],
      [0, 2],
      [1, 2],
    ],
  );
  const rounded = pairs.map((pair) => Number(pair.agreement.toFixed(6)));
  assert.deepEqual(rounded, [0.15, 0.2, 0.25]);
  assert.deepEqual([rhoOf(result.regions[0], null), rhoOf(result.regions[0], 2)], [0.2, 0.3]);
});

test('the attention of a region is that of the shown map', () => {
  assert.deepEqual(attentionOf(result, 'b'), [0.5, 0, 0, 1]);
  assert.deepEqual(attentionOf(result, 'mutual'), [0, 1, 0, 1]);
});

test('a pinned region stays under the same grid, and another image has none', () => {
  const actions = [
    { type: 'image-picked', source: new Blob(['x']), name: 'cat.jpg' },
    { type: 'image-ready', serial: 1, preview: {} },
    { type: 'job-started', serial: 1 },
    { type: 'job-done', serial: 1, result },
    { type: 'view-changed', view: { region: 2, pinned: true } },
  ];
  const state = actions.reduce(/** @type {any} */ (reduce), {
    ...initial,
    engine: { ...initial.engine, phase: 'ready' },
  });
  const again = (grid) => {
    const regions = result.regions.slice(0, grid * grid);
    const due = reduce(state, /** @type {any} */ ({ type: 'ask-changed', change: { grid } }));
    const { serial } = due.job;
    const more = [
      { type: 'job-started', serial },
      { type: 'job-done', serial, result: { ...result, grid, regions } },
    ];
    return more.reduce(/** @type {any} */ (reduce), due).view;
  };
  assert.deepEqual([again(2).region, again(2).pinned], [2, true]);
  assert.deepEqual([again(1).region, again(1).pinned], [0, false]);
  const next = [
    { type: 'image-picked', source: new Blob(['y']), name: 'b.jpg' },
    { type: 'image-ready', serial: 2 },
  ];
  assert.equal(next.reduce(/** @type {any} */ (reduce), state).view.pinned, false);
  const refused = { type: 'image-failed', serial: 2, error: { code: 'image-broken', message: 'No.', help: 'Help.' } };
  const failed = [next[0], refused].reduce(/** @type {any} */ (reduce), state);
  assert.equal(statusOf(failed).error?.help, 'Help. Still showing cat.jpg.');
});

test('what the networks say is one sentence, and where they look another', () => {
  assert.equal(answers(result), 'a says cat (50.0%), b says cat (25.0%) and c says dog (75.0%).');
  const two = { ...result, peers: result.peers.slice(0, 2) };
  assert.equal(answers(two), 'Both networks say cat (50.0% and 25.0%).');
  assert.equal(agreement(result), 'They look at partly the same places (overlap 30.0%, local agreement 0.20).');
  assert.match(agreement({ ...result, overlap: 0.6 }), /mostly the same/);
  assert.match(agreement({ ...result, overlap: 0.11 }), /mostly different/);
  assert.equal(agreement({ ...result, overlap: null, agreement: null }), '');
});
