import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT, bundleFile } from './paths.mjs';

const run = promisify(execFile);
const big = { maxBuffer: 1 << 28, cwd: ROOT };

/** @type {Promise<string> | undefined} */
let program;

/** The native program: $PEERLIGHT, or built by cargo. */
async function build() {
  if (process.env.PEERLIGHT) return process.env.PEERLIGHT;
  const { stdout } = await run(
    'cargo',
    ['build', '--quiet', '--package', 'peerlight-cli', '--message-format', 'json'],
    big,
  );
  const made = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .find((m) => m.executable && m.target?.name === 'peerlight');
  if (!made) throw new Error('cargo built no program called peerlight');
  return /** @type {string} */ (made.executable);
}

/**
 * What the command line says of the same files.
 * @param {string[]} files
 * @param {string[]} [options]
 * @returns {Promise<any[]>}
 */
export async function native(files, options = []) {
  program ??= build();
  const { stdout } = await run(
    await program,
    ['explain', ...files, '--bundle', await bundleFile(), '--json', ...options],
    big,
  );
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/**
 * What the command line says of a file that it decodes by itself: of two classes that are as likely, the one that the
 * page explains.
 * @param {string} file
 * @param {any} page
 */
export async function nativeOf(file, page) {
  const [other] = await native([file]);
  return other.target.class === page.target.class
    ? other
    : (await native([file], ['--class', String(page.target.class)]))[0];
}

/** What can be chosen, as the command line lists it. */
export async function nativeCatalog() {
  program ??= build();
  return JSON.parse((await run(await program, ['catalog', '--json'], big)).stdout);
}

/**
 * How far two JPEG decoders may move figures. They differ by a few levels in a pixel, and the correlation within one
 * region feels that most; how far it goes depends on the networks. On the same pixels the page and the program agree
 * a thousand times better, which is tested of every sample.
 */
export const DECODERS = { p: 0.05, rho: 0.5, mean: 0.04 };

/**
 * The page's figures against the command line's.
 * @param {any} page
 * @param {any} other
 * @param {object} [tolerance]
 * @param {number} [tolerance.p] of probabilities
 * @param {number} [tolerance.rho] of each region's correlation
 * @param {number} [tolerance.mean] of mean attention and of the agreement
 * @param {boolean} [tolerance.top] false: the images differ, so only sizes are compared
 * @returns {string} the largest differences
 */
export function compare(page, other, { p = 1e-3, rho = 1e-3, mean = rho, top = true } = {}) {
  assert.deepEqual(page.bundle, other.bundle, 'bundle');
  assert.deepEqual(page.image, other.image, 'size and crop');
  assert.deepEqual([page.method, page.settings, page.grid], [other.method, other.settings, other.grid], 'request');
  assert.equal(page.side, other.side);
  assert.equal(page.regions.length, other.regions.length);
  assert.deepEqual(
    page.peers.map((q) => [q.id, q.architecture, q.name]),
    other.peers.map((q) => [q.id, q.architecture, q.name]),
  );

  const far = { p: 0, rho: 0, mean: 0 };
  const see = (/** @type {keyof far} */ key, a, b) => (far[key] = Math.max(far[key], Math.abs(a - b)));
  page.peers.forEach((peer, k) => {
    see('p', peer.target.probability, other.peers[k].target.probability);
    // By rank: two classes that are equally likely may change places.
    peer.top.forEach((t, i) => see('p', t.probability, other.peers[k].top[i].probability));
  });
  page.regions.forEach((a, i) => {
    const b = other.regions[i];
    assert.deepEqual([a.row, a.column], [b.row, b.column]);
    see('rho', a.rho, b.rho);
    a.attention.forEach((v, k) => see('mean', v, b.attention[k]));
  });
  see('mean', page.agreement ?? 0, other.agreement ?? 0);
  const [dp, drho, dmean] = [far.p, far.rho, far.mean].map((d) => d.toExponential(1));
  const text = `p within ${dp}, rho within ${drho}, means within ${dmean}`;
  if (!top) return text;

  assert.equal(page.target.class, other.target.class, 'target');
  if (p <= 1e-3) assert.deepEqual(page.target, other.target, 'target');
  page.peers.forEach(({ top: [first], blank }, k) => {
    const { top: others, blank: otherBlank } = other.peers[k];
    // The same class, or one that is as likely within the tolerance.
    const same = others.find((q) => q.class === first.class);
    const near = p <= 1e-3 ? 0 : p;
    assert.ok(same && others[0].probability - same.probability <= near, `top-1: ${first.label}, ${others[0].label}`);
    assert.equal(blank, otherBlank, 'blank');
  });
  assert.ok(far.p <= p && far.rho <= rho && far.mean <= mean, `${text}; allowed are ${p}, ${rho}, ${mean}`);
  return text;
}
