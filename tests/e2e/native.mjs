import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT, bundleFile } from './paths.mjs';
import { near } from './harness.mjs';

const run = promisify(execFile);
const big = { maxBuffer: 1 << 28, cwd: ROOT };

/** @type {Promise<string> | undefined} */
let program;

/** The native program: $PEERLIGHT, or built by cargo. */
async function build() {
  if (process.env.PEERLIGHT) return process.env.PEERLIGHT;
  const { stdout } = await run('cargo', ['build', '--quiet', '--package', 'peerlight-train', '--message-format', 'json'], big);
  const made = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line)).find((m) => m.executable && m.target?.name === 'peerlight');
  if (!made) throw new Error('cargo built no program called peerlight');
  return /** @type {string} */ (made.executable);
}

/** What the command line says of the same files. @param {string[]} files @param {string[]} [options] @returns {Promise<any[]>} */
export async function native(files, options = []) {
  program ??= build();
  const { stdout } = await run(await program, ['explain', ...files, '--bundle', await bundleFile(), '--json', ...options], big);
  return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

/**
 * The page's figures against the command line's.
 * @param {any} page @param {any} other
 * @param {{ p?: number, rho?: number, top?: boolean }} [tolerance] of probabilities; of correlations, the agreement and mean attention
 * @returns the largest differences
 */
export function compare(page, other, { p = 1e-3, rho = 1e-3, top = true } = {}) {
  assert.deepEqual(page.bundle, other.bundle, 'bundle');
  assert.deepEqual(page.photo, other.photo, 'size and crop');
  assert.deepEqual(page.settings, other.settings, 'settings');
  assert.equal(page.side, other.side);
  assert.equal(page.regions.length, other.regions.length);
  assert.deepEqual(page.peers.map((q) => [q.id, q.backbone, q.name, q.blank]), other.peers.map((q) => [q.id, q.backbone, q.name, q.blank]));
  let [farP, farRho, farMean] = [0, 0, 0];
  const bound = (a, b, by, what, far) => (near(a, b, by, what), Math.max(far, Math.abs(a - b)));
  if (top) {
    assert.deepEqual(page.target, other.target, 'target');
    page.peers.forEach((peer, k) => {
      assert.equal(peer.top[0].class, other.peers[k].top[0].class, `top-1 of ${peer.name}`);
      const pairs = [[peer.target, other.peers[k].target], ...peer.top.map((t, i) => [t, other.peers[k].top[i]])];
      // By rank: two classes that are equally likely may change places.
      for (const [a, b] of pairs) farP = bound(a.probability, b.probability, p, `probability of ${a.label}`, farP);
    });
    near(page.agreement, other.agreement, rho, 'agreement');
    page.regions.forEach((a, i) => {
      const b = other.regions[i];
      assert.deepEqual([a.row, a.column, a.constant], [b.row, b.column, b.constant]);
      farRho = bound(a.rho, b.rho, rho, `rho of region ${i}`, farRho);
      a.attention.forEach((v, k) => (farMean = bound(v, b.attention[k], rho, `attention in region ${i}`, farMean)));
    });
  }
  return `p within ${farP.toExponential(0)}, rho within ${farRho.toExponential(0)}, attention within ${farMean.toExponential(0)}`;
}
