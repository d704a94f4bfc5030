/**
 * Puts the build's version into the address of every file of the finished page:
 *
 *     node web/stamp.mjs dist
 *
 * The version is a hash of all of the page's files, of the WebAssembly above all. With it in every address, no cache
 * can bring the JavaScript of one build together with the WebAssembly of another, and servers may let browsers keep
 * the files for ever. The names of the files stay as they are.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Named by lists, fetched anew, and known by hashes of their own. */
const UNSTAMPED = /^(models|samples)\//;
/** What the page can do without when it starts: fetched and kept when first needed. */
const LATER = /^(pkg\/wasm\/webgpu\/|models\/.*\.safetensors$)/;

/** A relative address in quotes, where JavaScript imports or locates a file. */
const ADDRESS = /((?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*)(['"])(\.{0,2}\/?[\w./-]+\.(?:js|wasm))\2/g;

const POLICY = /http-equiv="Content-Security-Policy"\s*content="([^"]*)"/;
const MAP = /<script type="importmap">([^]*?)<\/script>/;

/**
 * @param {string} code
 * @param {string} version
 */
export function stampScript(code, version) {
  return code.replace(ADDRESS, (_, before, quote, address) => `${before}${quote}${address}?v=${version}${quote}`);
}

/**
 * @param {string} html
 * @param {string} version
 */
export function stampPage(html, version) {
  const local = /\b(href|src)="((?!\.\/|#|[a-z]+:|data:)[^"]+\.[a-z]+)"/g;
  const stamped = html.replace(local, (_, name, address) => `${name}="${address}?v=${version}"`);
  const [, map = ''] = stamped.match(MAP) ?? [];
  const mapped = map.replace(/(: "\.\/[^"]+\.js)"/g, `$1?v=${version}"`);
  const sha256 = (/** @type {string} */ text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return stamped.replace(map, mapped).replace(sha256(map), sha256(mapped));
}

/** @param {string} dist */
export async function stamp(dist) {
  const all = await readdir(dist, { recursive: true, withFileTypes: true });
  const files = all
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(dist.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
  const hash = createHash('sha256');
  for (const file of files) if (!LATER.test(file) || file.endsWith('.wasm')) hash.update(file).update(await read(file));
  const version = hash.digest('hex').slice(0, 12);

  for (const file of files.filter((name) => name.endsWith('.js') && name !== 'sw.js')) {
    await write(file, stampScript(String(await read(file)), version));
  }
  const page = stampPage(String(await read('index.html')), version);
  await write('index.html', page);
  const policy = (page.match(POLICY)?.[1] ?? '').replace(/\s+/g, ' ').trim();
  const kept = files.filter((file) => !LATER.test(file) && !['index.html', 'sw.js'].includes(file));
  const addresses = kept.map((file) => (UNSTAMPED.test(file) ? file : `${file}?v=${version}`));
  const build = `const BUILD = ${JSON.stringify({ version, policy, files: addresses })};`;
  await write('sw.js', String(await read('sw.js')).replace(/^const BUILD = .*;$/m, build));
  return version;

  /** @param {string} file */
  function read(file) {
    return readFile(join(dist, file));
  }
  /**
   * @param {string} file
   * @param {string} text
   */
  function write(file, text) {
    return writeFile(join(dist, file), text);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [dist = 'dist'] = process.argv.slice(2);
  console.log(`version: ${await stamp(dist.replace(/[\\/]$/, ''))}`);
}
