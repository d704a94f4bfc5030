import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initial, reduce } from '../app/state.js';
import { csvOf, jsonOf } from './export.js';
import { labelsOf, parseCsv, unusedLabels, wantedOf } from './labels.js';
import { leftOut } from '../images/left-out.js';
import { accuracyOf, countsOf, groupOf, listed, nextItem, rowsOf } from './select.js';

const CLASSES = ['tench', 'goldfish', 'tiger shark'];
const ready = {
  ...initial,
  engine: /** @type {any} */ ({
    ...initial.engine,
    phase: 'ready',
    info: { classes: CLASSES, name: 'b', sha256: 's' },
  }),
};

const give = (page, paths, labels = new Map()) => {
  const files = paths.map((path) => ({ file: /** @type {any} */ ({ name: path }), path }));
  return reduce(reduce(page, { type: 'many-given', files, lists: [] }), {
    type: 'many-labeled',
    list: 'list.csv',
    labels,
  });
};

/** What the engine would say of the names. */
const named = (page, classes) => reduce(page, { type: 'many-classes', classes: new Map(Object.entries(classes)) });

const outcome = (first, second, agreement) =>
  /** @type {any} */ ({
    image: { width: 1, height: 1 },
    target: { class: first, label: CLASSES[first] },
    agreement,
    peers: [first, second].map((index, k) => ({
      id: `n${k}`,
      name: `N${k}`,
      top: [{ class: index, label: CLASSES[index], probability: 0.5 }],
    })),
    ms: 100,
  });

/** Four images: the last two were answered unlike, one cannot be read. */
function worked() {
  let page = give(ready, ['fish/tench/a.jpg', 'fish/goldfish/b.jpg', 'fish/tiger_shark/c.jpg', 'fish/d.jpg']);
  page = named(page, { tench: 0, goldfish: 1, tiger_shark: 2, fish: null });
  const outcomes = [outcome(0, 0, 0.9), outcome(1, 2, 0.5), outcome(2, 1, 0.1)];
  outcomes.forEach((found, i) => {
    page = reduce(page, { type: 'many-started', id: i + 1 });
    page = reduce(page, { type: 'many-done', id: i + 1, outcome: found });
  });
  page = reduce(page, { type: 'many-started', id: 4 });
  return reduce(page, {
    type: 'many-failed',
    id: 4,
    error: { code: 'image-broken', message: 'Damaged, sadly.', help: '' },
  });
}

const order = (page) => listed(rowsOf(page), page.many.view).map(({ item }) => item.id);

test('one image is explained at a time, what the person looks at goes first, and pausing stops', () => {
  const page = give(ready, ['a.jpg', 'b.jpg']);
  assert.equal(nextItem(page)?.id, 1);
  const running = reduce(page, { type: 'many-started', id: 1 });
  assert.equal(nextItem(running), null);
  assert.equal(nextItem({ ...page, job: { ...page.job, phase: 'running' } }), null);
  const paused = reduce(running, { type: 'many-paused' });
  const returned = reduce(paused, { type: 'many-returned', id: 1 });
  assert.equal(nextItem(returned), null);
  assert.equal(nextItem(reduce(returned, { type: 'many-resumed' }))?.id, 1);
  assert.deepEqual(reduce(running, { type: 'many-cancelled' }).many.items, []);
});

test('the queue says how far it is', () => {
  const page = worked();
  assert.equal(page.many.phase, 'idle');
  assert.deepEqual(countsOf(page.many), { all: 4, done: 3, failed: 1, left: 0, leftMs: 0 });
  const more = give(page, ['e.jpg', 'f.jpg']);
  assert.deepEqual([more.many.phase, countsOf(more.many).leftMs], ['running', 200]);
});

test('those where the networks differ most come first; any column sorts; what has no answer comes last', () => {
  const page = worked();
  assert.deepEqual(order(page), [3, 2, 1, 4]);
  const view = (/** @type {any} */ change) => reduce(page, { type: 'many-view', view: change });
  assert.deepEqual(order(view({ sort: 'agreement', down: true })), [1, 2, 3, 4]);
  assert.deepEqual(order(view({ sort: 'path', down: false })), [4, 2, 1, 3]);
  assert.deepEqual(order(view({ sort: 'peer-1', down: true })), [2, 1, 3, 4]);
  assert.deepEqual(order(view({ only: 'differ' })), [3, 2]);
  assert.deepEqual(order(view({ only: 'failed' })), [4]);
  assert.deepEqual(order(view({ text: 'shark gold' })), [3, 2]);
  const grouped = listed(rowsOf(page), { ...page.many.view, grouped: true }).map(groupOf);
  assert.equal(new Set(grouped).size, 4);
});

test('folders and lists name classes, and give accuracy', () => {
  const rows = rowsOf(worked());
  assert.deepEqual(
    rows.map(({ label }) => label),
    [0, 1, 2, null],
  );
  assert.deepEqual(
    accuracyOf(rows).map(({ name, right, of }) => [name, right, of]),
    [
      ['N0', 3, 3],
      ['N1', 1, 3],
    ],
  );
  const list = new Map([
    ['a.jpg', '1'],
    ['x/b.jpg', 'Tiger Shark'],
  ]);
  const listedLabels = rowsOf(named(give(ready, ['x/a.jpg', 'x/b.jpg'], list), { 1: 1, 'Tiger Shark': 2 }));
  assert.deepEqual(
    listedLabels.map(({ label }) => label),
    [1, 2],
  );
  assert.deepEqual(accuracyOf(rowsOf(give(ready, ['x/a.jpg']))), []);
});

test('CSV is read with quotes, and written with them', () => {
  assert.deepEqual(parseCsv('a,"b, ""c"""\r\n"d\ne",f'), [
    ['a', 'b, "c"'],
    ['d\ne', 'f'],
  ]);
  assert.deepEqual([...labelsOf('\ufefffile,label\na.jpg,bee\n')], [['a.jpg', 'bee']]);
  assert.equal(labelsOf('x,y\n1,2\n').size, 0);
  const lines = parseCsv(csvOf(worked()));
  assert.deepEqual(lines[0], [
    'file',
    'label',
    'n0 answer',
    'n0 probability',
    'n1 answer',
    'n1 probability',
    'class',
    'agreement',
    'answers differ',
    'error',
  ]);
  assert.deepEqual(lines[2], [
    'fish/goldfish/b.jpg',
    'goldfish',
    'goldfish',
    '0.5',
    'tiger shark',
    '0.5',
    'goldfish',
    '0.5',
    'true',
    '',
  ]);
  assert.equal(lines[4]?.at(-1), 'Damaged, sadly.');
  // One network alone agrees with nothing, and differs from none.
  const alone = { ...outcome(0, 0, 0), agreement: null };
  const one = { ...worked(), many: { ...worked().many, items: [{ ...worked().many.items[0], outcome: alone }] } };
  assert.deepEqual(parseCsv(csvOf(/** @type {any} */ (one)))[1]?.slice(-3), ['', '', '']);
  const [told] = JSON.parse(jsonOf(/** @type {any} */ (one))).images;
  assert.deepEqual([told.agreement, told.differ], [null, null]);
  const { images, bundle } = JSON.parse(jsonOf(worked()));
  assert.deepEqual(
    [images.length, images[0].file, images[3].error.code, bundle.sha256],
    [4, 'fish/tench/a.jpg', 'image-broken', 's'],
  );
});

test('tables are read as spreadsheets write them', () => {
  const expected = [
    ['cat/a.png', 'Cat'],
    ['b.png', 'dog'],
  ];
  for (const text of [
    'path;class\r\ncat\\a.png;Cat\r\nb.png; dog\r\n',
    'sep=;\r\nclass;path\r\nCat;./cat//a.png\r\ndog;b.png\r\n',
    'path\tclass\ncat/a.png\tCat\nb.png\tdog\n',
    'path;class\rcat/a.png;Cat\r"b.png";dog',
  ]) {
    assert.deepEqual([...labelsOf(text)], expected, text);
  }
  assert.deepEqual([...labelsOf('path,class\na.png,cat\na.png,dog\n')], [['a.png', '']]);
});

test('a list goes before the folder, by the path from any folder above', () => {
  const labels = new Map([
    ['x/a.jpg', 'cat'],
    ['b.jpg', 'dog'],
  ]);
  const wanted = ['x/a.jpg', 'set/x/a.jpg', 'set/y/b.jpg', 'set/n01440764/c.jpg', 'd.jpg'].map((path) =>
    wantedOf(path, labels),
  );
  assert.deepEqual(wanted, ['cat', 'cat', 'dog', 'n01440764', '']);
});

test('what the engine knows of the names stays until there are other networks', () => {
  const page = named(give(ready, ['n01440764/a.jpg', '1/b.jpg', 'zebra/c.jpg']), { n01440764: 0, 1: 1, zebra: null });
  const labels = (page) => rowsOf(page).map(({ label }) => label);
  assert.deepEqual(labels(page), [0, 1, null]);
  const other = /** @type {any} */ ({ type: 'engine-ready', catalog: {}, info: {}, note: '', device: {}, choice: {} });
  assert.deepEqual(labels(reduce(page, other)), [null, null, null]);
});

test('files that were left out are told until the list is closed', () => {
  const give = (page, leftOut) => reduce(page, { type: 'many-given', files: [], lists: [], leftOut });
  const page = give(give(ready, ['notes.txt']), ['a/.hidden', 'b']);
  assert.deepEqual(page.many.leftOut, ['notes.txt', 'a/.hidden', 'b']);
  assert.equal(leftOut([]), '');
  assert.match(leftOut(['notes.txt']), /^1 file left out .*: notes\.txt\.$/);
  assert.match(leftOut(['a', 'b', 'c', 'd', 'e', 'f', 'g']), /^7 files left out .*: a, b, c, d, e and 2 more\.$/);
  assert.deepEqual(reduce(page, { type: 'many-cleared' }).many.leftOut, []);
});

test('a list without labels is told by its name', () => {
  const told = (labels) => reduce(ready, { type: 'many-labeled', list: 'notes.csv', labels }).many.unread;
  assert.deepEqual([told(labelsOf('x,y\n1,2\n')), told(labelsOf('path,class\na,b\n'))], [['notes.csv'], []]);
});

test('no cell is a formula, whatever stands before it', () => {
  const cells = ['=1', ' =1', '\t@x', '\uff1d1', '-2', 'a=1'].map((path) => {
    const [, row = []] = parseCsv(csvOf(give(ready, [path])));
    return row[0];
  });
  assert.deepEqual(cells, ["'=1", "' =1", "'\t@x", "'\uff1d1", "'-2", 'a=1']);
});

test('labels that say nothing of these images, or to these networks, are told', () => {
  const items = ['d/bee/a.png', 'd/odd/b.png'].map((path) => /** @type {any} */ ({ path }));
  const classes = new Map([
    ['bee', 309],
    ['odd', null],
    ['fly', 308],
  ]);
  const unused = (labels) => unusedLabels({ items, labels: new Map(labels), classes });
  assert.deepEqual(unused([]), { images: [], names: ['odd'] });
  assert.deepEqual(
    unused([
      ['a.png', 'odd'],
      ['c.png', 'bee'],
    ]),
    { images: ['c.png'], names: ['odd'] },
  );
  assert.deepEqual(
    unused([
      ['bee/a.png', 'bee'],
      ['b.png', 'fly'],
    ]),
    { images: [], names: [] },
  );
  const plain = [/** @type {any} */ ({ path: 'holidays/a.png' })];
  const none = unusedLabels({ items: plain, labels: new Map(), classes: new Map([['holidays', null]]) });
  assert.deepEqual(none.names, [], 'folders that are no classes are only folders');
});
