import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { keepTested, wasTested } from './tested.js';

/** @type {Map<string, Response>} */
const kept = new Map();
const cache = {
  match: async (/** @type {URL} */ key) => kept.get(key.href),
  put: async (/** @type {URL} */ key, /** @type {Response} */ value) => void kept.set(key.href, value),
  keys: async () => [...kept.keys()],
  delete: async (/** @type {string} */ key) => kept.delete(key),
};
const browser = { userAgent: 'Browser/1' };

/** @param {() => Promise<object>} open */
function inBrowser(open) {
  kept.clear();
  browser.userAgent = 'Browser/1';
  Object.defineProperty(globalThis, 'caches', { value: { open }, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: browser, configurable: true });
}

afterEach(() => Reflect.deleteProperty(globalThis, 'caches'));

test('a browser that has passed the test of the CPU is not tested again, until it is another version', async () => {
  inBrowser(async () => cache);
  assert.equal(await wasTested('cpu'), false);
  await keepTested('cpu');
  assert.equal(await wasTested('cpu'), true);
  browser.userAgent = 'Browser/2';
  assert.equal(await wasTested('cpu'), false);
  await keepTested('cpu');
  assert.equal(kept.size, 1, 'the former version is forgotten');
});

test('a graphics device is tested each time', async () => {
  inBrowser(async () => cache);
  await keepTested('webgpu');
  assert.deepEqual([kept.size, await wasTested('webgpu')], [0, false]);
});

test('without a cache, every device is tested', async () => {
  inBrowser(() => Promise.reject(new DOMException('no', 'SecurityError')));
  await keepTested('cpu');
  assert.equal(await wasTested('cpu'), false);
});
