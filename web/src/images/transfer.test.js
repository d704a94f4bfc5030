import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEditable, isTextFor } from './transfer.js';

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
