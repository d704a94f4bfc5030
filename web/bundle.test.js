import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundle, hintModules, startsWith, withSheet } from './bundle.mjs';

test('a page has one style sheet in place of its many', () => {
  const html = '<head>\n  <link rel="stylesheet" href="a.css" />\n  <link rel="stylesheet" href="b.css" />\n</head>';
  assert.equal(withSheet(html, 'all.css'), '<head>\n  <link rel="stylesheet" href="all.css" />\n</head>');
});

test('a page tells of all modules that it starts with, after its import map', () => {
  const link = (path, kind = 'import-statement', external = false) => ({ path, kind, external });
  const outputs = {
    'src/main.js': { imports: [link('src/a.js'), link('src/later.js', 'dynamic-import')] },
    'src/a.js': { imports: [link('named', 'import-statement', true), link('src/main.js')] },
    'src/later.js': { imports: [link('src/more.js')] },
  };
  const modules = startsWith(outputs, 'src/main.js', { named: 'pkg/p.js' });
  assert.deepEqual(modules, ['src/main.js', 'src/a.js', 'pkg/p.js']);
  const html = hintModules('<script type="importmap">{}</script><script type="module" src="src/main.js">', modules);
  assert.match(html, /{}<\/script><link rel="modulepreload" href="src\/main.js" \/>\s+<link[^>]*>\s+<link/);
});

test('the finished page is few files, and small ones before the first image', async (t) => {
  const dist = await mkdtemp(join(tmpdir(), 'peerlight-bundle-'));
  t.after(() => rm(dist, { recursive: true }));
  const here = new URL('.', import.meta.url).pathname;
  await cp(join(here, 'index.html'), join(dist, 'index.html'));
  await cp(join(here, 'src'), join(dist, 'src'), { recursive: true });
  await cp(join(here, '../pkg'), join(dist, 'pkg'), { recursive: true, filter: (path) => !path.endsWith('.wasm') });
  const first = await bundle(dist);
  assert.ok(first.includes('src/app/main.js') && first.includes('pkg/index.js'), first.join());
  assert.ok(first.length <= MOST_FILES, first.join());
  let bytes = 0;
  for (const file of first) bytes += (await readFile(join(dist, file))).length;
  assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
  assert.ok(!first.some((file) => /\/(de|later|panel|effects)-/.test(file)), 'what few need comes later');
  const files = (await readdir(dist, { recursive: true })).filter((file) => /\.(js|css)$/.test(file));
  assert.equal(files.filter((file) => file.endsWith('.css')).length, 1);
  assert.ok(files.length <= 2 * MOST_FILES, files.join());
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  for (const [, href = ''] of html.matchAll(/(?:href|src)="((?:src|pkg)\/[^"]+)"/g)) await readFile(join(dist, href));
});

/** Of scripts that the page starts with: a visitor waits for each before the first map. */
const MOST_FILES = 10;
const MOST_BYTES = 160e3;
