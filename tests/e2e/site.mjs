import { readFile, stat } from 'node:fs/promises';
import { NAME, browser, chromiumOnly, withProfile } from './browsers.mjs';
import { countTurns, whenDrawn } from './drawn.mjs';
import { Server } from './server.mjs';
import { DIST, downloaded } from './paths.mjs';

/** @import { Options } from './server.mjs' */

/**
 * Runs in the page before anything else: counts the answers that the workers give, keeps the last, and listens for
 * violations of the policy.
 */
function watch() {
  const engines = new Set();
  const seen = { results: 0, turns: 0, last: null, whatIf: null, violations: /** @type {string[]} */ ([]), engines };
  Object.assign(window, { seen });
  addEventListener('securitypolicyviolation', (e) => seen.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
  window.Worker = class extends Worker {
    /** The jobs of the page itself: those of the comparison name a method. @type {Set<number>} */
    asked = new Set();
    /** What-if questions. @type {Set<number>} */
    questions = new Set();

    /** @param {ConstructorParameters<typeof Worker>} args */
    constructor(...args) {
      super(...args);
      if (args[1]?.name?.startsWith('peerlight-')) engines.add(this);
      this.addEventListener('message', ({ data }) => {
        if (data.type !== 'done') return;
        if (this.questions.has(data.job)) {
          seen.whatIf = { serial: data.job, value: data.value, at: performance.now() };
        }
        if (!this.asked.has(data.job)) return;
        seen.results += 1;
        seen.last = data.value;
      });
    }

    terminate() {
      engines.delete(this);
      super.terminate();
    }

    /**
     * @param {any} message
     * @param {any} [transfer]
     */
    postMessage(message, transfer) {
      const { type, job, request, held } = message;
      if (type === 'explain' && !request.method && !held) this.asked.add(job);
      if (type === 'whatIf') this.questions.add(job);
      super.postMessage(message, transfer);
    }
  };
}

/**
 * In the worker: between two steps it waits as long as `slowness` says, so that a test can act in the middle of a
 * computation.
 */
export const SLOW = `{
  self.slowness = 0;
  self.addEventListener('message', (event) => {
    if (event.data?.slowness === undefined) return;
    self.slowness = event.data.slowness;
    event.stopImmediatePropagation();
  });
  const Native = MessageChannel;
  self.MessageChannel = class {
    constructor() {
      const { port1, port2 } = new Native();
      this.port1 = port1;
      const send = (m) => port2.postMessage(m);
      this.port2 = { postMessage: (m) => (self.slowness ? setTimeout(send, self.slowness, m) : send(m)) };
    }
  };
}
`;

/**
 * The code put before the worker's own.
 * @param {string} code
 */
export const inWorker = (code) => ({ 'pkg/worker.js': (/** @type {string} */ text) => code + text });

/** @type {Site | null} */
let latest = null;
/** The page of the test that runs, for an image of a failure. */
export const latestSite = () => latest;

/**
 * One page on one server, and what a person does there.
 *
 * @typedef {object} View
 * @property {string[]} [flags] the browser's
 * @property {number} [width]
 * @property {number} [height]
 * @property {'light' | 'dark'} [scheme]
 * @property {boolean} [touch]
 * @property {string} [locale] the browser's language
 * @property {string} [profile] a folder for a browser of its own, which then keeps there what browsers keep on a disk
 */
export class Site {
  /** @type {string[]} */
  requests = [];
  /** @type {string[]} */
  errors = [];

  /**
   * @param {{ later(end: () => unknown): void }} t
   * @param {View & Partial<Options>} [options]
   */
  static async make(
    t,
    {
      flags = [],
      width = 1280,
      height = 900,
      scheme = 'light',
      touch = false,
      locale = 'en-US',
      profile,
      ...served
    } = {},
  ) {
    if (touch) chromiumOnly('Firefox cannot be asked over WebDriver BiDi for a touch screen');
    const site = new Site();
    site.browser = await browser(flags, scheme);
    site.server = await new Server({ root: DIST, ...served }).start();
    t.later(() => site.server.stop());
    const view = {
      viewport: { width, height },
      colorScheme: scheme,
      locale,
      ...(touch ? { hasTouch: true, isMobile: true } : {}),
      acceptDownloads: true,
    };
    site.context = await (profile ? withProfile(profile, view) : site.browser.newContext(view));
    t.later(() => site.context.close());
    site.context.setDefaultTimeout(60_000);
    await site.context.addInitScript(watch);
    await site.context.addInitScript(countTurns, Number(process.env.PEERLIGHT_LATE ?? 0));
    site.context.on('request', (r) => site.requests.push(r.url()));
    site.context.on('console', (m) => m.type() === 'error' && site.errors.push(m.text()));
    site.context.on('weberror', (e) => site.errors.push(String(e.error())));
    site.page = whenDrawn(await site.context.newPage());
    latest = site;
    return site;
  }

  /** @param {{ ready?: boolean, address?: string }} [options] `address`: what follows the page's own */
  async open({ ready = true, address = '' } = {}) {
    await this.page.goto(`${this.server.origin}/index.html${address}`);
    await this.page.evaluate(() => Object.assign(window, { mark: 'not reloaded' }));
    if (ready) await this.text('status', /^(Ready|Bereit)\./);
    return this;
  }

  /** @param {string} id */
  at(id) {
    return this.page.getByTestId(id);
  }

  /**
   * What an element says, for a message.
   * @param {string} id
   */
  async says(id) {
    return `${id} “${await this.at(id).textContent()}”`;
  }

  /**
   * Waits until an element says something.
   * @param {string} id
   * @param {RegExp} like
   * @param {number} [timeout]
   */
  async text(id, like, timeout = 60_000) {
    await this.page
      .waitForFunction(
        ([id, source, flags]) => {
          const node = /** @type {HTMLElement | null} */ (document.querySelector(`[data-testid="${id}"]`));
          return node && node.offsetParent !== null && new RegExp(source, flags).test(node.textContent ?? '');
        },
        [id, like.source, like.flags],
        { timeout },
      )
      .catch(async () => {
        throw new Error(
          `not ${like} in ${await this.says(id)}; ${await this.says('status')}; ${await this.says('error')}`,
        );
      });
    return /** @type {Promise<string>} */ (this.at(id).textContent());
  }

  /**
   * Does something that leads to a new explanation, waits for it to be shown, and returns it.
   * @param {() => Promise<unknown>} act
   * @param {number} [timeout]
   */
  async explain(act, timeout = 60_000) {
    await this.shown(act, timeout);
    return this.last();
  }

  /**
   * The same without fetching the explanation.
   * @param {() => Promise<unknown>} act
   * @param {number} [timeout]
   */
  async shown(act, timeout = 60_000) {
    const before = await this.results();
    await act();
    await this.page
      .waitForFunction(
        (n) => {
          const bar = /** @type {HTMLElement} */ (document.querySelector('[data-testid=progress]'));
          return (
            seen.results > n &&
            seen.turns === 0 &&
            bar.hidden &&
            /Took|Dauer/.test(document.querySelector('[data-testid=status]')?.textContent ?? '')
          );
        },
        before,
        { timeout },
      )
      .catch(async () => {
        throw new Error(`no new explanation; ${await this.says('status')}; ${await this.says('error')}`);
      });
  }

  results() {
    return this.page.evaluate(() => seen.results);
  }

  /**
   * The last explanation, its maps as plain arrays.
   * @returns {Promise<any>}
   */
  async last() {
    return JSON.parse(
      await this.page.evaluate(() =>
        JSON.stringify(seen.last, (_, v) => (ArrayBuffer.isView(v) ? Array.from(/** @type {any} */ (v)) : v)),
      ),
    );
  }

  /** @param {string | { name: string, mimeType: string, buffer: Buffer }} file */
  async pick(file) {
    await this.at('file').setInputFiles(file);
  }

  /**
   * Opens the networks that were dropped, once everything is read.
   * @param {number} count of networks
   */
  async openNetworks(count) {
    await this.text('networks-open', new RegExp(`^Open ${count} network`));
    await this.at('networks-open').click();
    // The panel folds when they are open.
    await this.page.locator('peer-networks details:not([open])').waitFor();
  }

  /** Chromium's own protocol, for the page. */
  session() {
    chromiumOnly('WebDriver BiDi has no such question');
    return this.context.newCDPSession(this.page);
  }

  /** Chromium's own protocol, for the browser. */
  browserSession() {
    chromiumOnly('WebDriver BiDi does not tell how much memory a process holds');
    return this.browser.newBrowserCDPSession();
  }

  /**
   * A real drop, as from a file manager.
   * @param {...string} files
   */
  async drop(...files) {
    if (NAME !== 'chromium') return this.#dropMade(files);
    await this.dragged(files, () => {});
  }

  /**
   * A real drop, just before which something happens beneath the pointer.
   * @param {string[]} files
   * @param {() => unknown} between
   */
  async dragged(files, between) {
    const cdp = await this.session();
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop']) {
      await cdp.send('Input.dispatchDragEvent', /** @type {any} */ ({ type, x: 300, y: 300, data }));
      // The browser lets go of an image that the page has not yet said it takes.
      await this.page.evaluate(() => new Promise((frame) => requestAnimationFrame(frame)));
      if (type === 'dragOver') await between();
    }
    await cdp.detach();
  }

  /**
   * A drop that the page itself is told of: WebDriver BiDi can drag within a page only. The files are real ones.
   * @param {string[]} files
   */
  async #dropMade(files) {
    for (const file of files) {
      if ((await stat(file)).isDirectory()) chromiumOnly('WebDriver BiDi cannot drop a folder');
    }
    const input = await this.page.evaluateHandle(() => {
      const made = document.createElement('input');
      Object.assign(made, { type: 'file', multiple: true, hidden: true });
      return document.body.appendChild(made);
    });
    await input.asElement()?.setInputFiles(files);
    await input.evaluate((made) => {
      const data = new DataTransfer();
      for (const file of made.files ?? []) data.items.add(file);
      made.remove();
      const how = { bubbles: true, cancelable: true, composed: true, dataTransfer: data, clientX: 300, clientY: 300 };
      const target = document.elementFromPoint(300, 300) ?? document.body;
      for (const type of ['dragenter', 'dragover', 'drop']) target.dispatchEvent(new DragEvent(type, how));
    });
  }

  /**
   * A real paste: the image goes through the browser's clipboard.
   * @param {string} file
   */
  async paste(file) {
    if (NAME !== 'chromium') return this.#pasteMade(file);
    await this.mayUseClipboard();
    const base64 = (await readFile(file)).toString('base64');
    await this.page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
    }, base64);
    await this.page.keyboard.press('Control+V');
  }

  /**
   * A paste that the page itself is told of: Firefox without a window keeps no images on its clipboard.
   * @param {string} file
   */
  async #pasteMade(file) {
    const base64 = (await readFile(file)).toString('base64');
    await this.page.evaluate((base64) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      data.items.add(new File([bytes], 'image.png', { type: 'image/png' }));
      const paste = new ClipboardEvent('paste', { bubbles: true, cancelable: true, composed: true });
      document.body.dispatchEvent(Object.defineProperty(paste, 'clipboardData', { value: data }));
    }, base64);
  }

  /** Reading and writing the clipboard without a question to the person; Firefox is told so when it starts. */
  async mayUseClipboard() {
    if (NAME !== 'chromium') return;
    await this.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: this.server.origin });
  }

  /** @param {string} id */
  async doubleClick(id) {
    if (NAME === 'chromium') return this.at(id).dblclick();
    // To Firefox's driver, two clicks of two commands are no double click.
    await this.at(id).click();
    await this.at(id).click();
    const { x, y, width, height } = (await this.at(id).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await this.at(id).dispatchEvent('dblclick', { clientX: x + width / 2, clientY: y + height / 2 });
  }

  /**
   * Presses a button that saves something.
   * @param {string} id
   */
  save(id) {
    return this.saved(() => this.at(id).click());
  }

  /**
   * What the page saves meanwhile. Firefox's driver tells of no file that a page made.
   * @param {() => Promise<unknown>} act
   */
  async saved(act) {
    if (NAME !== 'chromium') return downloaded(act);
    const [download] = await Promise.all([this.page.waitForEvent('download'), act()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  /** The figures as saved. */
  async figures() {
    return JSON.parse((await this.save('save-json')).bytes.toString());
  }

  /**
   * The worker of one kind of device.
   * @param {string} [kind]
   */
  async worker(kind = 'cpu') {
    chromiumOnly('Firefox’s driver does not reach into workers');
    for (const worker of this.page.workers()) {
      if ((await worker.evaluate(() => self.name)) === `peerlight-${kind}`) return worker;
    }
    throw new Error(`no worker for ${kind}`);
  }

  /** @param {number} ms between two steps, for workers that begin with `SLOW` */
  async slow(ms) {
    await this.page.evaluate((slowness) => seen.engines.forEach((engine) => engine.postMessage({ slowness })), ms);
  }

  /**
   * Decoded pixels of an image, by the browser.
   * @param {Buffer} bytes
   */
  async pixels(bytes) {
    return decode(bytes);
  }

  stillThere() {
    return this.page.evaluate(() => window.mark === 'not reloaded');
  }
}

/**
 * The pixels of an image file as stored, without color management.
 * @param {Buffer} bytes
 * @returns {Promise<{ width: number, height: number, rgba: Uint8Array }>}
 */
export async function decode(bytes) {
  const page = await (await browser()).newPage();
  try {
    const { width, height, base64 } = await page.evaluate(async (base64) => {
      const data = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([data]), { colorSpaceConversion: 'none' });
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
      pen.drawImage(bitmap, 0, 0);
      const pixels = pen.getImageData(0, 0, bitmap.width, bitmap.height).data;
      const reader = new FileReader();
      const url = await new Promise((resolve) => {
        reader.onload = () => resolve(/** @type {string} */ (reader.result));
        reader.readAsDataURL(new Blob([pixels]));
      });
      return { width: bitmap.width, height: bitmap.height, base64: url.slice(url.indexOf(',') + 1) };
    }, bytes.toString('base64'));
    return { width, height, rgba: new Uint8Array(Buffer.from(base64, 'base64')) };
  } finally {
    await page.close();
  }
}
