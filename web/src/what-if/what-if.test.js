import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initial, reduce } from '../app/state.js';
import { answerOf, askable, questionOf, toggled } from './select.js';
import { nowhere } from './state.js';
import { effectsInWords, fromTo, sentence, whereLooked } from './words.js';

const region = (i, attention, grid = 2) => ({ row: Math.floor(i / grid), column: i % grid, attention });
/** Lite0 looks at the top, Lite1 at the left. */
const REGIONS = [
  [0.9, 0.9],
  [0.9, 0.1],
  [0.1, 0.9],
  [0.1, 0.1],
].map((attention, i) => region(i, attention));
const peers = ['EfficientNet-Lite0', 'EfficientNet-Lite1'].map((name) => ({ name }));
const result = /** @type {any} */ ({ grid: 2, regions: REGIONS, peers });

const side = (probability, label = 'goldfish', index = 1) => ({
  probability,
  log_odds: 0,
  top: [{ class: index, label }],
});
const answer = (after, more = {}) =>
  /** @type {any} */ ({
    target: { class: 1, label: 'goldfish' },
    hidden: 0.25,
    agreement_before: 0.55,
    agreement_after: 0.41,
    peers: peers.map(({ name }, k) => ({
      name,
      class: 1,
      label: 'goldfish',
      before: side([0.91, 0.88][k]),
      after: after[k],
    })),
    ...more,
  });

/** A page with an image and its explanation. */
const explained = (/** @type {any} */ shown = result) =>
  reduce({ ...initial, result: shown }, /** @type {any} */ ({ type: '' }));
const mark = (page, regions) => reduce(page, { type: 'places-changed', places: { ...nowhere, regions } });

test('places are asked about, and the latest question alone is answered', () => {
  const first = mark(explained(), [0]);
  assert.ok(first.whatIf.on && askable(first) === first.whatIf.serial);
  const second = mark(first, [0, 1]);
  assert.deepEqual(questionOf(second.whatIf).regions, [
    { row: 0, column: 0 },
    { row: 0, column: 1 },
  ]);
  const late = reduce(second, { type: 'what-if-answered', serial: first.whatIf.serial, answer: answer([]) });
  assert.equal(late.whatIf.answer, null);
  const done = reduce(second, { type: 'what-if-answered', serial: second.whatIf.serial, answer: answer([]) });
  assert.equal(askable(done), 0);
  assert.ok(answerOf(done.whatIf));
  const off = reduce(done, { type: 'what-if-set', change: { on: false } });
  assert.equal(answerOf(off.whatIf), null);
});

test('every step can be taken back and again', () => {
  const page = mark(mark(explained(), [0]), [0, 1]);
  const back = reduce(page, { type: 'places-undo' });
  assert.deepEqual(back.whatIf.places.regions, [0]);
  const start = reduce(back, { type: 'places-undo' });
  assert.deepEqual([start.whatIf.places.regions, askable(start)], [[], 0]);
  assert.equal(reduce(start, { type: 'places-undo' }), start);
  const again = reduce(reduce(start, { type: 'places-redo' }), { type: 'places-redo' });
  assert.deepEqual(again.whatIf.places.regions, [0, 1]);
  const other = mark(back, [3]);
  assert.equal(reduce(other, { type: 'places-redo' }), other, 'a new step forgets what was taken back');
});

test('another explanation asks anew, another grid or image begins anew', () => {
  const page = mark(explained(), [0, 3]);
  const again = explained({ ...result });
  const same = reduce({ ...page, result: again.result }, /** @type {any} */ ({ type: '' }));
  assert.deepEqual(same.whatIf.places.regions, [0, 3]);
  assert.ok(same.whatIf.serial > page.whatIf.serial);
  const finer = reduce({ ...page, result: { ...result, grid: 3 } }, /** @type {any} */ ({ type: '' }));
  assert.deepEqual(finer.whatIf.places.regions, []);
  const gone = reduce({ ...page, result: null }, /** @type {any} */ ({ type: '' }));
  assert.deepEqual(gone.whatIf.places, nowhere);
});

test('effects belong to an explanation and to what replaces hidden pixels', () => {
  const running = reduce(explained(), { type: 'effects-asked' });
  const { serial } = running.whatIf.effects;
  const done = reduce(running, { type: 'effects-done', serial, result: answer([]) });
  assert.equal(done.whatIf.effects.phase, 'done');
  const mean = reduce(done, { type: 'what-if-set', change: { baseline: 'mean' } });
  assert.deepEqual([mean.whatIf.effects.phase, mean.whatIf.effects.result], ['idle', null]);
  const stopped = reduce(running, { type: 'effects-cancel' });
  const late = reduce(stopped, { type: 'effects-done', serial, result: answer([]) });
  assert.equal(late.whatIf.effects.result, null);
});

test('a region is put in and taken out', () => {
  assert.deepEqual(toggled(nowhere, 2).regions, [2]);
  assert.deepEqual(toggled({ ...nowhere, regions: [1, 2] }, 2).regions, [1]);
});

test('the numbers make a sentence', () => {
  const places = (...regions) => ({ ...nowhere, regions });
  const calm = answer([side(0.12), side(0.2)]);
  assert.equal(
    sentence(result, places(0), false, calm),
    'Hiding row 1, column 1, where both look, takes goldfish from 91% to 12% for Lite0 and ' +
      'from 88% to 20% for Lite1. Agreement falls from 0.55 to 0.41.',
  );
  const other = answer([side(0.12, 'jellyfish', 2), side(0.2)], { agreement_after: 0.55 });
  assert.match(
    sentence(result, places(2, 3), true, other),
    /^Keeping only two regions takes .* Lite0 now says jellyfish\. Agreement stays at 0\.55\.$/,
  );
  assert.match(
    sentence(result, { ...nowhere, boxes: [[0, 0, 1, 1]] }, false, calm),
    /^Hiding what you marked \(25\.0% of the square\)/,
  );
});

test('who looks where', () => {
  assert.equal(whereLooked(result, [0]), 'where both look');
  assert.equal(whereLooked(result, [1]), 'where only Lite0 looks');
  assert.equal(whereLooked(result, [3]), 'where neither looks');
  assert.equal(whereLooked(result, [0, 1]), '');
});

test('small changes keep their digits', () => {
  assert.equal(fromTo(0.914, 0.117), 'from 91% to 12%');
  assert.equal(fromTo(0.914, 0.911), 'from 91.4% to 91.1%');
  assert.equal(fromTo(0.914, 0.0004), 'from 91.4% to <0.1%');
});

test('effects are told with their correlation with the attention', () => {
  const effects = { probability: [0.4, 0.1, -0.1, 0], log_odds: [3, 1, -1, -1] };
  assert.equal(
    effectsInWords(result, 0, effects),
    'Most at row 1, column 1: −40.0 points. Correlation with attention: 0.90.',
  );
  const none = { probability: [-0.1, 0, 0, 0], log_odds: [-1, 0, 0, 0] };
  assert.match(effectsInWords(result, 0, none), /^Hiding no single region lowers/);
});
