import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hintModules, importsOf, stamp, stampPage, stampScript } from './stamp.mjs';

test('every import and every located file of a script gets the version', () => {
  const code = [
    "import { a } from './a.js';",
    "export * from '../b/c.js';",
    "import './d.js';",
    "const e = await import('./e.js');",
    "new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });",
    "new URL('./wasm/cpu/peerlight_bg.wasm', import.meta.url);",
  ].join('\n');
  assert.equal(stampScript(code, 'x').match(/\.(js|wasm)\?v=x'/g)?.length, 6);
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

test('a page tells of all modules that it starts with, after its import map', async () => {
  const files = {
    'src/main.js':
      "import { a } from './a.js';\nimport '../pkg/c.js';\nimport { p } from 'named';\nimport('./later.js');",
    'src/a.js':
      "/** @import { T } from './types.js' */\nexport {\n  b,\n} from './main.js';\nexport const from = './no.js';",
    'pkg/c.js': 'export const c = 1;',
    'pkg/p.js': "import './c.js';",
  };
  const modules = await importsOf('src/main.js', async (file) => files[file], { named: './pkg/p.js' });
  assert.deepEqual(modules, ['src/main.js', 'src/a.js', 'pkg/c.js', 'pkg/p.js']);
  const html = hintModules('<script type="importmap">{}</script><script type="module" src="src/main.js">', modules);
  assert.match(html, /{}<\/script><link rel="modulepreload" href="src\/main.js" \/>\s+<link[^>]*>\s+<link/);
  assert.match(stampPage(html, 'x'), /href="pkg\/p\.js\?v=x" \/>\s+<script type="module"/);
});

test('the version changes with any file of the page, the WebAssembly above all', async (t) => {
  const dist = await mkdtemp(join(tmpdir(), 'peerlight-stamp-'));
  t.after(() => rm(dist, { recursive: true }));
  const files = {
    'index.html': '<script type="importmap">{}</script><script type="module" src="src/app/main.js"></script>',
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
  assert.deepEqual(kept.files, [
    'models/index.json',
    `pkg/wasm/cpu/peerlight_bg.wasm?v=${version}`,
    'samples/a.jpg',
    `src/app/main.js?v=${version}`,
    `src/app/other.js?v=${version}`,
  ]);
});
