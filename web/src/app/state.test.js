import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rhoColor, stretched, windowOf } from '../explain/paint.js';
import { numbersOf } from '../explain/save.js';
import { lutOf, mapOf, overlayOf, runnable, settingOf } from '../explain/select.js';
import { about, amount, count, decimal, fileName, passes, percent, time } from '../shared/format.js';
import { colorize } from '../shared/paint.js';
import { initial, reduce } from './state.js';
import { statusOf } from './status.js';

/** @param {...any} actions */
const after = (...actions) => actions.reduce(reduce, initial);
const catalog = {
  version: '0',
  settings: [{ id: 'grid', default: '7' }],
  colors: [{ id: 'gray', lut: new Uint8Array(768) }],
  backbones: [],
  errors: [],
};
const device = { kind: 'cpu', name: 'CPU', software: false, reason: '' };
const ready = { type: 'engine-ready', catalog, info: { classes: [] }, device };
const picked = { type: 'image-picked', source: new Blob(['x']), name: 'cat.jpg' };
const opened = (serial = 1) => ({ type: 'image-ready', serial, preview: { bitmap: {}, width: 4, height: 3 } });
const result = {
  peers: [{ id: 'a', name: 'A', top: [{ label: 'cat', probability: 0.5 }], map: Float32Array.of(0, 1), blank: false }],
  map: Float32Array.of(1, 0),
  blank: true,
  raw: { rows: 1, columns: 2, values: Float32Array.of(1, 0) },
  regions: [{ attention: [0.5], pairs: [1] }, { attention: [0.7] }],
  agreement: -0.25,
  timings: [{ name: 'all', ms: 12 }],
};
const running = [{ type: 'engine-start' }, ready, picked, opened(), { type: 'job-started', serial: 1 }];

test('an image waits for the networks, and the networks for an image', () => {
  assert.equal(runnable(after({ type: 'engine-start' }, picked, opened())), 0);
  assert.equal(runnable(after({ type: 'engine-start' }, ready)), 0);
  assert.equal(runnable(after({ type: 'engine-start' }, picked, opened(), ready)), 1);
});

test('choosing an image wakes the engine, also after a failure', () => {
  assert.equal(after(picked).engine.phase, 'loading');
  const failed = after(
    { type: 'engine-start' },
    { type: 'engine-failed', error: { code: 'download-failed', message: '', help: '' } },
  );
  assert.equal(failed.engine.phase, 'failed');
  assert.equal(reduce(failed, /** @type {any} */ (picked)).engine.attempt, 2);
});

test('of two images the later one wins, whichever opens first', () => {
  const both = after(picked, { ...picked, name: 'dog.jpg' });
  assert.equal(reduce(both, /** @type {any} */ (opened(1))), both);
  assert.equal(reduce(both, /** @type {any} */ (opened(2))).image.chosen?.name, 'dog.jpg');
});

test('a file that is no image leaves the one before in place', () => {
  const state = after(
    ...running,
    { type: 'job-done', serial: 1, result },
    { ...picked, name: 'x.pdf' },
    { type: 'image-failed', serial: 2, error: { code: 'image-broken', message: 'This is a PDF document.', help: '' } },
  );
  assert.equal(state.image.chosen?.name, 'cat.jpg');
  assert.equal(state.result, result);
  assert.equal(statusOf(state).error?.code, 'image-broken');
});

test('a new image forgets the chosen class and keeps the other settings', () => {
  const state = after(
    ...running,
    { type: 'ask-changed', change: { target: 3 } },
    { type: 'ask-changed', change: { grid: 4 } },
    picked,
    opened(2),
  );
  assert.deepEqual(state.ask, { grid: 4, settings: {} });
  assert.equal(state.result, null);
});

test('a changed setting overtakes what runs, and its late answer is ignored', () => {
  const state = after(...running, { type: 'ask-changed', change: { grid: 4 } });
  assert.equal(runnable(state), 2);
  assert.equal(reduce(state, /** @type {any} */ ({ type: 'job-done', serial: 1, result })), state);
  assert.equal(reduce(state, { type: 'ask-changed', change: { grid: 4 } }), state);
});

test('color, opacity and the shown map explain nothing anew', () => {
  const done = after(...running, { type: 'job-done', serial: 1, result });
  assert.equal(runnable(reduce(done, { type: 'view-changed', view: { color: 'gray', opacity: 0.2, shown: 'a' } })), 0);
});

test('cancelling stops the job and keeps engine and image; trying again runs it', () => {
  const state = after(...running, { type: 'cancel' });
  assert.deepEqual([state.job.phase, state.engine.phase, runnable(state)], ['cancelled', 'ready', 0]);
  assert.equal(statusOf(state).retry, 'Explain again');
  assert.equal(runnable(reduce(state, { type: 'retry' })), 2);
  const late = reduce(state, { type: 'job-failed', serial: 1, error: { code: 'cancelled', message: '', help: '' } });
  assert.equal(late, state);
});

test('cancelling while loading stops the load, and it can be taken up again', () => {
  const state = after({ type: 'engine-start' }, { type: 'cancel' });
  assert.deepEqual(
    [state.engine.phase, statusOf(state).error, statusOf(state).retry],
    ['failed', null, 'Load the networks'],
  );
  assert.equal(reduce(state, { type: 'retry' }).engine.phase, 'loading');
});

test('progress is told in bytes once every size is known', () => {
  const progress = (stage, loaded, total) => ({
    type: 'engine-progress',
    progress: { stage, loaded, total, text: '' },
  });
  const state = after({ type: 'engine-start' }, progress('weights', 5e6, 40e6), progress('code', 1e6, 2e6));
  assert.deepEqual(statusOf(state).bar, {
    value: 6e6,
    max: 42e6,
    text: '6.0 MB of 42.0 MB',
  });
  const unknown = reduce(state, /** @type {any} */ (progress('code', 1e6, 0)));
  assert.deepEqual([statusOf(unknown).bar?.max, statusOf(unknown).bar?.text], [0, '6.0 MB']);
});

test('failures of a job are shown with a way to try again', () => {
  const state = after(...running, {
    type: 'job-failed',
    serial: 1,
    error: { code: 'crashed', message: 'Stopped.', help: 'Try again.' },
  });
  assert.deepEqual([statusOf(state).error?.code, statusOf(state).retry], ['crashed', 'Try again']);
});

test('the view falls back when a result lacks the shown map, and to the brightest region under a new grid', () => {
  const state = after(
    ...running,
    { type: 'view-changed', view: { shown: 'gone', region: 99 } },
    { type: 'job-done', serial: 1, result },
  );
  assert.deepEqual([state.view.shown, state.view.region], ['mutual', 1]);
  assert.equal(mapOf(/** @type {any} */ (result), 'a').map[1], 1);
});

test('an answer to an older device wish is ignored', () => {
  const state = after(
    { type: 'engine-start' },
    ready,
    { type: 'device-wished', wish: 'webgpu' },
    { type: 'device-wished', wish: 'cpu' },
  );
  assert.equal(reduce(state, { type: 'device-settled', wishes: 1 }).engine.switching, true);
  assert.equal(reduce(state, { type: 'device-settled', wishes: 2 }).engine.switching, false);
});

test('the same device wished again is another wish, as after its loss', () => {
  const once = after(
    { type: 'engine-start' },
    ready,
    { type: 'device-wished', wish: 'webgpu' },
    { type: 'device-settled', wishes: 1 },
  );
  const again = reduce(once, { type: 'device-wished', wish: 'webgpu' });
  assert.deepEqual([again.engine.wishes, again.engine.switching], [once.engine.wishes + 1, true]);
  assert.equal(reduce(again, { type: 'device-settled', wishes: 1 }).engine.switching, true, 'the former answer');
  const given = reduce(again, { type: 'engine-cancel' });
  assert.ok(given.engine.wishes > again.engine.wishes, 'giving up is a wish, too');
});

test('settings come from the person first, then from the catalog', () => {
  const state = after({ type: 'engine-start' }, ready);
  assert.equal(settingOf(state, 'grid'), '7');
  assert.equal(settingOf(reduce(state, { type: 'ask-changed', change: { grid: 5 } }), 'grid'), 5);
  assert.equal(lutOf(state)?.length, 768);
});

test('an overlay is painted as the person says, and else as the catalog says', () => {
  const overlay = { color: 'gray', opacity: 0.5, dim: 0.3 };
  const told = after({ type: 'engine-start' }, { ...ready, catalog: { ...catalog, overlay } });
  assert.deepEqual(overlayOf(told), overlay);
  const chosen = reduce(told, { type: 'view-changed', view: { opacity: 0, color: 'turbo' } });
  assert.deepEqual(overlayOf(chosen), { color: 'turbo', opacity: 0, dim: 0.3 });
});

test('the saved numbers are everything but the maps, in plain arrays', () => {
  const saved = JSON.parse(numbersOf(/** @type {any} */ (result)));
  assert.deepEqual(saved.peers[0], { id: 'a', name: 'A', top: [{ label: 'cat', probability: 0.5 }], blank: false });
  assert.deepEqual([saved.blank, saved.map, saved.raw], [true, undefined, { rows: 1, columns: 2 }]);
  assert.deepEqual(saved.regions[0].attention, [0.5]);
});

test('numbers are written for people', () => {
  assert.deepEqual([decimal(-0.256), decimal(-0.001), decimal(1)], ['−0.26', '0.00', '1.00']);
  assert.deepEqual([percent(0.00001), percent(0.5), percent(1)], ['<0.1%', '50.0%', '100%']);
  assert.deepEqual([time(12.4), time(1530)], ['12 ms', '1.5 s']);
  const waits = [400, 4_200, 42_000, 420_000].map(about);
  assert.deepEqual(waits, ['under a second', 'about 4 s', 'about 40 s', 'about 7 min']);
  assert.deepEqual([amount(null, '%'), amount(-39.06, '%'), amount(-0.0001, '')], ['–', '−39.1%', '0.000']);
  assert.deepEqual([count(1, 'map'), count(2, 'map')], ['1 map', '2 maps']);
  assert.equal(passes({ backward: 2, forward: 4000, partial: 0 }), '4\u2009000 forward, 2 backward');
  assert.equal(fileName('my cat (1).jpeg', 'mutual.png'), 'my-cat-1--mutual.png');
});

test('values take their color from the table, and stay inside it', () => {
  const lut = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
  assert.deepEqual(
    [...colorize(Float32Array.of(-1, 0.5, 2, NaN), lut)].filter((_, i) => i % 4 === 0),
    [0, 128, 255, 0],
  );
  assert.equal(rhoColor(0), 'rgb(236 233 226)');
  assert.notEqual(rhoColor(-1), rhoColor(1));
});

test('long images are shown by their middle', () => {
  assert.deepEqual(windowOf({ width: 400, height: 300 }), { x: 0, y: 0, width: 400, height: 300 });
  assert.deepEqual(windowOf({ width: 3000, height: 20 }), { x: 1470, y: 0, width: 60, height: 20 });
  assert.deepEqual(windowOf({ width: 10, height: 100 }), { x: 0, y: 40, width: 10, height: 20 });
});

test('a region is stretched to its own contrast, and a flat one left flat', () => {
  assert.deepEqual([...stretched(Float32Array.of(0.25, 0.5, 0.75))], [0, 0.5, 1]);
  assert.deepEqual([...stretched(Float32Array.of(0.5, 0.5))], [0.5, 0.5]);
});
