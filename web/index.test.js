import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { access, readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';

const page = await readFile(new URL('index.html', import.meta.url), 'utf8');

test("the page's policy lists the hash of its import map, and of nothing else", () => {
  const [, map = ''] = page.match(/<script type="importmap">([^]*?)<\/script>/) ?? [];
  const hash = `'sha256-${createHash('sha256').update(map).digest('base64')}'`;
  assert.deepEqual(page.match(/'sha256-[^']*'/g), [hash]);
});

test('the import map names modules of the package', async () => {
  const [, map = ''] = page.match(/<script type="importmap">([^]*?)<\/script>/) ?? [];
  const addresses = Object.values(/** @type {Record<string, string>} */ (JSON.parse(map).imports));
  assert.ok(addresses.length > 0);
  // Trunk puts pkg/ beside the page; in the source tree it lies beside web/.
  for (const address of addresses) await access(new URL(address.replace('./pkg/', '../pkg/'), import.meta.url));
});

test('the page links every style sheet', async () => {
  const files = await readdir(new URL('src', import.meta.url), { recursive: true });
  const sheets = files.filter((file) => file.endsWith('.css')).map((file) => `src/${file.replaceAll('\\', '/')}`);
  const linked = Array.from(page.matchAll(/<link rel="stylesheet" href="([^"]+)"/g), ([, href]) => href);
  assert.deepEqual([...linked].sort(), sheets.sort());
});

test('every sample has a small image for the list', async () => {
  /** @type {{ file: string }[]} */
  const samples = JSON.parse(await readFile(new URL('samples/index.json', import.meta.url), 'utf8'));
  assert.ok(samples.length > 0);
  for (const { file } of samples) {
    const { length } = await readFile(new URL(`samples/thumbs/${file}`, import.meta.url));
    assert.ok(length <= 16_000, `${file}: ${length} bytes`);
  }
});
