import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initial, reduce } from '../app/state.js';
import { wantedSteps } from '../steps/state.js';
import { STOPS } from './state.js';

const after = (...actions) => actions.reduce(reduce, initial);

test('the tour goes from stop to stop, never before the first, and is over after the last', () => {
  const begun = after({ type: 'tour-offered' }, { type: 'tour-started' });
  assert.deepEqual(begun.tour, { at: 0, offered: false });
  assert.equal(reduce(begun, { type: 'tour-moved', by: -1 }).tour.at, 0);
  const last = STOPS.reduce((state) => reduce(state, { type: 'tour-moved', by: 1 }), begun);
  assert.equal(last.tour.at, null);
  assert.equal(after({ type: 'tour-moved', by: 1 }).tour.at, null, 'it begins by its own button alone');
  assert.equal(reduce(begun, { type: 'tour-ended' }).tour.at, null);
});

test('the steps ask for feature maps only while they are open, and once for each explanation', () => {
  const result = /** @type {any} */ ({ regions: [] });
  const done = {
    ...initial,
    result,
    job: { ...initial.job, phase: 'done' },
    engine: { ...initial.engine, phase: 'ready' },
  };
  assert.equal(wantedSteps(done), null);
  const open = reduce(done, { type: 'steps-opened', open: true });
  assert.equal(wantedSteps(open), result);
  const found = reduce(open, { type: 'steps-found', of: result, layers: null });
  assert.equal(wantedSteps(found), null);
  assert.equal(reduce(found, { type: 'steps-moved', at: 9 }).steps.at, 3);
});

test('another language clears what was said in the earlier one, and keeps the rest', () => {
  const source = new Blob(['x']);
  const state = after(
    { type: 'image-picked', source, name: 'a.png', notice: '1 file left out: no image.' },
    { type: 'language-wanted', code: 'de' },
  );
  assert.deepEqual(state.language, { code: 'en', wanted: 'de', usual: 'en' });
  const german = reduce(state, { type: 'language-changed', code: 'de' });
  assert.deepEqual([german.language.code, german.image.notice, german.image.next?.name], ['de', '', 'a.png']);
});
