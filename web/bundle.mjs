/**
 * Makes few files of the finished page's many:
 *
 *     node web/bundle.mjs dist
 *
 * The page's program becomes one file with what it starts with, and one for each part that is loaded later; the package
 * becomes two, its client and its worker; the style sheets become one. The addresses in `index.html` stay, but for the
 * style sheets'. The sources run as they are, too: nothing here is needed to work on them.
 */
import { readFile, readdir, rm, writeFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { build, transform } = createRequire(new URL('../tests/package.json', import.meta.url))('esbuild');

/** The page's programs, by their addresses. The second starts the engine and must not wait for the first. */
const PAGE = ['src/app/main', 'src/networks/spawn'];
/** The package's. Each finds the engine's files by its own address, so none is split. */
const PACKAGE = ['pkg/index', 'pkg/worker'];
const STYLE = 'src/style.css';

const SHEET = /\s*<link rel="stylesheet" href="([^"]+)" \/>/g;

/** What both kinds of programs are made by. Browsers with WebAssembly's SIMD and module workers know this much. */
const SHARED = { bundle: true, format: 'esm', minify: true, target: 'es2022', write: false, legalComments: 'none' };

/** The engine's JavaScript stays a file of its own for each device, beside its WebAssembly. */
const GLUE = { format: 'esm', minify: true };

/**
 * The page with one style sheet in place of its many, where the first stood.
 * @param {string} html
 * @param {string} sheet
 */
export function withSheet(html, sheet) {
  const [first = ''] = html.match(SHEET) ?? [];
  const one = first.replace(/href="[^"]+"/, `href="${sheet}"`);
  return html.replace(SHEET, (link) => (link === first ? one : ''));
}

/**
 * The page with a hint for each module that it starts with, so that the browser fetches all at once and need not read
 * one to learn of the next.
 * @param {string} html
 * @param {string[]} modules
 */
export function hintModules(html, modules) {
  const hints = modules.map((module) => `<link rel="modulepreload" href="${module}" />`);
  // After the import map: a browser that has begun to load modules may refuse one. And after what starts the engine.
  return html.replace(/<script type="module" src/, (script) => [...hints, script].join('\n    '));
}

/**
 * The files that the page starts with, in the order in which they are met.
 * @param {Record<string, { imports: { path: string, kind: string, external?: boolean }[] }>} outputs
 * @param {string} entry
 * @param {Record<string, string>} named files by the names that an import map gives them
 */
export function startsWith(outputs, entry, named) {
  const found = new Set([entry]);
  for (const file of found) {
    for (const { path, kind, external } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement') found.add(external ? (named[path] ?? '') : path);
    }
  }
  found.delete('');
  return [...found];
}

/** @param {string} dist */
export async function bundle(dist) {
  const inDist = (/** @type {string[]} */ names) =>
    Object.fromEntries(names.map((name) => [name, join(dist, `${name}.js`)]));
  const common = { ...SHARED, absWorkingDir: process.cwd(), outdir: dist };
  const page = await build({
    ...common,
    entryPoints: inDist(PAGE),
    splitting: true,
    chunkNames: 'src/[name]-[hash]',
    external: ['peerlight', 'peerlight/*'],
    metafile: true,
  });
  const pkg = await build({ ...common, entryPoints: inDist(PACKAGE) });
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  const sheets = await Promise.all(Array.from(html.matchAll(SHEET), ([, href]) => readFile(join(dist, href), 'utf8')));
  const style = await transform(sheets.join('\n'), { loader: 'css', minify: true });

  for (const file of await readdir(dist, { recursive: true })) {
    const part = file.replaceAll('\\', '/');
    if (/^(src|pkg)\/.*\.(js|css)$/.test(part) && !part.startsWith('pkg/wasm/')) await rm(join(dist, file));
  }
  for (const { path, text } of [...page.outputFiles, ...pkg.outputFiles]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  await writeFile(join(dist, STYLE), style.code);
  for (const file of await readdir(join(dist, 'pkg/wasm'), { recursive: true })) {
    const path = join(dist, 'pkg/wasm', file);
    if (path.endsWith('.js')) await writeFile(path, (await transform(await readFile(path, 'utf8'), GLUE)).code);
  }
  const { imports } = JSON.parse(html.match(/<script type="importmap">([^]*?)<\/script>/)?.[1] ?? '{}');
  const named = Object.fromEntries(Object.entries(imports).map(([name, path]) => [name, path.replace('./', '')]));
  const outputs = Object.fromEntries(
    Object.entries(page.metafile.outputs).map(([file, { imports }]) => [
      within(file),
      { imports: imports.map((one) => ({ ...one, path: one.external ? one.path : within(one.path) })) },
    ]),
  );
  const first = startsWith(outputs, `${PAGE[0]}.js`, named);
  await writeFile(join(dist, 'index.html'), hintModules(withSheet(html, STYLE), first));
  return first;

  /** A file's address in the page. @param {string} file */
  function within(file) {
    return file.replaceAll('\\', '/').slice(file.replaceAll('\\', '/').lastIndexOf('/src/') + 1);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [dist = 'dist'] = process.argv.slice(2);
  console.log(`starts with: ${(await bundle(dist.replace(/[\\/]$/, ''))).join(', ')}`);
}
