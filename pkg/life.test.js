import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { holdLife } from './life.js';
import { WorkerClient } from './worker-client.js';

const tick = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const scope = /** @type {any} */ (globalThis);
const silent = () => /** @type {any} */ ({ postMessage() {}, terminate() {}, onmessage: null, onerror: null });

/** Locks as a browser lends them: one holder each; the next gets it when the first lets go, or has ended. */
function withLocks() {
  /** @type {Map<string, (() => void)[]>} */
  const waiting = new Map();
  const locks = {
    request: async (name, ...rest) => {
      const [take, { signal } = {}] = rest.reverse();
      const queue = waiting.get(name);
      if (!queue) {
        waiting.set(name, []);
        return take();
      }
      return new Promise((resolve, reject) => {
        const go = () => resolve(take());
        queue.push(go);
        signal?.addEventListener('abort', () => {
          queue.splice(queue.indexOf(go), 1);
          reject(signal.reason);
        });
      });
    },
  };
  Object.defineProperty(scope, 'navigator', { value: { locks }, configurable: true });
  return {
    /** The holder of a lock ends without a word. */
    end: (name) => waiting.get(name).forEach((go) => go()),
    count: (name) => waiting.get(name)?.length,
  };
}
afterEach(() => Object.defineProperty(scope, 'navigator', { value: {}, configurable: true }));

test('a worker that ends without a word is known at once, by its lock', async () => {
  const { end } = withLocks();
  const worker = silent();
  const client = new WorkerClient('cpu', { spawn: () => worker });
  const lock = await holdLife();
  const job = client.call('explain', {});
  worker.onmessage({ data: { type: 'hello', lock } });
  await tick();
  assert.equal(client.alive, true);
  end(lock);
  await assert.rejects(job, { code: 'crashed', message: 'The engine stopped answering.' });
  assert.equal(client.alive, false);
});

test('it is known also while nothing is asked of it, so that the next question has a new one', async () => {
  const { end } = withLocks();
  const worker = silent();
  const client = new WorkerClient('cpu', { spawn: () => worker });
  const lock = await holdLife();
  worker.onmessage({ data: { type: 'hello', lock } });
  end(lock);
  await tick();
  assert.equal(client.alive, false);
});

test('nobody waits for the lock of a worker that was closed', async () => {
  const { count } = withLocks();
  const worker = silent();
  const client = new WorkerClient('cpu', { spawn: () => worker });
  const lock = await holdLife();
  worker.onmessage({ data: { type: 'hello', lock } });
  assert.equal(count(lock), 1);
  client.close();
  await tick();
  assert.equal(count(lock), 0);
});

test('two workers hold two locks', async () => {
  withLocks();
  assert.notEqual(await holdLife(), await holdLife());
});

test('where there are no locks, or the page may have none, a worker lives without', async () => {
  Object.defineProperty(scope, 'navigator', { value: {}, configurable: true });
  assert.equal(await holdLife(), '');
  const locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  Object.defineProperty(scope, 'navigator', { value: { locks }, configurable: true });
  assert.equal(await holdLife(), '');
  const client = new WorkerClient('cpu', { spawn: silent });
  assert.equal(client.alive, true);
});
