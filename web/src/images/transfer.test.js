import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEditable, isTextFor, sort } from './transfer.js';

const file = (name, type = '') => /** @type {File} */ ({ name, type });
const item = (isDirectory, kind = 'file') => /** @type {any} */ ({ kind, webkitGetAsEntry: () => ({ isDirectory }) });

test('of several files the first image is taken, and the rest counted', () => {
  const [notes, a, b] = [file('notes.txt', 'text/plain'), file('a.png', 'image/png'), file('b.png', 'image/png')];
  assert.deepEqual(sort([a]), { first: a, others: 0, folders: 0 });
  assert.deepEqual(sort([notes, a, b]), { first: a, others: 2, folders: 0 });
  assert.deepEqual(sort([notes]), { first: notes, others: 0, folders: 0 });
  const unknown = file('a.avif');
  assert.deepEqual(sort([unknown, notes]), { first: unknown, others: 1, folders: 0 });
});

test('folders are no files', () => {
  const [folder, a] = [file('photos'), file('a.png', 'image/png')];
  assert.deepEqual(sort([folder], [item(true)]), { first: undefined, others: 0, folders: 1 });
  assert.deepEqual(sort([folder, a], [item(false, 'string'), item(true), item(false)]), {
    first: a,
    others: 0,
    folders: 1,
  });
  // An old browser knows no entries.
  assert.deepEqual(sort([a], [/** @type {any} */ ({ kind: 'file' })]).first, a);
});

const data = (...types) => /** @type {any} */ ({ types });
const input = (type) => /** @type {any} */ ({ tagName: 'INPUT', type });

test('text for a field stays text', () => {
  for (const type of ['text', 'search', 'number', 'email', 'url', 'password', '']) {
    assert.equal(isEditable(input(type)), true, type);
    assert.equal(isTextFor(input(type), data('text/plain', 'text/html', 'Files')), true, type);
    assert.equal(isTextFor(input(type), data('Files')), false, type);
  }
  for (const target of [
    /** @type {any} */ ({ tagName: 'TEXTAREA' }),
    /** @type {any} */ ({ isContentEditable: true }),
  ]) {
    assert.equal(isTextFor(target, data('text/plain', 'Files')), true);
  }
  for (const target of [
    input('file'),
    input('range'),
    input('checkbox'),
    /** @type {any} */ ({ tagName: 'BODY' }),
    undefined,
  ]) {
    assert.equal(isTextFor(target, data('text/plain', 'Files')), false);
  }
  assert.equal(isTextFor(input('text'), null), false);
});
