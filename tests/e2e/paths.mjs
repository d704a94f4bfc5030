import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
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

/** Where a browser saves files whose driver does not bring them. */
export const DOWNLOADS = join(TEMP, 'downloads');
mkdirSync(DOWNLOADS);

/**
 * The one file that a browser saves meanwhile; it is taken away.
 * @param {() => Promise<unknown>} act
 * @returns {Promise<{ name: string, bytes: Buffer }>}
 */
export async function downloaded(act, ms = 20_000) {
  await act();
  for (const start = performance.now(); performance.now() - start < ms; await setTimeout(50)) {
    const names = await readdir(DOWNLOADS);
    // Until it is whole, a file is empty or of another name, and another may be beside it.
    const [name] = names.filter((found) => !/\.(part|wkdownload)$/.test(found));
    if (!name || names.length > 1 || !statSync(join(DOWNLOADS, name)).size) continue;
    const bytes = await readFile(join(DOWNLOADS, name));
    await rm(join(DOWNLOADS, name));
    return { name, bytes };
  }
  throw new Error('no file was saved');
}

export async function bundleEntry() {
  const index = JSON.parse(await readFile(join(DIST, 'models', 'index.json'), 'utf8'));
  return index.bundles.find((b) => b.id === index.default);
}

export const bundleFile = async () => join(DIST, 'models', (await bundleEntry()).file);
