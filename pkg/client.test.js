import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { openEngine } from './client.js';
import { WorkerClient } from './worker-client.js';

const tick = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const fails = (code) => (error) => error.name === 'PeerlightError' && error.code === code;

/** A worker that answers by a script: `type -> (message, reply) => void`. */
function fakeWorkers(script = {}) {
  const made = [];
  const spawn = (kind) => {
    const answers = {
      open: (m, reply) => reply('device', { device: { kind, name: kind, software: false }, catalog: { errors: [] } }),
      load: (m, reply) => reply('done', { sha256: 'good', peers: [] }),
      time: (m, reply) => reply('done', kind === 'cpu' ? 100 : 10),
      explain: (m, reply) => reply('done', { by: kind, request: m.request, id: m.sourceId }),
      measure: (m, reply) => reply('done', { request: m.request, options: m.options }),
      sanity: (m, reply) => reply('done', { request: m.request }),
      prepare: (m, reply) => reply('done', { width: 4, height: 3 }),
      close: (m, reply) => reply('done'),
      whatIf: (m, reply) => reply('done', { question: m.question, request: m.request, id: m.sourceId, held: m.held }),
      cancel: (m, reply) => reply('failed', { code: 'cancelled', message: '' }),
      ...script,
      ...script[kind],
    };
    const worker = {
      kind,
      seen: [],
      ended: false,
      onmessage: null,
      onerror: null,
      terminate() {
        this.ended = true;
      },
      postMessage(m) {
        this.seen.push(m);
        const reply = (type, value) =>
          tick().then(
            () =>
              this.ended ||
              this.onmessage({
                data: { type, job: m.job, ...(type === 'failed' || type === 'progress' ? value : { value }) },
              }),
          );
        answers[m.type](m, reply);
      },
    };
    made.push(worker);
    return worker;
  };
  return { made, spawn };
}

const weights = new Uint8Array(8);
const open = (spawn, more = {}) => openEngine(/** @type {any} */ ({ bundle: weights, device: 'cpu', spawn, ...more }));
const source = new Blob(['image']);

/** @param {any} adapter */
function withGpu(adapter) {
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu: { requestAdapter: async () => adapter } },
    configurable: true,
  });
}
afterEach(() => Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true }));

test('opens, explains and tells progress', async () => {
  const { spawn } = fakeWorkers({
    explain(m, reply) {
      reply('progress', { name: 'half', done: 1, total: 2 });
      reply('done', { request: m.request });
    },
  });
  const engine = await open(spawn);
  const steps = [];
  const result = await engine.explain(source, { grid: 4 }, { onProgress: (s) => steps.push(s) });
  assert.deepEqual([result.request, steps], [{ grid: 4 }, [{ name: 'half', done: 1, total: 2 }]]);
  assert.equal(engine.device.reason, 'Chosen by you.');
});

test('the same image keeps its number, so that the worker decodes it once', async () => {
  const engine = await open(fakeWorkers().spawn);
  const [a, b, c] = [
    await engine.explain(source),
    await engine.explain(source),
    await engine.explain(new Blob(['other'])),
  ];
  assert.equal(a.id, b.id);
  assert.notEqual(a.id, c.id);
});

test('a signal cancels, before and during', async () => {
  const engine = await open(fakeWorkers({ explain: () => {} }).spawn);
  await assert.rejects(engine.explain(source, {}, { signal: AbortSignal.abort() }), fails('cancelled'));
  const control = new AbortController();
  const job = engine.explain(source, {}, { signal: control.signal });
  control.abort();
  await assert.rejects(job, fails('cancelled'));
});

test('a crash is told, and the next job has a new worker', async () => {
  let crashes = 1;
  const { made, spawn } = fakeWorkers({
    explain: (m, reply) =>
      crashes-- > 0 ? reply('failed', { code: 'crashed', message: 'unreachable' }) : reply('done', 'fine'),
  });
  const engine = await open(spawn);
  await assert.rejects(engine.explain(source), fails('crashed'));
  assert.equal(made[0].ended, true);
  assert.equal(await engine.explain(source), 'fine');
  assert.equal(made.length, 2);
});

test('a worker that stays silent after a cancel is ended', async () => {
  const { made, spawn } = fakeWorkers({ explain: () => {}, cancel: () => {} });
  const worker = new WorkerClient('cpu', { spawn, hang: 20 });
  const control = new AbortController();
  const job = worker.call('explain', {}, { signal: control.signal });
  control.abort();
  await assert.rejects(job, fails('cancelled'));
  assert.equal(made[0].ended, false);
  await tick(40);
  assert.equal(made[0].ended, true);
});

test('a worker that answers its cancel lives on', async () => {
  const { made, spawn } = fakeWorkers({ explain: () => {} });
  const worker = new WorkerClient('cpu', { spawn, hang: 20 });
  const control = new AbortController();
  const job = worker.call('explain', {}, { signal: control.signal });
  control.abort();
  await assert.rejects(job, fails('cancelled'));
  await tick(40);
  assert.equal(made[0].ended, false);
});

test('a lost graphics device hands its job to the CPU and says why', async () => {
  withGpu({ info: { vendor: 'acme' } });
  const { made, spawn } = fakeWorkers({
    webgpu: { explain: (m, reply) => reply('failed', { code: 'device-lost', message: 'Gone.' }) },
  });
  const heard = [];
  const engine = await open(spawn, { device: 'webgpu', onDevice: (d) => heard.push(d.kind) });
  assert.equal(engine.device.kind, 'webgpu');
  assert.equal((await engine.explain(source)).by, 'cpu');
  assert.match(engine.device.reason, /WebGPU failed.*Gone/);
  assert.deepEqual(heard, ['webgpu', 'cpu']);
  assert.equal(made[0].ended, true);
});

test('without WebGPU, or with a failed self-test, the CPU serves and the reason is kept', async () => {
  const bare = await open(fakeWorkers().spawn, { device: 'webgpu' });
  assert.match(bare.device.reason, /no WebGPU/);
  withGpu({ info: {} });
  const { spawn } = fakeWorkers({
    webgpu: { open: (m, reply) => reply('failed', { code: 'device-self-test', message: 'Wrong sums.' }) },
  });
  const engine = await open(spawn, { device: 'webgpu' });
  assert.equal(engine.device.kind, 'cpu');
  assert.match(engine.device.reason, /Wrong sums/);
});

test('left to itself it starts on the CPU and moves to a faster card', async () => {
  withGpu({ info: { vendor: 'acme' } });
  const engine = await open(fakeWorkers().spawn, { device: 'auto' });
  assert.equal(engine.device.kind, 'cpu');
  await tick(50);
  assert.equal(engine.device.kind, 'webgpu');
  assert.match(engine.device.reason, /10 ms per pass, against 100 ms/);
});

test('left to itself it stays with a CPU that is as fast, and never takes a software adapter', async () => {
  withGpu({ info: { vendor: 'acme' } });
  const { made, spawn } = fakeWorkers({ time: (m, reply) => reply('done', 50) });
  const engine = await open(spawn, { device: 'auto' });
  await tick(50);
  assert.deepEqual([engine.device.kind, made[1].ended], ['cpu', true]);

  withGpu({ info: { vendor: 'google', architecture: 'swiftshader' } });
  const soft = fakeWorkers();
  const other = await open(soft.spawn, { device: 'auto' });
  await tick(50);
  assert.deepEqual([other.device.kind, soft.made.length], ['cpu', 1]);
  assert.match(other.device.reason, /software adapter/);
});

test('weights that the engine finds to be others are refused', async () => {
  await assert.rejects(open(fakeWorkers().spawn, { sha256: 'bad'.padEnd(64, '0') }), fails('bundle-hash'));
});

test('weights that are found to be spoilt behind an answer are told, and the next call has a new worker', async () => {
  const { made, spawn } = fakeWorkers();
  /** @type {string[]} */
  const told = [];
  const engine = await open(spawn, { onSpoilt: (error) => told.push(error.code) });
  await engine.explain(source);
  made[0].onmessage({ data: { type: 'failed', job: 0, code: 'bundle-hash', message: 'Spoilt.' } });
  assert.deepEqual([told, made[0].ended], [['bundle-hash'], true]);
  await engine.explain(source);
  assert.equal(made.length, 2);
});

test('an error of the engine says what to do about it', async () => {
  const { spawn } = fakeWorkers({
    load: (m, reply) => reply('failed', { code: 'bundle-invalid', message: 'Not a bundle.' }),
  });
  await assert.rejects(open(spawn), (error) => error.code === 'bundle-invalid' && error.help.includes('Use a bundle'));
});

test('cancelling while opening ends the worker', async () => {
  const { made, spawn } = fakeWorkers({ open: () => {} });
  const control = new AbortController();
  const opening = open(spawn, { signal: control.signal });
  await tick();
  control.abort();
  await assert.rejects(opening, fails('cancelled'));
  assert.equal(made[0].ended, true);
});

test('a closed engine refuses, and leaves no worker behind', async () => {
  const { made, spawn } = fakeWorkers();
  const engine = await open(spawn);
  engine.close();
  await tick();
  await assert.rejects(engine.explain(source), fails('cancelled'));
  assert.equal(made[0].ended, true);
});

test('a map is asked for with its request, measured with its boxes, and checked', async () => {
  const { made, spawn } = fakeWorkers();
  const engine = await open(spawn);
  const request = { method: 'cam', target: 3 };
  const options = { metrics: ['energy'], boxes: [[0, 0, 9, 9]] };
  const [a, m, s] = await Promise.all([
    engine.explain(source, request),
    engine.measure(source, request, /** @type {any} */ (options)),
    engine.sanity(source, request),
  ]);
  assert.deepEqual([a.request, m, s], [request, { request, options }, { request }]);
  const sent = made[0].seen.slice(2).map(({ type, sourceId }) => `${type} ${sourceId}`);
  assert.deepEqual(sent, ['explain 1', 'measure 1', 'sanity 1']);
});

test('several images stay open, each under a number of its own, until they are closed', async () => {
  const { made, spawn } = fakeWorkers();
  const engine = await open(spawn);
  const [first, second] = [
    await engine.prepare(source, { crop: 0.5, across: 1, down: null }),
    await engine.prepare(source),
  ];
  assert.deepEqual([first.width, first.height], [4, 3]);
  const question = { regions: [{ row: 1, column: 2 }] };
  const asked = [await first.whatIf(question, { target: 3 }), await second.whatIf(question)];
  assert.deepEqual(
    asked.map((a) => a.request),
    [
      { target: 3, crop: 0.5, across: 1, down: undefined },
      { crop: undefined, across: undefined, down: undefined },
    ],
  );
  const [a, b] = /** @type {any[]} */ (asked);
  assert.ok(a.held && b.held && a.id !== b.id);
  first.close();
  first.close();
  await assert.rejects(first.explain(), fails('cancelled'));
  await second.explain();
  const closed = made[0].seen.filter((m) => m.type === 'close').map((m) => m.sourceId);
  assert.deepEqual(closed, [a.id]);
  const other = /** @type {any} */ (await engine.whatIf(source, question));
  assert.ok(!other.held && other.id !== b.id, 'the source itself has another number');
});

test('calls wait their turn: only its own signal cancels one', async () => {
  const { made, spawn } = fakeWorkers({ explain: (m, reply) => m.request.slow || reply('done', m.request.method) });
  const engine = await open(spawn);
  const control = new AbortController();
  const { signal } = control;
  const slow = engine.explain(source, /** @type {any} */ ({ method: 'rise', slow: true }), { signal });
  const other = engine.explain(source, { method: 'cam' });
  assert.equal(await other, 'cam');
  assert.equal(made[0].seen.filter((m) => m.type === 'cancel').length, 0);
  control.abort();
  await assert.rejects(slow, fails('cancelled'));
  await assert.rejects(engine.explain(source, { method: 'cam' }, { signal }), fails('cancelled'));
  assert.equal(made.length, 1, 'weights and device stay');
});

test('all the jobs that a lost graphics device takes with it run on the CPU, which takes over once', async () => {
  withGpu({ info: { vendor: 'acme' } });
  const { made, spawn } = fakeWorkers({
    webgpu: {
      explain: (m, reply) => m.request.method === 'cam' && reply('failed', { code: 'device-lost', message: 'Gone.' }),
    },
  });
  const heard = [];
  const engine = await open(spawn, { device: 'webgpu', onDevice: (d) => heard.push(d.kind) });
  const answers = await Promise.all(['rise', 'cam', 'grad-cam'].map((method) => engine.explain(source, { method })));
  assert.deepEqual(
    answers.map((a) => a.by),
    ['cpu', 'cpu', 'cpu'],
  );
  assert.deepEqual([heard, made.length], [['webgpu', 'cpu'], 2]);
});

test('several jobs that find the worker ended start one new worker', async () => {
  let crashes = 1;
  const { made, spawn } = fakeWorkers({
    explain: (m, reply) =>
      crashes-- > 0 ? reply('failed', { code: 'crashed', message: 'unreachable' }) : reply('done', 'fine'),
  });
  const engine = await open(spawn);
  await assert.rejects(engine.explain(source, { method: 'cam' }), fails('crashed'));
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => engine.explain(source, { method: 'cam' }))), [
    'fine',
    'fine',
    'fine',
  ]);
  assert.equal(made.length, 2);
});
