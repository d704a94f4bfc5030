import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initial } from '../app/state.js';
import { nowhere } from '../what-if/state.js';
import { addressOf, readAddress } from './address.js';

const settings = [
  { id: 'grid', kind: 'number', min: 1, max: 56, default: '7' },
  { id: 'evidence', kind: 'choice', choices: [{ id: 'guided' }, { id: 'class' }], default: 'guided' },
];
const catalog = /** @type {any} */ ({
  settings,
  colors: [{ id: 'viridis' }],
  baselines: [{ id: 'black' }, { id: 'mean' }],
});
const samples = /** @type {any[]} */ ([{ name: 'Cat', alt: 'A cat', file: 'cat.jpg', url: 'x' }]);
const page = /** @type {any} */ ({
  ...initial,
  samples,
  engine: { ...initial.engine, catalog },
  image: { ...initial.image, chosen: { name: 'Cat', alt: 'A cat' } },
  result: { grid: 5 },
});

test('an address holds what differs from the beginning, and reads as it was written', () => {
  assert.equal(addressOf({ ...page, image: initial.image }), '');
  assert.equal(addressOf(page), 'sample=cat');
  assert.equal(addressOf({ ...page, ask: { grid: 7 } }), 'sample=cat', 'what was changed back is as it was');
  const full = {
    ...page,
    ask: { grid: 5, target: 281, settings: { evidence: 'class' } },
    view: { ...page.view, color: 'viridis', opacity: 0.5, shown: 'a', lines: false },
    whatIf: { ...page.whatIf, on: true, keep: true, baseline: 'mean', places: { ...nowhere, regions: [7, 8] } },
  };
  const address = addressOf(full);
  assert.equal(
    address,
    'sample=cat&grid=5&evidence=class&class=281&colors=viridis&opacity=0.5&map=a&lines=off&keep=2,3+2,4&baseline=mean',
  );
  assert.deepEqual(readAddress(`#${address}`, catalog, samples), {
    sample: samples[0],
    ask: full.ask,
    view: { color: 'viridis', opacity: 0.5, shown: 'a', lines: false },
    whatIf: { keep: true, baseline: 'mean' },
    regions: [
      [2, 3],
      [2, 4],
    ],
    beside: null,
    unused: [],
  });
});

test('what stands beside a sample is in its address, unless it is one’s own', () => {
  const beside = (other) => addressOf({ ...page, sides: { ...page.sides, open: true, other } });
  const read = (words) => readAddress(`#sample=cat&with=${words}`, catalog, samples).beside;
  assert.equal(beside({ kind: 'class', target: 285 }), 'sample=cat&with=class:285');
  assert.deepEqual(read('class:285'), { kind: 'class', target: 285 });
  assert.equal(beside({ kind: 'networks', from: 'shipped', id: 'lite', name: '' }), 'sample=cat&with=networks:lite');
  assert.deepEqual(read('networks:lite'), { kind: 'networks', id: 'lite' });
  assert.equal(beside({ kind: 'image', source: new Blob(), name: 'Cat', alt: 'A cat' }), 'sample=cat&with=cat');
  assert.deepEqual(read('cat'), { kind: 'image', sample: samples[0] });
  assert.equal(beside({ kind: 'image', source: new Blob(), name: 'Cat', alt: '' }), 'sample=cat', 'an own image');
  assert.equal(beside({ kind: 'networks', from: 'kept', id: '1', name: '' }), 'sample=cat', 'own networks');
  for (const wrong of ['', 'dog', 'class:x', 'class:-1', 'networks:', 'x:y']) assert.equal(read(wrong), null, wrong);
});

test('an image of one’s own is in no address, also under the name of a sample', () => {
  assert.equal(addressOf({ ...page, image: { ...page.image, chosen: { name: 'Cat', alt: '' } } }), '');
});

test('what an address says wrong counts as not said', () => {
  const words = '#grid=99&evidence=x&class=-1&colors=pink&opacity=7&hide=0,1+a,b+3&sample=dog&other=1';
  const { sample, ask, view, whatIf, regions } = readAddress(words, catalog, samples);
  assert.deepEqual([sample, ask, view, whatIf, regions], [undefined, {}, {}, null, []]);
  assert.deepEqual(readAddress('#about', catalog, samples).ask, {});
  const info = /** @type {any} */ ({ classes: ['cat', 'dog'], peers: [{ id: 'a' }] });
  const unused = (/** @type {string} */ text) => readAddress(text, catalog, samples, info).unused;
  assert.deepEqual(unused(words), words.slice(1).replaceAll('+', ' ').split('&'));
  assert.deepEqual(unused('#sample=cat&gird=5&class=2&map=b&with=class:9'), [
    'gird=5',
    'class=2',
    'map=b',
    'with=class:9',
  ]);
  assert.deepEqual(unused('#sample=cat&hide=1,1+9,9&baseline=mean'), ['hide=9,9']);
  assert.deepEqual(unused('#sample=cat&grid=9&hide=9,9&class=1&map=a&lines=on&lang=de&with=class:0'), []);
});
