import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initial, reduce } from '../app/state.js';
import { offersOf } from './offers.js';
import { columnsOf, ordered, sortBy } from './columns.js';
import { estimate, passesOfWork } from './cost.js';
import { boxesOf, dueWork, metricsOf, progressOf, requestOf } from './select.js';
import { picked } from './state.js';
import { cardOf } from './work.js';

const method = (id, passes, more = {}) => ({
  id,
  name: id.toUpperCase(),
  family: 'activation',
  passes,
  joint: false,
  settings: [],
  ...more,
});
const methods = [
  method('rise', 4000, { family: 'perturbation', settings: [{ id: 'masks', kind: 'number', default: '4000' }] }),
  method('grad-cam', 3),
  method('mutual', 2, {
    family: 'mutual',
    joint: true,
    settings: [{ id: 'evidence', name: 'Evidence', kind: 'choice', default: 'guided' }],
  }),
  method('cam', 1),
  method('control-ones', 1, { family: 'control' }),
];
const metric = (id, better, passes, more = {}) => ({
  ...{ id, name: id, better, unit: '', help: '', boxes: false, passes, again: false, fast: true },
  ...more,
});
const metrics = [
  metric('average-drop', 'lower', 4, { unit: '%' }),
  metric('coherency', 'higher', 1, { again: true }),
  metric('energy', 'higher', 0, { boxes: true }),
  metric('deletion', 'lower', 28, { fast: false }),
];
const catalog = {
  version: '0',
  settings: [
    { id: 'evidence', name: 'Evidence' },
    { id: 'grid', name: 'Grid' },
  ],
  colors: [],
  backbones: [],
  errors: [],
  methods,
  metrics,
  maskings: [
    { id: 'top50', name: 'Half', help: '' },
    { id: 'soft', name: 'Soft', help: '' },
  ],
};
const result = {
  peers: [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ],
  regions: [],
  mutual: {},
  timings: [{ name: 'all', ms: 60 }],
  image: { width: 400, height: 300, crop: { x: 100, y: 50, side: 200 } },
};
const shown = [
  { type: 'engine-start' },
  { type: 'engine-ready', catalog, info: { classes: [], peers: result.peers }, device: { kind: 'cpu' } },
  { type: 'image-picked', source: new Blob(['x']), name: 'cat.jpg' },
  { type: 'image-ready', serial: 1, preview: { bitmap: {}, width: 4, height: 3 } },
  { type: 'job-started', serial: 1 },
  { type: 'job-done', serial: 1, result },
];

/** @param {any} state @param {...any} actions */
const then = (state, ...actions) => actions.reduce(reduce, state);
const base = then(initial, ...shown);
const started = then(base, { type: 'compare-start' });
const map = (ms = 30) => ({
  peers: [0, 1],
  side: 224,
  blank: false,
  cost: { forward: 2, partial: 0, backward: 2 },
  ms,
});
const measures = (id, value, masking = null) => ({ figures: [{ id, masking, value }], curves: [], ms: 5, forward: 3 });

/** Does the work that is due, with these answers by kind. @param {any} state @param {any} values */
function step(state, values) {
  const due = /** @type {any} */ (dueWork(state));
  const value = typeof values[due.kind] === 'function' ? values[due.kind](due.id) : values[due.kind];
  return then(state, { type: 'work-started', ...due }, { type: 'work-done', ...due, value });
}
/** @param {any} state @param {any} values */
function run(state, values) {
  let next = state;
  while (dueWork(next)) next = step(next, values);
  return next;
}
const answers = {
  map: () => map(),
  fast: (id) => measures('average-drop', { mutual: 20, cam: 5, 'grad-cam': 40 }[id] ?? 1, 'top50'),
  boxes: () => measures('energy', 0.5),
  again: () => measures('coherency', 0.2),
  slow: () => measures('deletion', 0.1),
  sanity: () => ({ layers: [], unchanged: true, ms: 9 }),
};
const finished = run(started, answers);
const phases = (state, kind = 'map') =>
  Object.fromEntries(picked(state).map(({ id }) => [id, cardOf(state.comparison, id)[kind].phase]));

test('the cheap ones are picked, the mutual map first, and nothing runs before it is started', () => {
  assert.deepEqual(
    picked(base).map((m) => m.id),
    ['mutual', 'cam', 'grad-cam'],
  );
  assert.equal(dueWork(base), null);
});

test('every map comes before the first score, cheap ones first', () => {
  const seen = [];
  let state = started;
  for (let due; (due = dueWork(state)); state = step(state, answers)) seen.push(`${due.id} ${due.kind}`);
  assert.deepEqual(seen, ['mutual map', 'cam map', 'grad-cam map', 'mutual fast', 'cam fast', 'grad-cam fast']);
  assert.deepEqual(progressOf(state), { done: 6, total: 6, busy: false });
});

test('an expensive method waits until it is asked for, and says what it will take', () => {
  const state = then(finished, { type: 'compare-pick', ids: ['rise'], on: true });
  assert.deepEqual([phases(state).rise, dueWork(state)], ['none', null]);
  assert.equal(estimate(base, 4000), 4000 * 2 * 30, 'at first from the explanation');
  assert.equal(estimate(finished, 4000), 4000 * 2 * 7.5, 'then from the maps made here');
  assert.equal(dueWork(then(state, { type: 'work-ask', id: 'rise', kind: 'map' }))?.id, 'rise');
});

test('a cheap one that is picked while all runs, runs along; one that is dropped goes', () => {
  const state = then(finished, { type: 'compare-pick', ids: ['control-ones'], on: true });
  assert.equal(dueWork(state)?.id, 'control-ones');
  const without = then(state, { type: 'compare-pick', ids: ['cam', 'control-ones'], on: false });
  assert.deepEqual(
    [picked(without).map((m) => m.id), dueWork(without), 'cam' in without.comparison.cards],
    [['mutual', 'grad-cam'], null, false],
  );
});

test('the main explanation goes first, and what was cancelled for it takes its turn again', () => {
  const due = /** @type {any} */ (dueWork(started));
  let state = then(
    started,
    { type: 'work-started', ...due },
    { type: 'ask-changed', change: { settings: { fuse: 'product' } } },
  );
  assert.equal(dueWork(state), null);
  state = then(
    state,
    { type: 'work-failed', ...due, error: { code: 'cancelled', message: '', help: '' } },
    { type: 'job-started', serial: 2 },
  );
  assert.equal(dueWork(state), null);
  assert.deepEqual(dueWork(then(state, { type: 'job-done', serial: 2, result })), due);
});

test('one failure is told on its card and stops nothing else', () => {
  const due = /** @type {any} */ (dueWork(started));
  const error = { code: 'ask-invalid', message: 'No.', help: '' };
  const state = then(started, { type: 'work-started', ...due }, { type: 'work-failed', ...due, error });
  assert.deepEqual([cardOf(state.comparison, 'mutual').map.error, dueWork(state)?.id], [error, 'cam']);
});

test('stopping one, stopping all, and going on with what is missing', () => {
  const one = then(
    started,
    { type: 'work-started', .../** @type {any} */ (dueWork(started)) },
    { type: 'work-stop', id: 'mutual' },
  );
  assert.deepEqual([phases(one).mutual, dueWork(one)?.id], ['stopped', 'cam']);
  const some = then(step(one, answers), { type: 'compare-stop' });
  assert.deepEqual(phases(some), { mutual: 'stopped', cam: 'done', 'grad-cam': 'stopped' });
  assert.equal(dueWork(some), null);
  const again = then(some, { type: 'compare-start' });
  assert.deepEqual(phases(again), { mutual: 'waiting', cam: 'done', 'grad-cam': 'waiting' });
  assert.equal(phases(again, 'fast').cam, 'waiting');
});

test('a late answer to an older question is ignored', () => {
  const due = /** @type {any} */ (dueWork(started));
  const state = then(started, { type: 'work-started', ...due }, { type: 'compare-set', change: { peer: 1 } });
  assert.equal(then(state, { type: 'work-done', ...due, value: map() }), state);
  assert.equal(then(state, { type: 'work-step', ...due, step: { name: '', done: 1, total: 2 } }), state);
});

test('another network, class, versus or crop: all is asked again, expensive methods only by hand', () => {
  const expensive = run(
    then(finished, { type: 'compare-pick', ids: ['rise'], on: true }, { type: 'work-ask', id: 'rise', kind: 'map' }),
    answers,
  );
  const again = (state) =>
    then(
      state,
      { type: 'job-started', serial: state.job.serial },
      { type: 'job-done', serial: state.job.serial, result },
    );
  for (const action of [
    { type: 'compare-set', change: { peer: 0 } },
    { type: 'compare-set', change: { versus: { class: 3, weight: 1 } } },
    { type: 'ask-changed', change: { target: 3 } },
    { type: 'ask-changed', change: { crop: 0.5 } },
  ]) {
    const state = again(then(expensive, action));
    assert.deepEqual(
      phases(state),
      { mutual: 'waiting', cam: 'waiting', 'grad-cam': 'waiting', rise: 'none' },
      JSON.stringify(action),
    );
    assert.equal(
      dueWork(then(again(then(expensive, { type: 'compare-stop' }, action)))),
      null,
      'nothing runs by itself once all was stopped',
    );
  }
});

test("what the page explains with is the mutual card's too", () => {
  const state = then(finished, { type: 'ask-changed', change: { settings: { evidence: 'class' } } });
  assert.deepEqual(phases(state), { mutual: 'waiting', cam: 'done', 'grad-cam': 'done' });
  assert.deepEqual(requestOf(state, /** @type {any} */ (methods[2])).settings, { evidence: 'class' });
  assert.deepEqual(requestOf(state, /** @type {any} */ (methods[3])).settings, {});
});

test('the grid is the mutual card’s alone', () => {
  const state = then(finished, { type: 'ask-changed', change: { grid: 5 } });
  assert.deepEqual(phases(state), { mutual: 'waiting', cam: 'done', 'grad-cam': 'done' });
  assert.equal(requestOf(state, /** @type {any} */ (methods[2])).grid, 5);
  assert.equal(requestOf(state, /** @type {any} */ (methods[3])).grid, undefined);
});

test('a changed setting runs its own card again, and no other', () => {
  const state = then(finished, { type: 'compare-tune', id: 'mutual', setting: 'evidence', value: 'attention' });
  assert.deepEqual(phases(state), { mutual: 'waiting', cam: 'done', 'grad-cam': 'done' });
  assert.equal(requestOf(state, /** @type {any} */ (methods[2])).settings?.evidence, 'attention');
});

test('a box brings its scores, in pixels of the map; without it they go', () => {
  const boxed = then(finished, { type: 'compare-set', change: { box: [100, 50, 200, 250] } });
  assert.deepEqual(boxesOf(boxed, 224), [[0, 0, 112, 224]]);
  assert.deepEqual(boxesOf(then(boxed, { type: 'compare-set', change: { box: [0, 0, 400, 300] } }), 224), [
    [0, 0, 224, 224],
  ]);
  assert.deepEqual(phases(boxed, 'boxes'), { mutual: 'waiting', cam: 'waiting', 'grad-cam': 'waiting' });
  const done = run(boxed, answers);
  assert.equal(
    columnsOf(done)
      .find((c) => c.key === 'energy')
      ?.value(cardOf(done.comparison, 'cam')),
    0.5,
  );
  const without = then(done, { type: 'compare-set', change: { box: null } });
  assert.ok(!columnsOf(without).some((c) => c.key === 'energy'));
  assert.deepEqual(phases(without, 'boxes'), { mutual: 'none', cam: 'none', 'grad-cam': 'none' });
});

test('slow metrics are measured when asked for, also of maps that come later', () => {
  assert.ok(!columnsOf(finished).some((c) => c.key === 'deletion'));
  const state = run(
    then(
      finished,
      { type: 'compare-set', change: { slow: true } },
      { type: 'compare-pick', ids: ['control-ones'], on: true },
    ),
    answers,
  );
  assert.deepEqual(phases(state, 'slow'), { mutual: 'done', cam: 'done', 'control-ones': 'done', 'grad-cam': 'done' });
});

test("the order is the catalog's, or any column's, best first", () => {
  assert.deepEqual(
    ordered(finished).map((m) => m.id),
    ['mutual', 'cam', 'grad-cam'],
  );
  const drop = /** @type {any} */ (columnsOf(finished).find((c) => c.key === 'average-drop'));
  const sorted = then(finished, { type: 'compare-set', change: { sort: sortBy(finished, drop) } });
  assert.deepEqual(
    ordered(sorted).map((m) => m.id),
    ['cam', 'mutual', 'grad-cam'],
  );
  const turned = then(
    sorted,
    { type: 'compare-set', change: { sort: sortBy(sorted, drop) } },
    { type: 'compare-pick', ids: ['rise'], on: true },
  );
  assert.deepEqual(
    ordered(turned).map((m) => m.id),
    ['grad-cam', 'mutual', 'cam', 'rise'],
    'what has no score comes last',
  );
});

test('the sanity check goes before the scores', () => {
  const state = then(step(step(step(started, answers), answers), answers), {
    type: 'work-ask',
    id: 'cam',
    kind: 'sanity',
  });
  assert.deepEqual([dueWork(state)?.kind, dueWork(state)?.id], ['sanity', 'cam']);
});

test('a new image starts with nothing', () => {
  const state = then(
    run(
      then(finished, { type: 'compare-set', change: { box: [1, 2, 3, 4], versus: { class: 1, weight: 1 } } }),
      answers,
    ),
    { type: 'image-picked', source: new Blob(['y']), name: 'dog.jpg' },
    { type: 'image-ready', serial: 2, preview: { bitmap: {} } },
  );
  const { started, cards, box, versus } = state.comparison;
  assert.deepEqual({ started, cards, box, versus }, { started: false, cards: {}, box: null, versus: null });
});

test('a device that changes loses nothing that is finished', () => {
  const state = then(finished, { type: 'device-changed', device: { kind: 'cpu' } });
  assert.equal(state.comparison, finished.comparison);
});

test('a metric that runs the method again is measured with the others, unless the method is expensive', () => {
  const [rise, , , cam] = /** @type {any[]} */ (methods);
  const ids = (kind, method) => metricsOf(base, kind, method).map((m) => m.id);
  assert.deepEqual([ids('fast', cam), ids('again', cam)], [['average-drop', 'coherency'], []]);
  assert.deepEqual([ids('fast', rise), ids('again', rise)], [['average-drop'], ['coherency']]);
  assert.deepEqual(
    [passesOfWork(base, 'fast', cam), passesOfWork(base, 'again', rise), passesOfWork(base, 'slow', rise)],
    [6, 4001, 28],
  );
});

test('what can be done about a card', () => {
  const [rise, , , cam] = /** @type {any[]} */ (methods);
  const acts = (state, method) => offersOf(state, method).map((a) => [a.id, a.text]);
  assert.deepEqual(acts(base, rise), [['run', 'Run, about 4 min']]);
  assert.deepEqual(acts(started, cam), [['stop', 'Stop']]);
  assert.deepEqual(acts(then(started, { type: 'compare-stop' }), cam), [['run', 'Run, under a second']]);
  assert.deepEqual(acts(finished, cam), [['sanity', 'Does it depend on the network?']]);
  assert.deepEqual(acts(run(then(finished, { type: 'work-ask', id: 'cam', kind: 'sanity' }), answers), cam), []);
  const expensive = run(
    then(finished, { type: 'compare-pick', ids: ['rise'], on: true }, { type: 'work-ask', id: 'rise', kind: 'map' }),
    answers,
  );
  assert.deepEqual(
    acts(expensive, rise).map(([id]) => id),
    ['again', 'sanity'],
  );
});
