import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf } from './export.js';

const row = {
  method: 'cam',
  name: '=CAM, "plain"',
  settings: { power: 2, mode: 'a' },
  label: 'tabby cat',
  versus: { class: 285, weight: 1 },
  forward: 2,
  partial: 0,
  backward: 0,
  milliseconds: 12.5,
  blank: false,
  figures: { complexity: 0.25, 'average-drop:top50': null },
  sanity: null,
};

test('the comparison as comma-separated values: quoted where needed, and no formulas', () => {
  const table = /** @type {any} */ ({ rows: [row], explained: ['a', 'b'] });
  const [heads = '', line = '', end] = csvOf(table).split('\r\n');
  assert.equal(end, '');
  assert.equal(line, `cam,"'=CAM, ""plain""",power=2:mode=a,a+b,tabby cat,285,2,0,0,12.5,false,0.25,,`);
  assert.equal(heads.split(',').length, 14);
  assert.match(heads, /,complexity,average-drop:top50,unchanged_by_shuffling$/);
});
