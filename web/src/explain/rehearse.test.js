import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Store } from '../app/store.js';
import { runRehearsal } from './rehearse.js';

const kept = new Map();
Object.assign(globalThis, {
  localStorage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) },
});

/** A page that rests after its first explanation, and the methods that its engine was asked for. */
function rested() {
  /** @type {any[]} */
  const asked = [];
  const methods = ['mutual', 'grad-cam', 'layer-cam'].map((id) => ({ id }));
  const explain = async (_image, { method }, { signal }) => {
    await Promise.resolve();
    signal.throwIfAborted();
    asked.push(method);
  };
  const store = new Store();
  store.state = /** @type {any} */ ({
    ...store.state,
    engine: { ...store.state.engine, phase: 'ready', device: { kind: 'cpu' } },
    image: { ...store.state.image, chosen: { source: 'an image' } },
    result: {},
  });
  runRehearsal(store, () => /** @type {any} */ ({ catalog: { methods }, explain }));
  return { store, asked };
}

const settled = async () => {
  for (let i = 0; i < 50; i += 1) await Promise.resolve();
};

test('a page rehearses methods that its engine has when it rests, once for each version', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { asked } = rested();
  mock.timers.tick(1000);
  await settled();
  assert.deepEqual(asked, [], 'not at once');
  mock.timers.tick(1000);
  await settled();
  assert.deepEqual([...new Set(asked)], ['grad-cam', 'layer-cam']);
  const again = rested();
  mock.timers.tick(5000);
  await settled();
  assert.deepEqual(again.asked, []);
});

test('whatever happens ends a rehearsal, and it begins anew when the page rests', async (t) => {
  kept.clear();
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { store, asked } = rested();
  mock.timers.tick(2000);
  store.dispatch({ type: 'online-changed', online: false });
  await settled();
  assert.deepEqual(asked, []);
  assert.equal(kept.size, 0);
  mock.timers.tick(2000);
  await settled();
  assert.equal(new Set(asked).size, 2);
  assert.equal(kept.size, 1);
});
