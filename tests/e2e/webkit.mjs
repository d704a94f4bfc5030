/**
 * The page in WebKit: load, drop, explain, what-if, export and the queue.
 *
 *   cargo xtask build && node tests/e2e/webkit.mjs [--only TEXT]
 *
 * Debian's WebKitGTK is driven by plain WebDriver (`apt-get install --no-install-recommends webkit2gtk-driver xvfb`).
 * $WEBKIT_DRIVER and $MINIBROWSER name other programs; without $DISPLAY, an Xvfb is started.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { near, runAll, test } from './harness.mjs';
import { DECODERS, compare, native, nativeOf } from './native.mjs';
import { DIST, DOWNLOADS, FIXTURES, SAMPLES, TEMP, downloaded } from './paths.mjs';
import { Server } from './server.mjs';
import { WebDriver } from './webdriver.mjs';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const run = promisify(execFile);

const onPath = (/** @type {string} */ name) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
const driver = process.env.WEBKIT_DRIVER ?? onPath('WebKitWebDriver');
const within = (/** @type {string} */ folder) => readdirSync(folder).map((name) => join(folder, name));
const browser =
  process.env.MINIBROWSER ??
  within('/usr/lib')
    .filter((folder) => folder.endsWith('-linux-gnu'))
    .flatMap(within)
    .map((folder) => join(folder, 'MiniBrowser'))
    .find((file) => existsSync(file));
if (!driver || !browser) {
  console.error('WebKit is missing: apt-get install --no-install-recommends webkit2gtk-driver xvfb');
  process.exit(1);
}

/** A display for the browser, which has no mode without one. */
async function display() {
  if (process.env.DISPLAY) return { name: process.env.DISPLAY, end: () => {} };
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1400x1000x24'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const name = await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.stdout.once('data', (number) => resolve(`:${String(number).trim()}`));
  });
  return { name, end: () => server.kill() };
}

// A home of its own: nothing is kept, and what is saved lands where the cases look for it.
const home = join(TEMP, 'home');
await mkdir(join(home, '.config'), { recursive: true });
await writeFile(join(home, '.config', 'user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${DOWNLOADS}"\n`);
const screen = await display();
const env = { ...process.env, DISPLAY: screen.name, HOME: home, XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '' };

/** @param {string} id */
const at = (id) => `[data-testid="${id}"]`;

/** The page in a browser of its own. */
class Page {
  /** @param {{ later(end: () => unknown): void }} t */
  static async open(t) {
    const page = new Page();
    const server = await new Server({ root: DIST }).start();
    t.later(() => server.stop());
    const options = { binary: browser, args: ['--automation', '--geometry=1280x900'] };
    page.driver = await WebDriver.start(driver, { 'webkitgtk:browserOptions': options }, env);
    t.later(() => page.driver.close());
    await page.driver.open(`${server.origin}/index.html`);
    await page.text('status', /^Ready\./);
    return page;
  }

  /**
   * @param {string} id
   * @param {RegExp} like
   */
  async text(id, like) {
    const read = (/** @type {string} */ selector) => document.querySelector(selector)?.textContent ?? '';
    const test = (/** @type {string} */ selector, /** @type {string} */ source) => {
      const node = /** @type {HTMLElement | null} */ (document.querySelector(selector));
      return node && node.offsetParent !== null && new RegExp(source).test(node.textContent ?? '');
    };
    await this.driver.until(`${like} in ${id}`, test, at(id), like.source).catch(async (error) => {
      throw new Error(
        `${error.message}: “${await this.driver.run(read, at(id))}”, “${await this.driver.run(read, at('status'))}”`,
      );
    });
    return String(await this.driver.run(read, at(id)));
  }

  /** Waits for the first explanation. */
  explained() {
    return this.text('status', /Took/);
  }

  /** @param {string[]} files */
  pick(...files) {
    return this.driver.type(at('file'), files.join('\n'));
  }

  /**
   * A drop that the page itself is told of, of real files: WebDriver cannot drag from outside.
   * @param {string[]} files
   */
  async drop(...files) {
    await this.driver.run(() => {
      const made = document.createElement('input');
      Object.assign(made, { type: 'file', multiple: true, id: 'dropped' });
      document.body.prepend(made);
    });
    await this.driver.type('#dropped', files.join('\n'));
    await this.driver.run(() => {
      const made = /** @type {HTMLInputElement} */ (document.querySelector('#dropped'));
      const data = new DataTransfer();
      for (const file of made.files ?? []) data.items.add(file);
      made.remove();
      const how = { bubbles: true, cancelable: true, composed: true, dataTransfer: data };
      for (const type of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, how));
    });
  }

  /** @param {string} id */
  save(id) {
    return downloaded(() => this.driver.click(at(id)));
  }

  async figures() {
    return JSON.parse((await this.save('save-json')).bytes.toString());
  }
}

const image = join(FIXTURES, 'plain.png');

test('webkit: the page loads, computes on the CPU, and explains a sample', async (t) => {
  const page = await Page.open(t);
  assert.equal(await page.driver.run((id) => document.querySelector(id)?.dataset.kind, at('device')), 'cpu');
  await page.driver.click(at('sample-0'));
  t.note(await page.explained());
  const figures = await page.figures();
  const file = join(SAMPLES, 'cat.jpg');
  t.note(compare(figures, await nativeOf(file, figures), DECODERS));
});

for (const way of /** @type {const} */ (['pick', 'drop'])) {
  test(`webkit: an image by ${way} gives the command line's figures`, async (t) => {
    const page = await Page.open(t);
    await page[way](image);
    await page.explained();
    const { name, bytes } = await page.save('save-json');
    assert.equal(name, 'plain-peerlight.json');
    t.note(compare(JSON.parse(bytes.toString()), (await native([image]))[0]));
  });
}

test('webkit: hidden regions are answered, and everything is exported, as the command line has it', async (t) => {
  const page = await Page.open(t);
  await page.pick(image);
  await page.explained();
  // The tools are loaded behind the first map.
  await page.driver.until('tools', () => Boolean(document.querySelector('peer-answer .sentence')));
  await page.driver.type(at('region-2-2'), ' ');
  t.note(await page.text('what-if-sentence', /^Hiding row 3, column 3/));
  const { name, bytes } = await page.save('save-zip');
  assert.equal(name, 'plain-peerlight.zip');
  await writeFile(join(TEMP, name), bytes);
  const folder = join(TEMP, 'kept');
  await run('python3', ['-m', 'zipfile', '-e', join(TEMP, name), folder]);
  const whatIf = JSON.parse(await readFile(join(folder, 'what-if.json'), 'utf8'));
  const [other] = await native([image], ['--manifest', join(folder, 'manifest.json')]);
  whatIf.peers.forEach((peer, k) => {
    near(peer.after.probability, other.what_if.peers[k].after.probability, 1e-4, peer.id);
  });
  near(whatIf.agreement_after, other.what_if.agreement_after, 1e-4, 'agreement');
});

test('webkit: several images form a queue with a table', async (t) => {
  const page = await Page.open(t);
  const files = [image, join(FIXTURES, 'lossless.webp'), join(FIXTURES, 'animated.gif')];
  await page.pick(...files);
  t.note(await page.text('many-status', /^3 images explained/));
  const saved = JSON.parse((await page.save('many-json')).bytes.toString());
  const others = Object.fromEntries((await native(files)).map((other, i) => [files[i].split('/').at(-1), other]));
  assert.equal(saved.images.length, 3);
  for (const found of saved.images) {
    near(found.agreement, others[found.file].agreement, 1e-3, found.file);
    assert.equal(found.target.label, others[found.file].target.label);
  }
});

const good = await runAll(values);
screen.end();
process.exit(good ? 0 : 1);
