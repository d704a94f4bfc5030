/** A step of training beside PyTorch's: three processes that take turns, each told by a line to make one. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../e2e/paths.mjs';
import { lines } from './native.mjs';

const BATCH = '16';
const RIVALS = { eager: 'PyTorch eager', channels_last: 'channels-last PyTorch' };
const BUILD = [
  'build',
  '--release',
  '-p',
  'peerlight-cli',
  '-p',
  'peerlight-models',
  '--features',
  'peerlight-models/rayon',
  '--example',
  'train_step',
];

/**
 * @param {string} python with tests/golden/requirements.txt
 * @param {(work: string, device: string, pairs: [number, number][], rival: string) => object} row
 * @param {number} count steps that are measured; two more come before
 */
export async function train(python, row, count) {
  execFileSync('cargo', BUILD, { cwd: ROOT, stdio: 'inherit' });
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
  const rows = [];
  for (const side of ['128', '224']) {
    const ours = lines(join(target, 'release', 'examples', 'train_step'), [side, BATCH]);
    const rivals = Object.entries(RIVALS).map(([layout, name]) => {
      const process = lines(python, [join(ROOT, 'tests', 'bench', 'train.py'), layout, side, BATCH]);
      return { name, process, pairs: /** @type {[number, number][]} */ ([]), mb: 0 };
    });
    for (const { next } of [ours, ...rivals.map((rival) => rival.process)]) await next();
    let mb = 0;
    for (let i = -2; i < count; i += 1) {
      const [mine, memory] = (await ours.ask('')).split(' ').map(Number);
      mb = memory;
      for (const rival of rivals) {
        const [theirs, memory] = (await rival.process.ask('')).split(' ').map(Number);
        rival.mb = memory;
        if (i >= 0) rival.pairs.push([mine, theirs]);
      }
    }
    for (const { end } of [ours, ...rivals.map((rival) => rival.process)]) end();
    for (const { name, pairs, mb: theirs } of rivals) {
      rows.push({ ...row(`train-${side}`, 'cpu', pairs, name), ours_mb: Math.round(mb), rival_mb: Math.round(theirs) });
    }
  }
  return rows;
}
