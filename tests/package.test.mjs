/** The package as npm packs it: complete, and written so that bundlers understand it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PKG = fileURLToPath(new URL('../pkg', import.meta.url));
const about = JSON.parse(readFileSync(join(PKG, 'package.json'), 'utf8'));
const packed = JSON.parse(String(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: PKG })));
const files = new Set(packed[0].files.map((/** @type {{ path: string }} */ file) => file.path));
const read = (/** @type {string} */ file) => readFileSync(join(PKG, file), 'utf8');

/**
 * What a module imports or locates beside itself.
 * @param {string} file
 */
function reaches(file) {
  const code = read(file).replace(/\/\*[^]*?\*\//g, '');
  const addresses = code.matchAll(/(?:\bfrom|\bimport|\bimport\(|\bnew URL\(|\bresolve\?\.\()\s*'(\.[^']+)'/g);
  return Array.from(addresses, ([, address = '']) => normalize(join(dirname(file), address)));
}

test('everything that the package’s entries reach is packed', () => {
  const entries = Object.values(about.exports).flatMap((entry) =>
    typeof entry === 'string' ? entry : Object.values(entry),
  );
  const seen = new Set();
  const visit = (/** @type {string} */ file) => {
    if (seen.has(file)) return;
    seen.add(file);
    assert.ok(files.has(file), `${file} is not packed`);
    if (file.endsWith('.js') && !file.startsWith('wasm/')) reaches(file).forEach(visit);
  };
  for (const entry of entries) visit(normalize(entry));
  for (const kind of ['cpu', 'webgpu']) {
    assert.ok(seen.has(`wasm/${kind}/peerlight.js`) && seen.has(`wasm/${kind}/peerlight_bg.wasm`), kind);
  }
});

test('no tests and no sources of the engine are packed', () => {
  assert.deepEqual(
    [...files].filter((file) => /\.test\.|\.rs$|node_modules/.test(String(file))),
    [],
  );
});

test('a bundler that shakes trees keeps the worker, whose import is all there is to it', () => {
  assert.deepEqual(about.sideEffects, ['./worker.js']);
});

test('workers and files are named in words that bundlers can read', () => {
  for (const file of [...files].filter((name) => /^[\w-]+\.js$/.test(String(name)))) {
    const code = read(String(file));
    for (const [call] of code.matchAll(/new Worker\(new URL\([^]*?\}\)/g))
      assert.doesNotMatch(call, /[`$]/, String(file));
    for (const [, , address] of code.matchAll(/new URL\(\s*(['"`])(.*?)\1,\s*import\.meta\.url/g)) {
      assert.doesNotMatch(String(address), /\$\{/, String(file));
    }
    for (const [call] of code.matchAll(/\bimport\([^'][^]*?\)/g)) {
      if (call.startsWith('import(/*')) assert.match(call, /webpackIgnore: true.*turbopackIgnore: true.*@vite-ignore/);
    }
  }
});

test('it is imported on a server without touching what only browsers have', async () => {
  const { openEngine, findBundle, inspect, preview, PeerlightError } = await import('../pkg/index.js');
  for (const call of [openEngine, findBundle, inspect, preview]) assert.equal(typeof call, 'function');
  await assert.rejects(openEngine({ bundle: new Uint8Array(8) }), (error) => {
    assert.ok(error instanceof PeerlightError);
    assert.equal(error.code, 'device-unavailable');
    return true;
  });
});

test('the examples of the README are TypeScript, by its strictest settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerlight-readme-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(PKG, join(folder, 'node_modules', 'peerlight'), 'dir');
    const examples = Array.from(read('README.md').matchAll(/```js\n([^]*?)```/g), ([, code = '']) => code);
    assert.ok(examples.length > 5);
    examples.forEach((code, i) => writeFileSync(join(folder, `example-${i}.ts`), standing(code)));
    const flags = '--noEmit --strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --preserveSymlinks';
    const kind = '--target es2022 --module esnext --moduleResolution bundler --lib es2022,dom';
    const names = examples.map((_, i) => `example-${i}.ts`);
    const tsc = fileURLToPath(new URL('node_modules/.bin/tsc', import.meta.url));
    execFileSync(tsc, [...`${flags} ${kind}`.split(' '), ...names], { cwd: folder, encoding: 'utf8' });
  } catch (thrown) {
    assert.fail(/** @type {{ stdout?: string }} */ (thrown).stdout || String(thrown));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** What the examples speak of and do not make themselves. */
const SPOKEN_OF = {
  file: 'File',
  files: 'File[]',
  url: 'URL',
  sha256: 'string',
  bytes: 'number',
  signal: 'AbortSignal',
  engine: "import('peerlight').Engine",
  onProgress: "(step: import('peerlight').Step) => void",
};

/**
 * An example as a module of its own.
 * @param {string} code
 */
function standing(code) {
  const made = [...code.matchAll(/\b(?:const|let) (?:\{([^}]*)\}|(\w+))/g)].map(([, some, one]) => some ?? one).join();
  const has = (/** @type {string} */ text, /** @type {string} */ name) => new RegExp(`\\b${name}\\b`).test(text);
  const given = Object.entries(SPOKEN_OF).filter(([name]) => has(code, name) && !has(made, name));
  const lines = given.map(([name, type]) => `declare const ${name}: ${type};`);
  if (/\bopenEngine\(/.test(code) && !/import /.test(code)) lines.push("import { openEngine } from 'peerlight';");
  return [...lines, code, 'export {};'].join('\n');
}
