import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sorted } from './gather.js';

const files = (...paths) => paths.map((path) => ({ file: /** @type {any} */ ({ type: '' }), path }));

test('images and lists are told apart, and what systems leave is neither', () => {
  const given = files(
    'd/cat/10.jpg',
    'd/cat/9.JFIF',
    'd/cat/e.jxl',
    'd/cat/._9.jpg',
    'd/.ipynb_checkpoints/9-checkpoint.png',
    'd/__MACOSX/cat/a.png',
    'd/@eaDir/a.png',
    'd/list.csv',
    'd/._list.csv',
    'd/notes.txt',
  );
  const { images, lists, others } = sorted(given);
  assert.deepEqual(
    images.map(({ path }) => path),
    ['d/cat/9.JFIF', 'd/cat/10.jpg', 'd/cat/e.jxl'],
  );
  assert.deepEqual([lists.length, others], [1, 6]);
});
