/**
 * The packed package in real projects: each example is built by its bundler, opened in a browser and asked.
 *
 *   cargo xtask wasm && npm --prefix tests run bundlers [-- --only TEXT] [--work FOLDER]
 *
 * --only TEXT     only the projects whose names contain TEXT
 * --work FOLDER   where the projects are installed, to be used again the next time
 *
 * It needs the registry of npm, and about 700 MB for all. $CHROME names the browser.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { runAll, test } from '../e2e/harness.mjs';
import { ROOT } from '../e2e/paths.mjs';
import { Server } from '../e2e/server.mjs';
import { browser, closeBrowsers } from '../e2e/browsers.mjs';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, work: { type: 'string', default: '' } },
});
const WORK = values.work || join(tmpdir(), 'peerlight-bundlers');
const EXAMPLES = join(ROOT, 'examples');
const MODELS = join(ROOT, 'web', 'models');
const CAT = join(ROOT, 'web', 'samples', 'cat.jpg');
const MOST_MS = 600_000;

/**
 * @typedef {object} Project
 * @property {string} name
 * @property {string[]} examples folders under examples/, laid over each other
 * @property {string[]} needs packages
 * @property {string[][]} [build] commands
 * @property {string[]} [serve] a server of the project's own; PORT stands for its port
 * @property {string} [folder] of the built page, in the project
 */

/** @type {Project[]} */
const PROJECTS = [
  ...['5', '6', '7', '8'].flatMap((version) => [
    { name: `Vite ${version}, build`, examples: ['vite'], needs: [`vite@${version}`], build: [['vite', 'build']] },
    {
      name: `Vite ${version}, development server`,
      examples: ['vite'],
      needs: [`vite@${version}`],
      serve: ['vite', '--port', 'PORT', '--strictPort'],
    },
  ]),
  { name: 'webpack 5', examples: ['webpack'], needs: ['webpack@5', 'webpack-cli@6'], build: [['webpack']] },
  {
    name: 'Rspack 2',
    examples: ['webpack'],
    needs: ['@rspack/core@2', '@rspack/cli@2'],
    build: [['rspack', 'build', '--config', 'webpack.config.js']],
  },
  {
    name: 'Next.js, Turbopack, server rendering',
    examples: ['next'],
    needs: ['next@16', 'react@19', 'react-dom@19'],
    build: [['next', 'build']],
    serve: ['next', 'start', '--port', 'PORT'],
  },
  {
    name: 'Next.js, webpack, server rendering',
    examples: ['next'],
    needs: ['next@16', 'react@19', 'react-dom@19'],
    build: [['next', 'build', '--webpack']],
    serve: ['next', 'start', '--port', 'PORT'],
  },
  {
    name: 'Rollup 4',
    examples: ['rollup'],
    needs: ['rollup@4', '@rollup/plugin-node-resolve@16'],
    build: [['rollup', '--config']],
  },
  {
    name: 'Parcel 2',
    examples: ['parcel'],
    needs: ['parcel@2'],
    build: [
      ['parcel', 'build', 'index.html', '--public-url', './', '--no-cache'],
      ['node', 'copy.mjs'],
    ],
  },
  { name: 'esbuild', examples: ['esbuild'], needs: ['esbuild@0'], build: [['node', 'build.mjs']] },
  {
    name: 'a worker of one’s own, webpack 5',
    examples: ['webpack', 'own-worker'],
    needs: ['webpack@5', 'webpack-cli@6'],
    build: [['webpack']],
  },
  {
    name: 'a worker of one’s own, Vite 7',
    examples: ['vite', 'own-worker'],
    needs: ['vite@7'],
    build: [['vite', 'build']],
  },
  { name: 'a plain page', examples: ['plain'], needs: [], folder: '.' },
];

const run = promisify(execFile);
/** @type {string} */
let tarball;

/** Installs what a project needs, and lays the examples and the package into it. @param {Project} project */
async function prepare({ name, examples, needs }) {
  const folder = join(WORK, name.toLowerCase().replace(/\W+/g, '-'));
  await mkdir(folder, { recursive: true });
  for (const old of ['dist', '.next', 'app', 'public', 'node_modules/.vite']) {
    await rm(join(folder, old), { recursive: true, force: true });
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await run('npm', ['install', '--no-audit', '--no-fund', ...needs, tarball], { cwd: folder });
  for (const file of ['app.js', 'main.js', 'index.html']) await cp(join(EXAMPLES, file), join(folder, file));
  for (const example of examples) await cp(join(EXAMPLES, example), folder, { recursive: true });
  return folder;
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(String(port)));
    });
  });

/**
 * @param {string} folder
 * @param {string[]} words
 */
function command(folder, [program = '', ...args]) {
  const env = { ...process.env, PATH: `${join(folder, 'node_modules', '.bin')}:${process.env.PATH}` };
  return /** @type {const} */ ([program, args, { cwd: folder, env: { ...env, NEXT_TELEMETRY_DISABLED: '1' } }]);
}

/**
 * Serves the project by its own server, or its built folder by a plain one.
 * @param {Project} project
 * @param {string} folder
 * @param {{ later(end: () => unknown): void }} t
 */
async function serve({ serve, folder: built = 'dist' }, folder, t) {
  if (serve) {
    await cp(MODELS, join(folder, 'public', 'models'), { recursive: true });
    const port = await freePort();
    const [program, args, options] = command(folder, serve);
    const words = args.map((word) => word.replace('PORT', port));
    const child = spawn(program, words, { ...options, detached: true, stdio: 'ignore' });
    t.later(() => process.kill(-Number(child.pid)));
    const url = `http://localhost:${port}/`;
    for (let tries = 0; tries < 300; tries += 1) {
      if (
        await fetch(url)
          .then((answer) => answer.ok)
          .catch(() => false)
      )
        return url;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`${serve.join(' ')} does not serve`);
  }
  if (built === 'dist') {
    const page = join(folder, 'dist', 'index.html');
    await readFile(page).catch(() => cp(join(folder, 'index.html'), page));
  }
  const mounts = { 'models/': MODELS, 'peerlight/': join(folder, 'node_modules', 'peerlight') };
  const server = await new Server({
    root: join(folder, built),
    mounts: built === 'dist' ? { 'models/': MODELS } : mounts,
  }).start();
  t.later(() => server.stop());
  return `${server.origin}/`;
}

/**
 * Opens the page, has it explain an image, and returns what it says.
 * @param {string} url
 * @param {{ note(text: string): void, later(end: () => unknown): void }} t
 */
async function ask(url, t) {
  const page = await (await browser()).newPage();
  t.later(() => page.close());
  const errors = /** @type {string[]} */ ([]);
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  const says = async (/** @type {RegExp} */ like) => {
    const out = page.locator('output');
    for (let tries = 0; tries < 600; tries += 1) {
      const text = String(await out.textContent());
      if (like.test(text)) return text;
      if (/^[a-z-]+: /.test(text)) throw new Error(text);
      await page.waitForTimeout(200);
    }
    throw new Error(`it says “${await out.textContent()}”; ${errors.join('; ')}`);
  };
  await says(/^Ready on the cpu/);
  await page.locator('input').setInputFiles(CAT);
  const answer = await says(/agreement/);
  t.note(answer);
  assert.deepEqual(
    errors.filter((error) => !/favicon|404/.test(error)),
    [],
  );
  return answer;
}

/** What the first one answered: all the others must say the same. */
let first = '';
const same = (/** @type {string} */ answer) => assert.equal(answer, (first ||= answer));

for (const project of PROJECTS) {
  test(
    project.name,
    async (t) => {
      const folder = await prepare(project);
      for (const words of project.build ?? []) await run(...command(folder, words));
      same(await ask(await serve(project, folder, t), t));
    },
    { ms: MOST_MS },
  );
}

test('a plain page that takes the package from another origin', async (t) => {
  const folder = await prepare({ name: 'cdn', examples: ['plain'], needs: [] });
  const cdn = await new Server({ root: join(folder, 'node_modules') }).start();
  t.later(() => cdn.stop());
  const edits = {
    'index.html': (/** @type {string} */ text) => text.replace('./peerlight/', `${cdn.origin}/peerlight/`),
  };
  const here = await new Server({ root: folder, edits, mounts: { 'models/': MODELS } }).start();
  t.later(() => here.stop());
  same(await ask(`${here.origin}/`, t));
});

await mkdir(WORK, { recursive: true });
const packed = await run('npm', ['pack', '--json', '--pack-destination', WORK], { cwd: join(ROOT, 'pkg') });
tarball = join(WORK, JSON.parse(packed.stdout)[0].filename);
const good = await runAll(values);
await closeBrowsers();
process.exit(good ? 0 : 1);
