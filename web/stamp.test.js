import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stamp, stampPage, stampScript } from './stamp.mjs';

test('every import and every located file of a script gets the version', () => {
  const code = [
    "import { a } from './a.js';",
    "export * from '../b/c.js';",
    "import './d.js';",
    "const e = await import('./e.js');",
    "new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });",
    "new URL('./wasm/cpu/peerlight_bg.wasm', import.meta.url);",
    // As a bundler writes it.
    'import{a as b}from"./f.js";import"./g.js";const h=()=>import("./h.js");',
  ].join('\n');
  assert.equal(stampScript(code, 'x').match(/\.(js|wasm)\?v=x['"]/g)?.length, 9);
  for (const other of [
    "import { x } from 'peerlight';",
    "fetch('models/index.json')",
    "'./a.js'",
    'import(url.href)',
  ]) {
    assert.equal(stampScript(other, 'x'), other);
  }
});

test('a page gets it in its links, its scripts and its import map, and the policy the hash of that map', async () => {
  const html = await readFile(new URL('index.html', import.meta.url), 'utf8');
  const stamped = stampPage(html, 'x');
  const [, map = ''] = stamped.match(/<script type="importmap">([^]*?)<\/script>/) ?? [];
  assert.deepEqual(stamped.match(/'sha256-[^']*'/g), [`'sha256-${createHash('sha256').update(map).digest('base64')}'`]);
  assert.deepEqual(Object.values(JSON.parse(map).imports), ['./pkg/index.js?v=x', './pkg/worker.js?v=x']);
  assert.match(stamped, /src="src\/app\/main\.js\?v=x"/);
  assert.match(stamped, /href="manifest\.webmanifest\?v=x"/);
  assert.match(stamped, /class="brand" href="\.\/"/);
  assert.match(stamped, /href="https:\/\/doi\.org\/10\.11896\/jsjkx\.210400176"/);
  assert.match(stamped, /href="#work"/);
});

test('the version changes with any file of the page, the WebAssembly above all', async (t) => {
  const dist = await mkdtemp(join(tmpdir(), 'peerlight-stamp-'));
  t.after(() => rm(dist, { recursive: true }));
  const files = {
    'index.html':
      '<meta http-equiv="Content-Security-Policy"\n content="\n default-src \'none\';\n script-src \'self\'\n" />' +
      '<script type="importmap">{}</script><script type="module" src="src/app/main.js"></script>',
    'sw.js': await readFile(new URL('sw.js', import.meta.url), 'utf8'),
    'src/app/main.js': "import './other.js';",
    'src/app/other.js': '',
    'pkg/wasm/cpu/peerlight_bg.wasm': 'cpu',
    'pkg/wasm/webgpu/peerlight_bg.wasm': 'webgpu',
    'models/index.json': '{}',
    'models/a.safetensors': 'weights',
    'samples/a.jpg': 'jpeg',
  };
  const make = async (changes = {}) => {
    for (const [file, text] of Object.entries({ ...files, ...changes })) {
      await mkdir(join(dist, file, '..'), { recursive: true });
      await writeFile(join(dist, file), text);
    }
    return stamp(dist);
  };
  const version = await make();
  assert.match(version, /^[0-9a-f]{12}$/);
  assert.equal(await make(), version);
  assert.notEqual(await make({ 'pkg/wasm/cpu/peerlight_bg.wasm': 'new' }), version);
  assert.notEqual(await make({ 'pkg/wasm/webgpu/peerlight_bg.wasm': 'new' }), version);
  assert.notEqual(await make({ 'src/app/other.js': '1' }), version);

  await make();
  const kept = JSON.parse(/** @type {any} */ (String(await readFile(join(dist, 'sw.js'))).match(/BUILD = (.*);/))[1]);
  assert.equal(kept.version, version);
  assert.equal(kept.policy, "default-src 'none'; script-src 'self'");
  assert.deepEqual(kept.files, [
    'models/index.json',
    `pkg/wasm/cpu/peerlight_bg.wasm?v=${version}`,
    'samples/a.jpg',
    `src/app/main.js?v=${version}`,
    `src/app/other.js?v=${version}`,
  ]);
});
