import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from '../harness.mjs';
import { DIST, bundleEntry } from '../paths.mjs';
import { browser, chromiumOnly } from '../browsers.mjs';
import { Site, inWorker } from '../site.mjs';

const GLUE = 'pkg/wasm/cpu/peerlight.js';
const WASM = 'pkg/wasm/cpu/peerlight_bg.wasm';

/** A copy of the page that a test may change. @param {{ later(end: () => unknown): void }} t */
async function copyOfDist(t) {
  const dist = await mkdtemp(join(tmpdir(), 'peerlight-dist-'));
  t.later(() => rm(dist, { recursive: true, force: true }));
  await cp(DIST, dist, { recursive: true });
  return dist;
}

/**
 * The engine as another build would make it: one import has another name, of the same length, in both halves.
 * @param {string} dist
 */
async function rename(dist) {
  const glue = await readFile(join(dist, GLUE), 'utf8');
  const [name = ''] = glue.match(/__wbg_\w+_[0-9a-f]{16}/) ?? [];
  const other = `${name.slice(0, -4)}beef`;
  await writeFile(join(dist, GLUE), glue.replaceAll(name, other));
  const module = (await readFile(join(dist, WASM))).toString('latin1');
  assert.ok(module.includes(name) && !module.includes(other));
  await writeFile(join(dist, WASM), Buffer.from(module.replaceAll(name, other), 'latin1'));
}

for (const half of [GLUE, WASM]) {
  test(`hosts: the cache holds only one half of a new engine (${half.split('.').pop()})`, async (t) => {
    const root = await copyOfDist(t);
    const site = await Site.make(t, { root, headers: { 'cache-control': 'max-age=3600' } });
    await site.context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
    await site.open();
    await rename(root);
    // From here on the cache holds one half of the old build and one of the new.
    const [url] = site.requests.filter((asked) => asked.includes(half));
    await site.page.evaluate((url) => fetch(url, { cache: 'reload' }).then((r) => r.blob()), url);
    await site.open();
    const result = await site.explain(() => site.at('sample-0').click());
    assert.equal(result.peers.length, 2);
    assert.ok(
      site.requests.some((asked) => asked.includes('fresh=')),
      'the halves did not fit, and were fetched anew',
    );
  });
}

test('hosts: a new build has new addresses, so that nothing old is mixed in', async (t) => {
  const root = await copyOfDist(t);
  const site = await Site.make(t, { root, headers: { 'cache-control': 'max-age=3600' } });
  await site.context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
  await site.open();
  const stamped = site.requests.filter((url) => /\.(js|wasm|css|svg)\b/.test(url) && !url.startsWith('blob:'));
  assert.deepEqual(
    stamped.filter((url) => !/\?v=[0-9a-f]{12}$/.test(url)),
    [],
  );
  t.note(`${stamped.length} files with the version in their address`);
});

/** @type {[string, RegExp][]} */
const ABSENT = [
  ['delete globalThis.WebAssembly;', /no WebAssembly\..*Lockdown Mode/],
  ['WebAssembly.validate = () => false;', /no WebAssembly with SIMD.*Update the browser/],
  ['delete WebAssembly.compileStreaming;', /no WebAssembly\.compileStreaming\..*Update the browser/],
  ['delete globalThis.OffscreenCanvas;', /no OffscreenCanvas.*Update the browser/],
];

for (const [code, says] of ABSENT) {
  test(`hosts: a browser without what is needed is told so (${code})`, async (t) => {
    const site = await Site.make(t, { edits: inWorker(code) });
    await site.open({ ready: false });
    const text = await site.text('error', says);
    assert.equal(await site.at('error').getAttribute('data-code'), 'device-unavailable');
    assert.ok(await site.at('retry').isHidden(), 'no button that cannot help');
    t.note(text);
  });
}

test('hosts: what a browser lacks, and what to do, is told in German, too', async (t) => {
  const site = await Site.make(t, { edits: inWorker('WebAssembly.validate = () => false;'), locale: 'de' });
  await site.open({ ready: false });
  await site.text('error', /Ihm fehlt WebAssembly mit SIMD\..*Aktualisieren Sie den Browser.*Blockierungsmodus/);
});

/** @type {[string, object, string, RegExp][]} */
const REFUSED = [
  [
    'a policy that forbids WebAssembly',
    { headers: { 'content-security-policy': "script-src 'self' 'unsafe-inline' blob:" } },
    'device-unavailable',
    /security policy forbids WebAssembly.*'wasm-unsafe-eval'/,
  ],
  [
    'no memory for the engine',
    {
      edits: inWorker('WebAssembly.instantiate = async () => { throw new RangeError("could not allocate memory"); };'),
    },
    'out-of-memory',
    /memory/,
  ],
  [
    'an engine that this browser cannot compile',
    {
      edits: inWorker('WebAssembly.compileStreaming = async () => { throw new WebAssembly.CompileError("opcode"); };'),
    },
    'download-failed',
    /cannot compile the engine: opcode.*Update the browser/,
  ],
];

for (const [name, options, code, says] of REFUSED) {
  test(`hosts: ${name} is told by its reason`, async (t) => {
    const site = await Site.make(t, options);
    await site.open({ ready: false });
    t.note(await site.text('error', says));
    assert.equal(await site.at('error').getAttribute('data-code'), code);
  });
}

test('hosts: weights of a new build, where the cache still has the former ones', async (t) => {
  const root = await copyOfDist(t);
  const site = await Site.make(t, { root, headers: { 'cache-control': 'max-age=3600' } });
  await site.context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
  await site.open();
  // Other weights under the same name.
  const index = join(root, 'models', 'index.json');
  const list = JSON.parse(await readFile(index, 'utf8'));
  const [first, second] = [list.default, list.bundles.find(({ id }) => id !== list.default).id].map((id) =>
    list.bundles.find((bundle) => bundle.id === id),
  );
  await cp(join(root, 'models', second.file), join(root, 'models', first.file));
  await writeFile(index, JSON.stringify({ ...list, bundles: [{ ...second, id: first.id, file: first.file }] }));
  await site.open();
  assert.equal(site.server.count(/safetensors/), 2, 'the cache’s file was not the one that was wanted');
  await site.explain(() => site.at('sample-0').click());
  assert.deepEqual(site.errors, []);
});

test('hosts: a page without https has no caches, locks or hashes, and works', async (t) => {
  chromiumOnly('another browser takes no names for this machine');
  const site = await Site.make(t, { flags: ['--host-resolver-rules=MAP page.test 127.0.0.1'] });
  site.server.origin = site.server.origin.replace('localhost', 'page.test');
  await site.open();
  assert.equal(await site.page.evaluate(() => isSecureContext), false);
  const result = await site.explain(() => site.at('sample-0').click());
  assert.equal(result.peers.length, 2);
  assert.deepEqual(site.errors, []);
});

test('hosts: a server that answers with its start page where there is no file', async (t) => {
  const page = () => '<!doctype html>\n<html><body>Start</body></html>';
  const { file } = await bundleEntry();
  /** @type {[string, RegExp][]} */
  const files = [
    ['models/index.json', /web page instead of the list of networks/],
    [`models/${file}`, /web page instead of/],
    [WASM, /web page instead of the engine/],
    [GLUE, /engine could not be loaded/],
  ];
  for (const [path, says] of files) {
    const site = await Site.make(t, { edits: { [path]: page } });
    await site.open({ ready: false });
    t.note(await site.text('error', says));
    assert.equal(await site.at('error').getAttribute('data-code'), 'download-failed');
  }
  const site = await (await Site.make(t, { edits: { 'samples/index.json': page } })).open();
  assert.equal(await site.page.locator('.samples li').count(), 0);
  assert.deepEqual(site.errors, []);
});

test('hosts: WebAssembly of a wrong kind, compressed files, storage that is forbidden', async (t) => {
  const odd = await Site.make(t, { types: { '.wasm': 'text/plain' } });
  await odd.open();
  const packed = await (await Site.make(t, { gzip: true })).open();
  assert.equal((await packed.explain(() => packed.at('sample-0').click())).peers.length, 2);

  const forbidden = await Site.make(t);
  await forbidden.context.addInitScript(() => {
    const refuse = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    for (const name of ['caches', 'localStorage', 'sessionStorage', 'indexedDB']) {
      Object.defineProperty(globalThis, name, { get: refuse, configurable: true });
    }
    // Firefox also runs this in an empty page, which has no service workers.
    if (!globalThis.ServiceWorkerContainer) return;
    ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('no', 'SecurityError'));
  });
  await forbidden.open();
  await forbidden.explain(() => forbidden.at('sample-0').click());
  await forbidden.at('theme').click();
  assert.deepEqual(forbidden.errors, []);

  const full = await Site.make(t);
  await full.context.addInitScript(() => {
    // Firefox also runs this in an empty page, which has no caches.
    if (globalThis.Cache) Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  });
  await full.open();
  await full.explain(() => full.at('sample-0').click());
  assert.deepEqual(full.errors, []);
});

test('hosts: opened from a disk, the page says what to do', async (t) => {
  const page = await (await browser()).newPage();
  t.later(() => page.close());
  await page.goto(String(pathToFileURL(join(DIST, 'index.html'))));
  const stuck = page.locator('.stuck');
  await stuck.waitFor({ state: 'visible', timeout: 10_000 });
  assert.match(String(await stuck.textContent()).replace(/\s+/g, ' '), /file:\/\/.*Serve its folder.*cargo xtask demo/);
});

test('hosts: where the page’s program does not come whole, the page says what to do', async (t) => {
  for (const kind of /** @type {const} */ (['page', 'drop'])) {
    const site = await Site.make(t, { faults: [{ path: /app\/main\.js$/, kind, times: 1 }] });
    await site.open({ ready: false });
    await site.page.locator('.stuck').waitFor({ state: 'visible', timeout: 10_000 });
    await site.open();
  }
});

test('hosts: where the program runs, nobody sees that', async (t) => {
  const site = await (await Site.make(t)).open();
  assert.equal(await site.page.locator('.stuck').count(), 0);
});

test('hosts: former weights are removed when there are others', async (t) => {
  const other = (text) => {
    const list = JSON.parse(text);
    const { id } = list.bundles.find((b) => b.id !== list.default);
    return JSON.stringify(second ? { ...list, default: id } : list);
  };
  let second = false;
  const site = await (await Site.make(t, { edits: { 'models/index.json': other } })).open();
  // The page is ready before its copy is kept and the former one removed.
  const kept = (/** @type {string} */ but) =>
    site.page.waitForFunction(
      async (but) => {
        const keys = await (await caches.open('peerlight-weights')).keys();
        return keys.length === 1 && keys[0]?.url !== but && keys[0]?.url;
      },
      but,
      { timeout: 10_000 },
    );
  const former = String(await (await kept('')).jsonValue());
  second = true;
  await site.open();
  assert.equal(site.server.count(/safetensors/), 2);
  await kept(former);
});
