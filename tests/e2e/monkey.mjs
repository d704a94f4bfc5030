import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { near } from './harness.mjs';
import { png, sampleFiles, temp } from './images.mjs';
import { DIST, FIXTURES, SAMPLES } from './paths.mjs';
import { Site } from './site.mjs';
import { random } from './random.mjs';

/** What a person can press: all that is on the page, enabled and visible, but what leads to another page. */
const PRESSABLE =
  'button, summary, select, input, label.drop, [role=gridcell], [role=option], [role=application], canvas, ' +
  'a[href^="#"], peer-places, tr[data-path]';
const KEYS = [
  ...['Tab', 'Tab', 'Shift+Tab', 'Escape', 'Enter', ' ', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home'],
  ...['End', 'PageUp', 'PageDown', 'Delete', 'Backspace', 'Control+z', 'Control+Shift+z', 'Control+Home', 'a', '?'],
  ...['1', '+', '-', 'f', 'Control+a', 'Shift+ArrowRight'],
];
const TEXTS = ['', '7', '-1', '1e999', '0', 'cat', 'no such class', '<b>x</b>', '猫🐈', '../..', '   ', '99999999999'];
const SIZES = [
  [1280, 900],
  [390, 844],
  [320, 568],
  [1920, 1080],
  [844, 390],
  [640, 450],
];

/** Good and bad files of all kinds. */
async function manyFiles() {
  const jpeg = await readFile(join(SAMPLES, 'cat.jpg'));
  const network = await readFile(join(FIXTURES, 'networks', 'small.onnx'));
  const huge = Buffer.from(await readFile(await png('cat')));
  huge.writeUInt32BE(60_000, 16);
  huge.writeUInt32BE(60_000, 20);
  /** @type {[string, Uint8Array][]} */
  const bad = [
    ['text.jpg', Buffer.from('no image')],
    ['cut.jpg', jpeg.subarray(0, jpeg.length >> 1)],
    ['empty.png', Buffer.alloc(0)],
    ['huge.png', huge],
    ['paper.pdf', Buffer.from('%PDF-1.7 …')],
    ['phone.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
    ['page.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['<img src=x onerror=alert(1)>.jpg', jpeg],
    ['labels.csv', Buffer.from('path,class\ncat.png,"tiger cat"\n"x')],
    ['cut.onnx', network.subarray(0, 3000)],
    ['weights.pth', Buffer.from('no network')],
    ['noise.safetensors', Buffer.from([255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3])],
    ['noise.bin', Buffer.from(jpeg).reverse()],
  ];
  const made = await Promise.all(bad.map(([name, bytes]) => temp(name.replace('/', '_'), bytes)));
  const fixtures = ['animated.gif', 'animated.webp', 'cmyk.jpg', 'lossless.webp', 'plain.avif', 'turned.jpg'];
  const networks = ['small', 'any-size', 'others', 'last-axis'].map((name) =>
    join(FIXTURES, 'networks', `${name}.onnx`),
  );
  return [...made, ...fixtures.map((name) => join(FIXTURES, name)), ...networks, ...(await sampleFiles())];
}

/**
 * One action after the other on one page.
 * @param {Site} site
 * @param {() => number} draw
 */
async function monkeyOf(site, draw) {
  const { page } = site;
  const { keyboard, mouse } = page;
  const files = await manyFiles();
  const below = (/** @type {number} */ n) => Math.floor(draw() * n);
  /** @template T @param {T[]} all */
  const one = (all) => /** @type {T} */ (all[below(all.length)]);
  const some = () => Array.from({ length: 1 + below(5) }, () => one(files));
  const point = () => /** @type {const} */ ([below(page.viewportSize()?.width ?? 1), below(700)]);

  /** Finds something to press and brings it into view. */
  const found = (/** @type {string} */ what) =>
    page.evaluate(([what, part]) => {
      const seen = [...document.querySelectorAll(what)].filter(
        (n) => n.checkVisibility({ visibilityProperty: true }) && !(/** @type {any} */ (n).disabled),
      );
      const node = seen[Math.floor(part * seen.length)];
      if (!node) return null;
      node.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { left, top, width, height } = node.getBoundingClientRect();
      const name = `${node.tagName.toLowerCase()} ${node.dataset.testid ?? node.textContent?.trim().slice(0, 20)}`;
      return { name, x: left + width / 2, y: top + height / 2 };
    }, /** @type {const} */ ([what, draw()]));
  const press = async (/** @type {string} */ what) => {
    const node = await found(what);
    if (node) await mouse.click(node.x, node.y);
    return node?.name ?? 'nothing';
  };

  /** @type {[number, string, () => Promise<unknown>][]} how often, what */
  const ways = [
    [30, 'press', () => press(PRESSABLE)],
    [10, 'button', () => press('button')],
    [12, 'key', async () => (await keyboard.press(one(KEYS)), '')],
    [
      4,
      'choose',
      async () => {
        const part = draw();
        return page.evaluate((part) => {
          const all = [...document.querySelectorAll('select')].filter((n) => n.checkVisibility() && !n.disabled);
          const node = all[Math.floor(part * all.length)];
          if (!node) return 'nothing';
          node.selectedIndex = Math.floor(((part * 7919) % 1) * node.options.length);
          for (const type of ['input', 'change']) node.dispatchEvent(new Event(type, { bubbles: true }));
          return `${node.dataset.testid} ${node.value}`;
        }, part);
      },
    ],
    [
      5,
      'type',
      async () => {
        const name = await press('input[type=text], input[type=number], input[type=url], input:not([type])');
        if (name === 'nothing') return name;
        await keyboard.press('Control+a');
        const text = one(TEXTS);
        await keyboard.insertText(text);
        if (draw() < 0.6) await keyboard.press('Enter');
        return `${name} “${text}”`;
      },
    ],
    [
      6,
      'drag',
      async () => {
        const node = await found('peer-viewer canvas, peer-places, peer-viewer, [data-testid=box-square]');
        if (!node) return 'nothing';
        await mouse.move(node.x - 60 + below(60), node.y - 60 + below(60));
        await mouse.down();
        await mouse.move(node.x - 60 + below(160), node.y - 60 + below(160), { steps: 1 + below(5) });
        await mouse.up();
        return node.name;
      },
    ],
    [3, 'wheel', async () => (await mouse.wheel(0, 1200 - below(2400)), '')],
    [3, 'click anywhere', async () => (await mouse.click(...point()), '')],
    [5, 'sample', () => press('.samples button')],
    [
      4,
      'drop',
      async () => {
        const dropped = draw() < 0.6 ? [one(files)] : some();
        await site.drop(...dropped);
        return dropped.map((file) => file.split('/').at(-1)).join(', ');
      },
    ],
    [
      2,
      'pick',
      async () => {
        const picked = draw() < 0.6 ? [one(files)] : some();
        await site.at('file').setInputFiles(picked);
        return picked.map((file) => file.split('/').at(-1)).join(', ');
      },
    ],
    [
      2,
      'paste text',
      async () => {
        await page.evaluate((text) => navigator.clipboard.writeText(text), one(TEXTS) || 'x').catch(() => {});
        await keyboard.press('Control+v');
        return '';
      },
    ],
    [1, 'paste image', async () => (await site.paste(await png('cat')), '')],
    [2, 'resize', async () => (await page.setViewportSize(resized(one(SIZES))), '')],
    [
      1,
      'media',
      async () => {
        const scheme = /** @type {const} */ (['light', 'dark']);
        const forced = /** @type {const} */ (['none', 'active']);
        const motion = /** @type {const} */ (['no-preference', 'reduce']);
        const media = {
          colorScheme: one([...scheme]),
          forcedColors: one([...forced]),
          reducedMotion: one([...motion]),
        };
        await page.emulateMedia(media);
        return JSON.stringify(media);
      },
    ],
    [2, 'back', async () => (await wander(site, draw() < 0.5 ? 'back' : 'forward'), '')],
    [
      1,
      'network',
      async () => {
        const offline = draw() < 0.4;
        await site.context.setOffline(offline);
        return offline ? 'gone' : 'there';
      },
    ],
    [3, 'wait', async () => (await page.waitForTimeout(below(400)), '')],
    [1, 'wait long', async () => (await page.waitForTimeout(below(4000)), '')],
  ];
  const sum = ways.reduce((all, [weight]) => all + weight, 0);
  return async () => {
    let at = draw() * sum;
    const [, name, act] = ways.find(([weight]) => (at -= weight) < 0) ?? ways[0];
    return `${name} ${(await act()) ?? ''}`;
  };
}

/** @param {number[]} size */
const resized = ([width = 0, height = 0]) => ({ width, height });

/**
 * Back or forward in the history; where that leads out of the page, the page is opened again.
 * @param {Site} site
 * @param {'back' | 'forward'} way
 */
async function wander(site, way) {
  const { page, server } = site;
  await page.evaluate((way) => history[way](), way).catch(() => {});
  await page.waitForTimeout(100);
  if (page.url().startsWith(server.origin)) return;
  await site.context.setOffline(false);
  await page.goto(`${server.origin}/index.html`);
}

/**
 * What the browser itself says of a lost network, or of an address that the monkey typed.
 * @param {import('playwright-core').ConsoleMessage} message
 */
const expected = (message) =>
  /Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|FAILED)/.test(message.text()) ||
  (/status of 404/.test(message.text()) && !existsSync(join(DIST, new URL(message.location().url).pathname)));

/**
 * Random actions on one page: no error on the console, and at the end it works as at the beginning.
 * @param {import('./harness.mjs').Notes} t
 * @param {{ actions: number, seed: number }} options
 */
export async function monkey(t, options) {
  const site = await (await Site.make(t)).open();
  const { page } = site;
  await site.mayUseClipboard();
  await page.addInitScript(() => Object.assign(window, { print: () => {} }));
  await page.evaluate(() => Object.assign(window, { print: () => {} }));
  page.on('dialog', (dialog) => dialog.dismiss());
  site.context.on('page', (other) => other !== page && other.close());
  const first = await site.explain(() => site.at('sample-0').click());
  const act = await monkeyOf(site, random(options.seed));
  const done = /** @type {string[]} */ ([]);
  const codes = new Map();
  const errors = /** @type {string[]} */ ([]);
  site.context.on('weberror', (e) => errors.push(String(e.error().stack)));
  site.context.on('console', (m) => {
    if (m.type() === 'error' && !expected(m)) errors.push(`${m.text()} ${m.location().url}`);
  });
  const last = () => `after ${done.length} actions:\n${done.slice(-6).join('\n')}`;
  while (done.length < options.actions) {
    done.push(await act().catch((thrown) => `stopped: ${thrown.message.split('\n')[0]}`));
    const code = await page
      .evaluate(() => document.querySelector('[data-testid=error]')?.getAttribute('data-code'))
      .catch(() => '');
    if (code) codes.set(code, (codes.get(code) ?? 0) + 1);
    if (code === 'crashed') assert.fail(`the engine crashed: ${await site.says('error')} ${last()}`);
    assert.ok(!errors.length, `${errors.slice(0, 3).join('\n')} ${last()}`);
  }
  t.note(`errors told: ${[...codes.keys()].join(', ')}`);
  const stopped = done.filter((what) => what.startsWith('stopped'));
  t.note(`${stopped.length} actions could not be done${stopped.length ? `, as ${stopped.at(-1)}` : ''}`);
  assert.ok(stopped.length < done.length / 50, stopped.slice(-5).join('\n'));

  // The page still works as it stands, whatever its settings are by now.
  await site.context.setOffline(false);
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', reducedMotion: 'no-preference' });
  await page.setViewportSize({ width: 1280, height: 900 });
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('Escape');
  const samples = await page.locator('[data-testid=sample-1]').count();
  const here = await site.explain(async () => (samples ? site.at('sample-1').click() : site.pick(await png('cat'))));
  assert.ok(here.peers.length > 0);
  // Opened anew, it gives the figures that it gave at first.
  await page.goto('about:blank');
  await page.goto(`${site.server.origin}/index.html#lang=en`);
  await site.text('status', /^Ready\./);
  const again = await site.explain(() => site.at('sample-0').click());
  near(again.agreement, first.agreement, 0, 'agreement');
  assert.deepEqual(again, { ...first, timings: again.timings, ms: again.ms });
  assert.deepEqual(errors, []);
}
