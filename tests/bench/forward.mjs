/** Forward passes of ONNX files, natively: three processes take turns, each told by a line how many passes to make. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../e2e/paths.mjs';
import { lines } from './native.mjs';

const NETWORKS = ['lite0', 'mobilenet_v2', 'resnet18'];
const BATCHES = [1, 16];
/** Beside the program, so that the library has the features that it ships with. */
const BUILD = ['build', '--quiet', '--package', 'peerlight-cli', '--package', 'peerlight-onnx', '--example', 'forward'];
/** Passes of a turn: of one image so many that the network is in the caches. @param {number} batch */
const passes = (batch) => (batch === 1 ? 5 : 1);
/** Milliseconds between two turns, in which the threads of the one before fall asleep. */
const PAUSE = 20;

/** The rivals, each with its version. @param {string} python @param {boolean} quick */
function rivals(python, quick) {
  const script = 'import onnxruntime, torch; print(onnxruntime.__version__, torch.__version__)';
  const [ort, torch] = execFileSync(python, ['-c', script], { encoding: 'utf8' }).trim().split(/[ +]/);
  const all = { onnxruntime: `onnxruntime ${ort}`, eager: `PyTorch ${torch} eager` };
  return Object.entries(all).slice(0, quick ? 1 : 2);
}

/**
 * @param {string | null} python with tests/golden/requirements.txt; without one the rivals are left out
 * @param {import('./models.mjs').Models} models
 * @param {(work: string, device: string, pairs: [number, number][], rival: string) => import('./rows.mjs').Row} row
 * @param {number} count turns that are measured; one comes before
 * @param {boolean} quick one pass of a tiny network in a debug build
 */
export async function forward(python, models, row, count, quick) {
  execFileSync('cargo', [...BUILD, ...(quick ? [] : ['--release'])], { cwd: ROOT, stdio: 'inherit' });
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
  const program = join(target, quick ? 'debug' : 'release', 'examples', 'forward');
  const script = join(ROOT, 'tests', 'bench', 'forward.py');
  const rows = [];
  for (const name of quick ? ['tiny'] : NETWORKS) {
    const file = join(models.folder, `${name}.onnx`);
    for (const batch of quick ? [1] : BATCHES) {
      const ours = lines(program, [file, String(batch)]);
      const theirs = (python ? rivals(python, quick) : []).map(([runtime, title]) => {
        const process = lines(/** @type {string} */ (python), [script, runtime, file, String(batch)]);
        return { title, process, pairs: /** @type {[number, number][]} */ ([]) };
      });
      const processes = [ours, ...theirs.map((rival) => rival.process)];
      for (const { next } of processes) await next();
      const turn = async (/** @type {ReturnType<typeof lines>} */ { ask }) => {
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        const [time, logit] = (await ask(String(quick ? 1 : passes(batch)))).split(' ').map(Number);
        return { time, logit };
      };
      let mine = { time: NaN, logit: NaN };
      for (let i = quick ? 0 : -1; i < count; i += 1) {
        mine = await turn(ours);
        for (const { process, pairs, title } of theirs) {
          const other = await turn(process);
          const near = Math.abs(mine.logit - other.logit) <= 1e-3 * Math.abs(other.logit);
          if (!near) throw new Error(`${name}: the logit ${mine.logit} against ${other.logit} of ${title}`);
          if (i >= 0) pairs.push([mine.time, other.time]);
        }
      }
      for (const { end } of processes) end();
      const work = `forward-${name}-${batch}`;
      if (!python) rows.push(row(work, 'cpu', [[mine.time, NaN]], 'left out'));
      for (const { title, pairs } of theirs) rows.push(row(work, 'cpu', pairs, title));
    }
  }
  return rows;
}
