import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NAME } from '../browsers.mjs';
import { test } from '../harness.mjs';
import { DIST } from '../paths.mjs';
import { Site } from '../site.mjs';

/** Waits until the page is kept. @param {Site} site */
async function kept(site) {
  await site.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
}

/** The hash of a page's import map. @param {string} html */
function mapHash(html) {
  const [, map = ''] = html.match(/<script type="importmap">([^]*?)<\/script>/) ?? [];
  return createHash('sha256').update(map).digest('base64');
}

/** @param {Site} site */
const version = async (site) => /v=([0-9a-f]{12})/.exec(await site.page.content())?.[1];

test('offline: a page that was visited once works without the network, and says so', async (t) => {
  const site = await (await Site.make(t)).open();
  await kept(site);
  assert.ok(await site.page.locator('peer-offline').isHidden());
  site.server.stop();
  await site.context.setOffline(true);
  await site.text('offline', /You are offline/);
  await site.page.goto(`${site.server.origin}/index.html?grid=5`);
  await site.text('status', /^Ready\./);
  await site.text('offline', /You are offline/);
  const result = await site.explain(() => site.at('sample-0').click());
  assert.equal(result.peers.length, 2);
  assert.equal(await site.page.locator('.samples img').count(), 10);
  const policy = await site.page.evaluate(
    async (build) => {
      const response = await fetch(`pkg/worker.js?v=${build}`);
      return response.headers.get('content-security-policy');
    },
    await version(site),
  );
  assert.match(policy ?? '', /connect-src 'self'/, 'the worker of these times is under the page’s policy');
  await site.context.setOffline(false);
  // Firefox's driver changes what the browser answers, and lets it tell nobody.
  if (NAME !== 'chromium') await site.page.evaluate(() => dispatchEvent(new Event('online')));
  await site.page.locator('peer-offline').waitFor({ state: 'hidden' });
});

test('offline: of the page only what a CPU needs is kept, and the weights once', async (t) => {
  const site = await (await Site.make(t)).open();
  await kept(site);
  const names = await site.page.evaluate(async () => {
    const all = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) all.push(`${name.split(' ')[0]} ${url}`);
    }
    return all;
  });
  assert.ok(names.some((name) => /pkg\/wasm\/cpu\/peerlight_bg\.wasm\?v=/.test(name)));
  assert.deepEqual(
    names.filter((name) => /webgpu/.test(name)),
    [],
  );
  assert.equal(names.filter((name) => /safetensors/.test(name)).length, 1);
  assert.equal(site.server.count(/safetensors/), 1);
});

test('offline: a new build waits until it is wanted, and then replaces the old one whole', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'peerlight-dist-'));
  t.later(() => rm(root, { recursive: true, force: true }));
  await cp(DIST, root, { recursive: true });
  const site = await (await Site.make(t, { root, headers: { 'cache-control': 'max-age=3600' } })).open();
  await kept(site);
  const before = await version(site);
  // Another build: another version in every address, and so another import map.
  const other = 'abcdefabcdef';
  for (const file of ['index.html', 'sw.js']) {
    const text = await readFile(join(root, file), 'utf8');
    const changed = text.replaceAll(String(before), other);
    await writeFile(join(root, file), changed.replace(mapHash(text), mapHash(changed)));
  }
  await site.open();
  assert.equal(await version(site), before, 'the old one serves');
  await site.at('update').waitFor();
  await site.explain(() => site.at('sample-0').click());
  await Promise.all([site.page.waitForEvent('load'), site.at('update').click()]);
  await site.text('status', /^Ready\.|Took/); // The address may know the image that was explained.
  assert.equal(await version(site), other);
  const caches = await site.page.evaluate(() => globalThis.caches.keys());
  assert.equal(caches.filter((name) => name.startsWith('peerlight-page')).length, 1, caches.join());
});

test('offline: a build that is only half on the server is not taken', async (t) => {
  const page = () => '<!doctype html>\n<html><body>Start</body></html>';
  const site = await (
    await Site.make(t, { edits: { 'src/app/hero.svg': page }, types: { '.svg': 'text/html' } })
  ).open();
  await site.page.waitForTimeout(1500);
  const active = () => navigator.serviceWorker.getRegistration().then((found) => Boolean(found?.active));
  assert.equal(await site.page.evaluate(active), false);
});

test('offline: it can be installed, in any folder of a site whose server sends no headers', async (t) => {
  const site = await Site.make(t, { bare: true, mounts: { 'some/folder/': DIST } });
  await site.page.goto(`${site.server.origin}/some/folder/`);
  await site.text('status', /^Ready\./);
  await kept(site);
  const cdp = await site.session();
  const { errors, url } = await cdp.send('Page.getAppManifest');
  assert.deepEqual([errors, new URL(url).pathname], [[], '/some/folder/manifest.webmanifest']);
  const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
  assert.deepEqual(
    installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'),
    [],
  );
  site.server.stop();
  await site.page.reload();
  await site.text('status', /^Ready\./);
});
