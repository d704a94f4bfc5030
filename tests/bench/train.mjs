/**
 * A whole step of training two peers beside PyTorch's: three processes take turns, each told by a line to make one.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../e2e/paths.mjs';
import { lines } from './native.mjs';

const RIVALS = { eager: 'PyTorch eager', channels_last: 'channels-last PyTorch' };
/** Beside the program, so that the trainer has the features that it ships with. */
const BUILD = [
  'build',
  '--quiet',
  '--package',
  'peerlight-cli',
  '--package',
  'peerlight-train',
  '--example',
  'train_step',
];

/**
 * The largest memory that a process has had, in megabytes, where the system tells it.
 * @param {number | undefined} pid
 */
function peak(pid) {
  try {
    return Math.round(Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
  } catch {
    return NaN;
  }
}

/**
 * @param {string | null} python with tests/golden/requirements.txt; without one the rivals are left out
 * @param {(work: string, device: string, pairs: [number, number][], rival: string) => import('./rows.mjs').Row} row
 * @param {number} count steps that are measured; two more come before
 * @param {boolean} quick few small images, a debug build and no steps before
 */
export async function train(python, row, count, quick) {
  execFileSync('cargo', [...BUILD, ...(quick ? [] : ['--release'])], { cwd: ROOT, stdio: 'inherit' });
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
  const program = join(target, quick ? 'debug' : 'release', 'examples', 'train_step');
  const script = join(ROOT, 'tests', 'bench', 'train.py');
  const batch = quick ? '4' : '16';
  const rows = [];
  for (const side of quick ? ['64'] : ['128', '224']) {
    const ours = lines(program, [side, batch]);
    const rivals = Object.entries(python ? RIVALS : {}).map(([layout, name]) => {
      const process = lines(/** @type {string} */ (python), [script, layout, side, batch]);
      return { name, process, pairs: /** @type {[number, number][]} */ ([]) };
    });
    const processes = [ours, ...rivals.map((rival) => rival.process)];
    for (const { next } of processes) await next();
    let mine = NaN;
    for (let i = quick ? 0 : -2; i < count; i += 1) {
      mine = parseFloat(await ours.ask(''));
      for (const rival of rivals) {
        const theirs = parseFloat(await rival.process.ask(''));
        if (i >= 0) rival.pairs.push([mine, theirs]);
      }
    }
    const work = `train-${side}`;
    const ours_mb = peak(ours.pid);
    if (!python) rows.push({ ...row(work, 'cpu', [[mine, NaN]], 'left out'), ours_mb });
    for (const { name, pairs, process } of rivals) {
      rows.push({ ...row(work, 'cpu', pairs, name), ours_mb, rival_mb: peak(process.pid) });
    }
    for (const { end } of processes) end();
  }
  return rows;
}
