/** The native program beside PyTorch's libraries: two processes that take turns, each told what to do by a line. */
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { ROOT } from '../e2e/paths.mjs';

const IMAGE = join(ROOT, 'tests', 'golden', 'crops', 'cat.png');
/** The published networks, which the rival has too. */
const BUNDLE = join(ROOT, 'web', 'models', 'lite0-lite1.safetensors');
const OPTIONS = ['--bundle', BUNDLE, '--json', '--crop', '1', '--peer', 'efficientnet-lite0'];
/**
 * Our method, the rival's, what the row is called, and how many pairs. Ours counts the forward pass that it starts
 * from, as theirs does.
 */
const WORKS = [
  { method: 'score-cam', work: 'score-cam-320', rival: 'torchcam 0.5.0', pairs: 6 },
  { method: 'grad-cam', work: 'grad-cam-224', rival: 'torchcam 0.5.0', pairs: 20 },
  { method: 'gradient-x-input', work: 'gradient-x-input-224', rival: 'PyTorch eager', pairs: 20 },
];

/** A process that answers a line with a line. @param {string} program @param {string[]} args */
export function lines(program, args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const reader = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await reader.next();
    if (done) throw new Error(`${program} ended`);
    return /** @type {string} */ (value);
  };
  return {
    pid: child.pid,
    next,
    ask: (/** @type {string} */ line) => {
      child.stdin.write(`${line}\n`);
      return next();
    },
    end: () => child.stdin.end(),
  };
}

/** Builds the program as a user's, or as the tests' to be quick, and says where it is. @param {boolean} quick */
function build(quick) {
  const release = quick ? [] : ['--release'];
  execFileSync('cargo', ['build', '--quiet', ...release, '--package', 'peerlight-cli'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
  return join(target, quick ? 'debug' : 'release', 'peerlight');
}

/**
 * @param {string | null} python with tests/golden/requirements.txt; without one the rival is left out
 * @param {(work: string, device: string, pairs: [number, number][], rival: string) => import('./rows.mjs').Row} row
 * @param {boolean} quick once, and the slowest method with few channels
 */
export async function native(python, row, quick) {
  const program = build(quick);
  const theirs = python ? lines(python, [join(ROOT, 'tests', 'bench', 'methods.py'), 'cat']) : null;
  await theirs?.next();
  const rows = [];
  for (const { method, work, rival, pairs: count } of WORKS) {
    const setting = quick && method === 'score-cam' ? ':channels=4' : '';
    const ours = lines(program, ['explain', '-', ...OPTIONS, '--method', method + setting]);
    /** @type {[number, number][]} */
    const pairs = [];
    for (let i = quick ? 0 : -1; i < (quick ? 1 : count); i += 1) {
      const mine = JSON.parse(await ours.ask(IMAGE)).methods[0].ms;
      const rivals = theirs ? Number(await theirs.ask(method)) : NaN;
      if (i >= 0) pairs.push([mine, rivals]);
    }
    ours.end();
    rows.push(row(work, 'cpu', pairs, theirs ? rival : 'left out'));
  }
  theirs?.end();
  return rows;
}
