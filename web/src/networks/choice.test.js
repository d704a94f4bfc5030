import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initial, reduce } from '../app/state.js';
import { incomplete, networkCount } from './choice.js';
import { joined, saidIn, unknownOf, unusedOf } from './files.js';
import { addressOf, forNetworks, sorted } from './given.js';

const after = (state, ...actions) => actions.reduce(reduce, state);
const file = (name) => ({ name, source: new Blob([name]) });
const found = (kind, ...ids) => ({ kind, peers: ids.map((id) => ({ id })), presets: [] });
const drop = (...names) => ({ type: 'draft-added', files: names.map(file) });
const ready = (choice) => ({ type: 'engine-ready', catalog: {}, info: { peers: [] }, note: '', device: {}, choice });
const failed = { type: 'engine-failed', error: { code: 'bundle-invalid', message: 'No.', help: '' } };

test('files are read, set up and counted', () => {
  let state = after(initial, drop('a.onnx', 'b.safetensors'));
  assert.ok(state.choice.shown);
  assert.ok(incomplete(state.choice), 'opening would leave them out');
  const [a, b] = state.choice.draft;
  state = after(
    state,
    { type: 'draft-found', key: a.key, serial: 1, found: found('onnx', 'a'), size: 6 },
    { type: 'draft-found', key: b.key, serial: 1, found: found('bundle', 'c', 'd'), size: 6 },
  );
  assert.equal(networkCount(state.choice), 3);
  state = after(state, { type: 'draft-changed', key: b.key, options: { peers: ['d'] } });
  assert.equal(networkCount(state.choice), 2, 'a file that is read again is opened by its options as they are now');
  assert.ok(!incomplete(state.choice));
  state = after(state, { type: 'draft-found', key: b.key, serial: 1, found: found('bundle', 'c', 'd'), size: 6 });
  assert.equal(state.choice.draft[1].phase, 'reading', 'an answer to older options changes nothing');
  state = after(state, { type: 'draft-found', key: b.key, serial: 2, found: found('bundle', 'd'), size: 6 });
  assert.equal(networkCount(state.choice), 2);
  state = after(state, { type: 'draft-refused', key: a.key, serial: 1, error: failed.error });
  assert.equal(networkCount(state.choice), 1, 'what is refused stays out');
  assert.equal(after(state, { type: 'draft-removed', key: a.key }).choice.draft.length, 1);
});

test('a file of a network’s name is about that network, another about all', () => {
  const said = [saidIn('a.json', '{"preprocess": "tf"}'), saidIn('names.txt', 'cat\ndog')];
  const { draft } = after(initial, { ...drop('a.onnx', 'b.onnx'), said }).choice;
  assert.deepEqual(
    draft.map(({ options, saidBy }) => [options, saidBy]),
    [
      [{ beside: '{"preprocess": "tf"}' }, 'a.json'],
      [{ labels: 'cat\ndog' }, 'names.txt'],
    ],
  );
  const later = after(initial, drop('a.onnx'), { type: 'draft-added', files: [], said: [said[1]] }).choice.draft;
  assert.deepEqual([later[0].options.labels, later[0].serial], ['cat\ndog', 2]);
});

test('networks that were open stay open when others cannot be opened', () => {
  const open = { kind: 'shipped', id: 'x' };
  const state = after(initial, { type: 'engine-start' }, ready(open), {
    type: 'networks-chosen',
    choice: { kind: 'own' },
  });
  assert.equal(state.engine.phase, 'loading');
  for (const way of [failed, { type: 'engine-cancel' }]) {
    const { engine, choice } = after(state, way);
    assert.deepEqual([engine.phase, choice.wanted], ['ready', open]);
    assert.ok(engine.error);
  }
  const first = after(initial, { type: 'engine-start' }, failed);
  assert.equal(first.engine.phase, 'failed', 'without networks nothing is ready');
});

test('other networks explain the image anew, without the class that belonged to the earlier ones', () => {
  const preview = { bitmap: {}, width: 1, height: 1 };
  let state = after(initial, { type: 'engine-start' }, ready({ kind: 'shipped', id: 'x' }));
  state = after(state, { type: 'image-picked', source: new Blob(), name: 'i' });
  state = after(state, { type: 'image-ready', serial: state.image.serial, preview });
  state = after(state, { type: 'job-started', serial: state.job.serial });
  state = after(state, { type: 'job-done', serial: state.job.serial, result: { regions: [], peers: [] } });
  state = after(
    state,
    { type: 'ask-changed', change: { target: 3, grid: 5 } },
    { type: 'networks-chosen', choice: { kind: 'own' } },
  );
  const { ask, result, job, comparison } = after(state, ready({ kind: 'own' }));
  assert.deepEqual([ask.target, ask.grid, result, job.phase], [undefined, 5, null, 'due']);
  assert.deepEqual([comparison.peer, comparison.cards], [null, {}]);
});

test('what is kept and forgotten', () => {
  const kept = { kind: 'kept', id: '7' };
  const state = after(initial, drop('a.onnx'), ready({ kind: 'own' }), { type: 'networks-stay', choice: kept });
  assert.deepEqual([state.choice.open, state.choice.draft], [kept, []]);
  assert.deepEqual(after(state, { type: 'networks-forget', id: '7' }).choice.open, { kind: 'own' });
});

test('files by their names', () => {
  const names = (files) => files.map(({ name }) => name);
  const { networks, labels, foreign, others } = sorted(
    ['a.ONNX', 'b.safetensors', 'l.txt', 'i.png'].map((name) => ({ name })),
  );
  assert.deepEqual(
    [names(networks), names(labels), foreign, others],
    [['a.ONNX', 'b.safetensors'], ['l.txt'], null, ['i.png']],
  );
  for (const name of ['m.pth', 'm.keras', 'm.tflite', 'm.pdmodel'])
    assert.match(sorted([{ name }]).foreign.help, /onnx/i);
  assert.deepEqual(saidIn('l.json', '["cat", "dog"]').options, { labels: '["cat", "dog"]' });
  assert.deepEqual(saidIn('l.json', '{"0": "cat", "1": "dog"}').options, { labels: '{"0": "cat", "1": "dog"}' });
});

test('files that say nothing of any network are told by name', () => {
  const named = (...names) => names.map((name) => /** @type {any} */ ({ name, options: {} }));
  const networks = named('a.onnx', 'b.onnx');
  assert.equal(unusedOf(networks, named('a.txt', 'names.txt'), []), null);
  assert.match(unusedOf(networks, named('a.txt', 'names.txt', 'b.json'), []).message, /^names\.txt was not used/);
  assert.match(unusedOf(networks, named('one.txt', 'a.txt', 'two.txt'), []).message, /^two\.txt was not used/);
  assert.equal(unknownOf([]), null);
  assert.match(unknownOf(['notes.pdf', 'x']).message, /^2 files were left out .*: notes\.pdf, x\.$/);
  // Names that come later, for networks that have some.
  const draft = after(initial, { ...drop('a.onnx'), said: named('a.txt') }).choice.draft;
  assert.match(unusedOf([], named('names.txt'), draft).message, /^names\.txt was not used/);
  assert.equal(unusedOf([], named('a.json'), draft), null, 'a file of its own name is about it, also anew');
});

test('addresses on this site alone', () => {
  const base = 'https://here.org/page/';
  assert.equal(addressOf('models/a.onnx', base).url.href, 'https://here.org/page/models/a.onnx');
  assert.match(addressOf('https://there.org/a.onnx', base).error.message, /there\.org/);
  assert.ok(addressOf('', base).error);
});

test('a file of labels that a JSON file names goes with that one, whenever it comes', () => {
  const about = saidIn('a.json', '{"preprocess": "tf", "labels": "lists/names.txt"}');
  assert.equal(about.wants, 'names.txt');
  const names = saidIn('names.txt', 'cat\ndog');
  const said = joined([names, about]);
  assert.deepEqual(
    said.map(({ name, options }) => [name, options.labels]),
    [['a.json', 'cat\ndog']],
  );
  assert.equal(unusedOf([file('a.onnx')], said, []), null);
  // It was forgotten, and comes later.
  const alone = after(initial, { ...drop('a.onnx', 'b.onnx'), said: joined([about]) }).choice.draft;
  assert.deepEqual(
    alone.map(({ wants, options }) => [wants, options.labels]),
    [
      ['names.txt', undefined],
      ['', undefined],
    ],
  );
  assert.equal(unusedOf([], [names], alone), null);
  const page = { ...initial, choice: { ...initial.choice, draft: alone } };
  const { draft } = reduce(page, { type: 'draft-added', files: [], said: [names] }).choice;
  assert.deepEqual(
    draft.map(({ options, saidBy }) => [options, saidBy]),
    [
      [{ ...about.options, labels: 'cat\ndog' }, 'names.txt'],
      [{ labels: 'cat\ndog' }, 'names.txt'],
    ],
  );
});

test('of folders and mixtures, networks are taken with what lies beside them, and the rest are images', () => {
  const found = (...paths) => paths.map((path) => ({ file: new File(['x'], path.split('/').pop()), path }));
  const split = (drafting, ...paths) => {
    const { files, rest } = forNetworks(found(...paths), drafting);
    return [files.map(({ name }) => name), rest.map(({ path }) => path)];
  };
  const folder = ['d/model.onnx', 'd/config.json', 'd/.hidden.onnx', 'd/set/a.jpg', 'd/set/readme.txt', 'p.zip'];
  assert.deepEqual(split(false, ...folder), [['model.onnx', 'config.json'], folder.slice(2)]);
  assert.deepEqual(split(false, 'a.onnx', 'l.csv', 'a.jpg')[0], ['a.onnx', 'l.csv']);
  assert.deepEqual(split(false, 'a.onnx', 'l.csv', 'a.jpg', 'b.jpg')[1], ['l.csv', 'a.jpg', 'b.jpg']);
  assert.deepEqual(split(true, 'names.txt'), [['names.txt'], []]);
  assert.deepEqual(split(false, 'names.txt'), [[], ['names.txt']]);
  assert.deepEqual(split(true, 'names.txt', 'a.jpg')[0], [], 'beside an image they are about that one');
  assert.deepEqual(split(false, 'm.pth'), [['m.pth'], []]);
});
