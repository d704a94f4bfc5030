import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sorted } from './gather.js';

const files = (...paths) => paths.map((path) => ({ file: /** @type {any} */ ({ type: '' }), path }));

const never = async () => false;

test('images and lists are told apart, and what systems leave is neither', async () => {
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
  const { images, lists, others } = await sorted(given, never);
  assert.deepEqual(
    images.map(({ path }) => path),
    ['d/cat/9.JFIF', 'd/cat/10.jpg', 'd/cat/e.jxl'],
  );
  assert.deepEqual([lists.length, others.length, others.at(-1)], [1, 6, 'd/notes.txt']);
});

test('a file whose name says nothing is an image if its content is', async () => {
  const looked = [];
  const given = [...files('d/scan', 'd/a.0001', 'd/.hidden', 'd/b.png'), { file: null, path: 'd/locked/' }];
  given.push({ file: /** @type {any} */ ({ type: 'text/plain' }), path: 'd/notes.txt' });
  const isImage = async (file) => looked.push(file) === 1;
  const { images, others } = await sorted(given, isImage);
  assert.deepEqual(
    images.map(({ path }) => path),
    ['d/b.png', 'd/scan'],
  );
  assert.deepEqual([others, looked.length], [['d/a.0001', 'd/.hidden', 'd/locked/', 'd/notes.txt'], 2]);
});
