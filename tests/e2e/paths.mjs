import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const DIST = process.env.PEERLIGHT_DIST ?? join(ROOT, 'dist');
export const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));
/** Images of failed tests and of the page. */
export const OUT = join(ROOT, 'target', 'screenshots');
export const SAMPLES = join(ROOT, 'web', 'samples');

/** A folder for images made by the tests, gone at the end. */
export const TEMP = mkdtempSync(join(tmpdir(), 'peerlight-e2e-'));
process.on('exit', () => rmSync(TEMP, { recursive: true, force: true }));

export async function bundleEntry() {
  const index = JSON.parse(await readFile(join(DIST, 'models', 'index.json'), 'utf8'));
  return index.bundles.find((b) => b.id === index.default);
}

export const bundleFile = async () => join(DIST, 'models', (await bundleEntry()).file);
