import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { openEngine } from './client.js';
import { WorkerClient } from './worker-client.js';

const fails = (code, text) => (error) => error.code === code && text.test(`${error.message} ${error.help}`);
const scope = /** @type {any} */ (globalThis);
const silent = () => ({ postMessage() {}, terminate() {}, onmessage: null, onerror: null });
const open = (more) => openEngine(/** @type {any} */ ({ bundle: new Uint8Array(8), device: 'cpu', ...more }));

afterEach(() => {
  mock.timers.reset();
  for (const name of ['Worker', 'location']) Reflect.deleteProperty(globalThis, name);
});

test('a worker that never says a word ends in an error within a minute', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const opening = open({ spawn: silent });
  opening.catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  mock.timers.tick(60_000);
  await assert.rejects(opening, fails('download-failed', /worker could not be started.*base/));
});

test('a worker that falls silent in the middle of a job ends in an error too', async () => {
  const worker = silent();
  const client = new WorkerClient('cpu', { spawn: () => worker, hang: 1000, silence: 20 });
  const job = client.call('explain', {});
  /** @type {any} */ (worker).onmessage({ data: { type: 'hello' } });
  await assert.rejects(job, fails('crashed', /stopped answering/));
  assert.equal(client.alive, false);
});

test('a worker that has answered everything may stay silent', async () => {
  const worker = silent();
  const client = new WorkerClient('cpu', { spawn: () => worker, hang: 10, silence: 10 });
  const job = client.call('explain', {});
  /** @type {any} */ (worker).onmessage({ data: { type: 'done', job: 1, value: 5 } });
  assert.equal(await job, 5);
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal(client.alive, true);
});

test('a worker that cannot be made, or whose file is not there, says what to do', async () => {
  const refused = () => {
    throw new DOMException("Failed to construct 'Worker': cannot be accessed from this origin.", 'SecurityError');
  };
  await assert.rejects(open({ spawn: refused }), fails('download-failed', /Failed to construct 'Worker'.*base/));
  const missing = () => {
    const worker = /** @type {any} */ (silent());
    setTimeout(() => worker.onerror({ preventDefault() {} }));
    return worker;
  };
  await assert.rejects(open({ spawn: missing }), fails('download-failed', /could not be started.*base/));
});

test('on a server there are no workers', async () => {
  await assert.rejects(open({}), fails('device-unavailable', /browsers only/));
});

test('a worker from another origin is started from here and imports the file from there', async () => {
  const made = [];
  scope.location = new URL('https://here.test/page/');
  scope.Worker = class {
    constructor(url, { name, type }) {
      made.push([String(url), name, type]);
      setTimeout(() => /** @type {any} */ (this).onerror({ message: 'enough' }));
    }
    postMessage() {}
    terminate() {}
  };
  for (const base of ['https://there.test/pkg', 'https://there.test/pkg/', 'files/', new URL('https://here.test/a')]) {
    await assert.rejects(open({ base }), fails('download-failed', /enough/));
  }
  const code = await Promise.all(made.slice(0, 2).map(async ([url]) => (await fetch(url)).text()));
  assert.deepEqual(code, Array(2).fill('import "https://there.test/pkg/worker.js";'));
  assert.deepEqual(made.slice(2), [
    ['https://here.test/page/files/worker.js', 'peerlight-cpu', 'module'],
    ['https://here.test/a/worker.js', 'peerlight-cpu', 'module'],
  ]);
});
