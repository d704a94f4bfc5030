/** What the rivals need: networks as ONNX, and a Python with their libraries. Both are made once, or left out. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from '../e2e/paths.mjs';

const VENV = join(ROOT, 'target', 'onnx-python');
const PYTHON = join(VENV, 'bin', 'python');

/**
 * @typedef {{ folder: string, files: string[], same: boolean }} Models where they lie; `same` says that they are our
 * bundle's networks
 */
/** @typedef {{ models: Models, python: string | null }} Rivals */

/**
 * The bundle's networks as ONNX, and a Python with tests/golden/requirements.txt. Without `quick` both are made if they
 * are not there, the networks only if `export` says that they are needed; with it a tiny network stands for them, and
 * Python's part is left out unless the environment is there.
 * @param {{ onnx?: string, python?: string, quick: boolean, export: boolean }} given
 * @returns {Rivals}
 */
export function rivals({ onnx, python, quick, export: needed }) {
  const made = onnx ? resolve(onnx) : join(ROOT, 'target', 'onnx');
  if (quick) {
    const models = { folder: join(ROOT, 'tests', 'bench'), files: ['tiny.onnx', 'tiny.onnx'], same: false };
    return { models, python: python ?? (existsSync(PYTHON) ? PYTHON : null) };
  }
  const lacks = needed && !existsSync(join(made, 'resnet50.onnx'));
  if (!existsSync(PYTHON) && (lacks || !python)) makePython();
  if (lacks) makeNetworks(made);
  return { models: { folder: made, files: ['lite0.onnx', 'lite1.onnx'], same: true }, python: python ?? PYTHON };
}

/** @param {string} program @param {string[]} args */
function run(program, ...args) {
  execFileSync(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
}

function makePython() {
  console.error('making a Python environment in target/onnx-python (once; needs Python 3 with venv)');
  run('python3', '-m', 'venv', VENV);
  run(PYTHON, '-m', 'pip', 'install', '--quiet', '-r', join('tests', 'golden', 'requirements.txt'));
}

/** @param {string} folder */
function makeNetworks(folder) {
  console.error('making the ONNX models in target/onnx (once)');
  run(PYTHON, join('tests', 'bench', 'export_onnx.py'), folder);
}
