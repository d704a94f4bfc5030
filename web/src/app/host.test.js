import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offlineNote } from './host.js';
import { initial, reduce } from './state.js';
import { statusOf } from './status.js';

const after = (...actions) => actions.reduce(reduce, initial);

test('without the network the page says what still works', () => {
  assert.equal(offlineNote(after({ type: 'online-changed', online: true })), '');
  const gone = /** @type {const} */ ({ type: 'online-changed', online: false });
  assert.match(offlineNote(after(gone)), /cannot be loaded/);
  assert.match(offlineNote(after({ type: 'page-kept' }, gone)), /kept on this device/);
  assert.equal(offlineNote(after(gone, { type: 'online-changed', online: true })), '');
});

test('a part of the page that did not come is told', () => {
  assert.match(offlineNote(after({ type: 'page-incomplete' })), /could not be loaded.*Reload/);
});

test('a new version waits until it is wanted', () => {
  const { host } = after({ type: 'update-found' });
  assert.deepEqual([host.update, host.updating], [true, false]);
  assert.equal(after({ type: 'update-found' }, { type: 'update-wanted' }).host.updating, true);
});

test('where the browser lacks something there is no button that cannot help', () => {
  const failed = (code) =>
    statusOf(
      after({ type: 'engine-start' }, { type: 'engine-failed', error: { code, message: 'No.', help: 'Update.' } }),
    );
  assert.deepEqual([failed('device-unavailable').retry, failed('download-failed').retry], ['', 'Try again']);
});

test('what was left out of a choice is told until the next one', () => {
  const source = new Blob(['image']);
  const first = after({ type: 'image-picked', source, name: 'a.png', notice: 'One image at a time.' });
  const preview = /** @type {any} */ ({});
  const shown = reduce(first, { type: 'image-ready', serial: 1, preview });
  assert.equal(statusOf(shown).notice, 'One image at a time.');
  assert.equal(statusOf(reduce(shown, { type: 'image-picked', source, name: 'b.png' })).notice, '');
});
