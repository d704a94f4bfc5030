import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pick } from '../comparison.mjs';
import { test } from '../harness.mjs';
import { png, sampleFiles } from '../images.mjs';
import { DIST, FIXTURES } from '../paths.mjs';
import { GPU } from '../browsers.mjs';
import { SLOW, Site, inWorker } from '../site.mjs';

const LONG = 20 * 60_000;
const network = join(FIXTURES, 'networks', 'small.onnx');

/**
 * The patience of the page with a silent worker, for a test's time.
 * @param {string} code put before the worker's own
 */
const impatient = (code) => ({
  ...inWorker(code),
  'pkg/index.js': (/** @type {string} */ text) => {
    const [hang, silence] = [/=45e3\b/, /=24e4\b/]; // As the minifier writes them.
    assert.ok(hang.test(text) && silence.test(text), 'the limits are in the bundled package');
    return text.replace(hang, '=2500').replace(silence, '=4000');
  },
});

/**
 * The page explains an image, if need be after its own way out.
 * @param {Site} site
 */
async function works(site) {
  const retry = site.at('retry');
  if (await retry.isVisible()) await retry.click();
  // An image of the case's own: the page's samples may be among the files that did not come.
  const cat = await png('cat');
  const result = await site.explain(() => site.pick(cat));
  assert.ok(result.peers.length > 0);
  assert.ok(await site.stillThere());
}

/** What ends a worker, and what it does then. @type {Record<string, string>} */
const ENDS = {
  'without a word': 'self.close()',
  'by an error': 'setTimeout(() => { throw new Error("killed"); })',
  'by memory': 'setTimeout(() => { throw new RangeError("Array buffer allocation failed"); })',
};

/** When, and what leads there. @type {[string, (site: Site) => Promise<unknown>][]} */
const PHASES = [
  ['idle', async () => {}],
  [
    'explaining',
    async (site) => {
      await site.slow(700);
      await site.at('sample-2').click();
      await site.text('status', /^(Running|Explaining|Mutual)/);
    },
  ],
  [
    'what if',
    async (site) => {
      await site.at('region-2-2').focus();
      await site.slow(700);
      await site.page.keyboard.press(' ');
    },
  ],
  [
    'the effect of every region',
    async (site) => {
      await site.at('what-if').click();
      await site.slow(300);
      await site.at('effects').click();
      await site.page.waitForTimeout(500);
    },
  ],
  [
    'comparing',
    async (site) => {
      await pick(site, ['cam', 'grad-cam', 'layer-cam']);
      await site.slow(300);
      await site.at('compare').click();
      await site.page.waitForTimeout(500);
    },
  ],
  [
    'many images',
    async (site) => {
      await site.at('file').setInputFiles(await sampleFiles());
      await site.text('many-status', /^[1-9]\d* of 10/);
    },
  ],
];

for (const [how, code] of Object.entries(ENDS)) {
  test(
    `storm: the worker ends ${how}, in every phase`,
    async (t) => {
      for (const [phase, reach] of PHASES) {
        // With the page's own patience of minutes: the worker's lock tells of its end at once.
        const site = await (await Site.make(t, { edits: inWorker(SLOW) })).open();
        await site.explain(() => site.at('sample-0').click());
        await reach(site);
        await (await site.worker()).evaluate(code).catch(() => {});
        if (phase === 'many images') {
          await site.text('many-status', /^10 images explained\.$/);
          t.note(`${phase}: ${await site.says('many-status')}`);
        }
        await site.page.waitForTimeout(how === 'without a word' ? 7_000 : 500);
        const error = await site.at('error').getAttribute('data-code');
        const told = await site.page.locator('.error:visible, peer-effects [role=status]:visible').allInnerTexts();
        t.note(`${phase}: ${error || told.length ? `told ${error} ${told}` : 'nothing to tell'}`);
        await works(site);
        await site.page.context().close();
      }
    },
    { ms: LONG },
  );
}

test(
  'storm: the worker ends while it starts, loads the networks, or reads a file',
  async (t) => {
    const starts = {
      'before its code': 'self.close();',
      'while its code loads': 'const load = fetch; self.fetch = (...a) => (self.close(), load(...a));',
      'while the networks load':
        'addEventListener("message", (e) => e.data.type === "load" && (e.stopImmediatePropagation(), self.close()));',
      'by an error of its code': 'throw new Error("killed");',
    };
    for (const [when, code] of Object.entries(starts)) {
      let once = true;
      const site = await Site.make(t, {
        edits: { ...impatient(''), 'pkg/worker.js': (text) => (once ? code + text : text) },
      });
      await site.context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
      await site.open({ ready: false });
      t.note(`${when}: ${await site.text('error', /\w/)}`);
      once = false;
      await site.at('retry').click();
      await site.text('status', /^Ready\./).catch(() => {});
      // The browser may keep a module's failure for the page's life: then the way out is to reload it.
      if (!/^Ready/.test(String(await site.at('status').textContent()))) await site.open();
      await works(site);
    }
    const site = await (await Site.make(t, { edits: impatient(SLOW) })).open();
    await site.page.evaluate(() => {
      const Native = Worker;
      window.Worker = class extends Native {
        constructor(...args) {
          super(...args);
          setTimeout(() => this.terminate(), 30);
        }
      };
      Object.assign(window, { Native });
    });
    await site.drop(network);
    t.note(`reading a file: ${await site.text('model-error', /\w/)}`);
    await site.page.evaluate(() => (window.Worker = window.Native));
    await site.drop(network);
    await site.text('networks-open', /^Open 1 network/);
    await works(site);
  },
  { ms: LONG },
);

/** A device whose loss a test can bring about. */
const LOSABLE = `{
  const open = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await open.call(this, descriptor);
    const lost = new Promise((resolve) => {
      self.loseDevice = () => {
        device.destroy();
        resolve({ reason: 'unknown', message: 'lost in a test' });
      };
    });
    Object.defineProperty(device, 'lost', { value: lost });
    return device;
  };
}
`;

test(
  'storm: the graphics device is lost twenty times in a row',
  async (t) => {
    const site = await (await Site.make(t, { flags: GPU, edits: inWorker(SLOW + LOSABLE) })).open();
    const cat = await png('cat');
    const cpu = await site.explain(() => site.pick(cat));
    let told = 0;
    for (let i = 0; i < 20; i += 1) {
      await site.at('device-webgpu').check();
      await site.text('device-name', /on WebGPU/, 200_000);
      const worker = await site.worker('webgpu');
      await worker.evaluate(() => Object.assign(self, { slowness: 300 }));
      // In every other round the loss comes between two images.
      const lose = () => worker.evaluate(() => self.loseDevice());
      if (i % 2) await lose();
      const after = await site.explain(async () => {
        await site.pick(cat);
        if (i % 2 === 0) {
          await site.text('status', /^(Running|Explaining|Mutual)/);
          await lose();
        }
      }, 200_000);
      await site.text('device-name', /the CPU/);
      if (/WebGPU failed, so the CPU took over/.test(String(await site.at('device-reason').textContent()))) told += 1;
      assert.equal(after.agreement, cpu.agreement, `round ${i}`);
    }
    t.note(`${told} of 20 told, the CPU's figures each time`);
    assert.equal(told, 20);
    assert.equal(site.page.workers().length, 1, 'no worker stays behind');
    // The graphics library itself tells the console of each loss.
    const others = site.errors.filter((error) => !/^the wgpu device was lost \(Unknown\): lost in a test$/.test(error));
    assert.deepEqual(others, []);
  },
  { ms: 2 * LONG },
);

/** Ways in which a browser keeps nothing. @type {[string, () => void][]} */
const STORAGES = [
  [
    'no cache can be opened',
    () => {
      CacheStorage.prototype.open = () => Promise.reject(new DOMException('no', 'SecurityError'));
      CacheStorage.prototype.has = () => Promise.reject(new DOMException('no', 'SecurityError'));
    },
  ],
  [
    'no cache answers',
    () => {
      for (const name of ['match', 'keys', 'put', 'delete']) {
        Cache.prototype[name] = () => Promise.reject(new DOMException('broken', 'UnknownError'));
      }
    },
  ],
  [
    'every store is full',
    () => {
      const full = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
      Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
      Storage.prototype.setItem = full;
      IDBFactory.prototype.open = full;
    },
  ],
];

test(
  'storm: storage is forbidden, broken or full',
  async (t) => {
    /** @param {Site} site */
    const keeps = async (site) => {
      await site.at('theme').click();
      await works(site);
      await site.drop(network);
      await site.text('networks-open', /^Open 1 network/);
      await site.at('networks-keep').check();
      await site.at('networks-open').click();
      t.note(await site.text('networks-error', /could not be kept here/));
      await works(site);
      assert.deepEqual(site.errors, []);
    };
    for (const [how, code] of STORAGES) {
      const site = await Site.make(t);
      await site.context.addInitScript(code);
      await site.open();
      await keeps(site);
      t.note(how);
    }
    const site = await Site.make(t);
    const cdp = await site.context.newCDPSession(site.page);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: site.server.origin, quotaSize: 100_000 });
    await site.open();
    await keeps(site);
    t.note('a quota of 100 kB');
  },
  { ms: LONG },
);

test(
  'storm: the tab is frozen in every phase, longer than the page waits for a worker',
  async (t) => {
    for (const [phase, reach] of [['loading', async () => {}], ...PHASES]) {
      const site = await Site.make(t, { edits: impatient(SLOW) });
      await site.open({ ready: phase !== 'loading' });
      if (phase !== 'loading') await site.explain(() => site.at('sample-0').click());
      await reach(site);
      const cdp = await site.context.newCDPSession(site.page);
      await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
      await new Promise((later) => setTimeout(later, 6_000));
      await cdp.send('Page.setWebLifecycleState', { state: 'active' });
      if (phase === 'loading') await site.text('status', /^Ready\./);
      if (phase === 'many images') await site.text('many-status', /^10 images explained\.$/);
      await site.slow(0);
      await works(site);
      const error = await site.at('error').getAttribute('data-code');
      assert.equal(error, '', phase);
      assert.deepEqual(site.errors, [], phase);
    }
  },
  { ms: LONG },
);

/**
 * One file of the page comes wrong: the page works, or says what to do; and then, with all files there, it works.
 * @param {{ later(end: () => unknown): void }} t
 * @param {string} file
 * @param {import('../server.mjs').FaultKind} kind
 */
async function without(t, file, kind) {
  const path = new RegExp(`/${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
  const site = await Site.make(t, { faults: [{ path, kind }] });
  try {
    await site.page.goto(`${site.server.origin}/index.html`);
    await site.page.evaluate(() => Object.assign(window, { mark: 'not reloaded' }));
    const stuck = site.page.locator('.stuck');
    const ready = site.text('status', /^Ready\./, 30_000).then(() => 'works');
    const told = site
      .at('error')
      .waitFor({ timeout: 30_000 })
      .then(async () => `tells: ${await site.at('error').textContent()}`);
    const silent = stuck
      .waitFor({ state: 'visible', timeout: 30_000 })
      .then(() => 'says that its program does not run');
    const how = await Promise.any([ready, told, silent]).catch(() =>
      assert.fail(`${file} (${kind}): neither works nor tells`),
    );
    site.server.faults = [];
    if (how === 'works') await works(site);
    else if (how.startsWith('tells') && (await site.at('retry').isVisible())) {
      await site.at('retry').click();
      await site.text('status', /^Ready\./, 30_000).catch(() => site.open());
      await works(site);
    } else {
      await site.open();
      await works(site);
    }
    return how;
  } finally {
    await site.context.close();
    site.server.stop();
  }
}

for (const [kind, name] of /** @type {const} */ ([
  ['page', 'a host that answers with its start page'],
  ['drop', 'the network is cut in the middle'],
])) {
  test(
    `storm: ${name}, for each file in turn`,
    async (t) => {
      const site = await (await Site.make(t)).open();
      const paths = new Set(site.server.asked.map(({ path }) => path.slice(1)));
      await site.context.close();
      const code = [...paths].filter((path) => /\.js$/.test(path) && path !== 'sw.js');
      const others = [...paths].filter((path) => /\.(css|wasm|json|safetensors|svg|webmanifest)$|^sw\.js$/.test(path));
      const ends = new Map();
      const wrong = [];
      for (const file of [...others, ...code]) {
        const how = await without(t, file, kind).catch((thrown) => {
          wrong.push(`${file}: ${String(thrown.message).split('\n', 1)}`);
          return 'WRONG';
        });
        ends.set(how, [...(ends.get(how) ?? []), file]);
      }
      for (const [how, files] of ends) t.note(`\n    ${how}: ${files.length} files, as ${files[0]}`);
      assert.deepEqual(wrong, []);
    },
    { ms: 2 * LONG },
  );
}

test('storm: everything comes in drops', async (t) => {
  const site = await Site.make(t, { faults: [{ path: /./, kind: 'slow' }] });
  await site.open();
  await works(site);
  assert.deepEqual(site.errors, []);
});

test(
  'storm: the network goes while a new build is fetched, file by file',
  async (t) => {
    const root = await mkdtemp(join(tmpdir(), 'peerlight-dist-'));
    t.later(() => rm(root, { recursive: true, force: true }));
    await cp(DIST, root, { recursive: true });
    // The browser's own cache keeps nothing: else a file that came in one round is there in the next, and all is whole.
    const site = await (await Site.make(t, { root })).open();
    await site.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    const before = /v=([0-9a-f]{12})/.exec(await site.page.content())?.[1] ?? '';
    const { createHash } = await import('node:crypto');
    const hash = (/** @type {string} */ html) =>
      createHash('sha256')
        .update(html.match(/<script type="importmap">([^]*?)<\/script>/)?.[1] ?? '')
        .digest('base64');
    for (const file of ['index.html', 'sw.js']) {
      const text = await readFile(join(root, file), 'utf8');
      const changed = text.replaceAll(before, 'abcdefabcdef');
      await writeFile(join(root, file), changed.replace(hash(text), hash(changed)));
    }
    const version = async () => /v=([0-9a-f]{12})/.exec(await site.page.content())?.[1];
    for (const path of [/index\.html$|\/$/, /\.css$/, /main\.js$/, /cpu\/peerlight_bg\.wasm$/, /sw\.js$/]) {
      site.server.faults = [{ path, kind: 'drop' }];
      await site.open();
      await site.page.waitForTimeout(2500);
      assert.ok(
        await site.page
          .getByTestId('update')
          .isHidden()
          .catch(() => true),
        `half a build: ${path}`,
      );
      assert.equal(await version(), before, String(path));
      await works(site);
    }
    site.server.faults = [];
    await site.open();
    await site.at('update').waitFor();
    await Promise.all([site.page.waitForEvent('load'), site.at('update').click()]);
    await site.text('status', /^Ready\./);
    assert.equal(await version(), 'abcdefabcdef');
    assert.ok((await readdir(root)).length > 0);
    await site.explain(() => site.at('sample-0').click());
  },
  { ms: LONG },
);
