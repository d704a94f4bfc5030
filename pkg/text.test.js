import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readModel } from './networks.js';
import { readText } from './text.js';

const TEXT = 'cat\ncafé\n';

/** @param {boolean} little */
function wide(little) {
  const view = new DataView(new ArrayBuffer(2 * TEXT.length + 2));
  [...`\ufeff${TEXT}`].forEach((letter, i) => view.setUint16(2 * i, letter.charCodeAt(0), little));
  return new Uint8Array(view.buffer);
}

test('a text is read as UTF-8, or as UTF-16 with its mark', async () => {
  const forms = [TEXT, `\ufeff${TEXT}`, wide(true), wide(false)];
  for (const form of forms) assert.equal(await readText(new Blob([form])), TEXT);
  assert.equal(await readText(new Blob([])), '');
});

test('what is no text is refused, and not read as another one', async () => {
  const latin = Uint8Array.from([99, 97, 102, 0xe9]);
  for (const bytes of [latin, wide(true).subarray(2), wide(true).subarray(0, 7)]) {
    await assert.rejects(readText(new Blob([bytes])), { code: 'ask-invalid', message: /no text in UTF-8 or UTF-16/ });
  }
});

test('the labels of a network, and the JSON beside it, are such texts', async () => {
  const read = (/** @type {BlobPart} */ bytes) =>
    readModel({ source: new Blob(['onnx']), labels: new Blob([bytes]), beside: new Blob([bytes]) });
  const { options } = await read(wide(true));
  assert.deepEqual([options.labels, options.beside], [TEXT, TEXT]);
  await assert.rejects(read(Uint8Array.from([0xe9, 10, 98])), { code: 'ask-invalid' });
});
