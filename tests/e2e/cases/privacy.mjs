import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { GPU } from '../browsers.mjs';
import { Site } from '../site.mjs';
import { Server } from '../server.mjs';
import { DIST } from '../paths.mjs';
import { png } from '../images.mjs';

test('privacy: nothing leaves the origin, nothing breaks the policy', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(async () => site.pick(await png('cat')));
  await site.explain(() => site.at('sample-2').click());
  await site.explain(() => site.at('grid').fill('9'));
  await site.save('save-png');
  await site.save('save-json');
  await site.at('theme').click();
  const foreign = site.requests.filter(
    (url) => !url.startsWith(`${site.server.origin}/`) && !/^(blob|data):/.test(url),
  );
  assert.deepEqual(foreign, []);
  assert.ok(
    site.requests.some((url) => new URL(url).pathname.endsWith('.wasm')),
    "the worker's requests are seen",
  );
  assert.ok(site.server.asked.every((a) => !/cat\.png/.test(a.path)));
  assert.deepEqual(await site.page.evaluate(() => seen.violations), []);
  assert.deepEqual(site.errors, []);
  t.note(`${site.requests.length} requests`);
});

test('privacy: the policy stops a request to elsewhere, in the page and in its workers', async (t) => {
  const elsewhere = await new Server({ root: DIST }).start();
  t.later(() => elsewhere.stop());
  const site = await (await Site.make(t)).open();
  const send = (/** @type {string} */ url) =>
    fetch(url).then(
      () => 'sent',
      () => 'stopped',
    );
  const url = `${elsewhere.origin}/index.html`;
  assert.equal(await site.page.evaluate(send, url), 'stopped', 'page');
  assert.equal(await (await site.worker()).evaluate(send, url), 'stopped', 'worker');
  assert.deepEqual(elsewhere.asked, []);
});

test('privacy: with a graphics device too', async (t) => {
  const site = await (await Site.make(t, { flags: GPU })).open();
  await site.explain(() => site.at('sample-0').click());
  assert.deepEqual(
    site.requests.filter((url) => !url.startsWith(`${site.server.origin}/`) && !/^(blob|data):/.test(url)),
    [],
  );
  assert.deepEqual(await site.page.evaluate(() => seen.violations), []);
  assert.deepEqual(site.errors, []);
});
