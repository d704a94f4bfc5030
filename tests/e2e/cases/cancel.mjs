import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { SLOW, Site, inWorker } from '../site.mjs';
import { png } from '../images.mjs';

test('cancel: while the weights come, and loading them later', async (t) => {
  const site = await Site.make(t, { faults: [{ path: /safetensors/, kind: 'slow', times: 1 }] });
  await site.open({ ready: false });
  await site.text('amount', /[1-9][\d.]* MB of/);
  await site.at('cancel').click();
  await site.text('status', /stopped/);
  assert.ok(await site.at('error').isHidden());
  await site.at('retry').click();
  await site.text('status', /^Ready\./);
  await site.explain(() => site.at('sample-0').click());
  assert.ok(await site.stillThere());
});

test('cancel: during a computation; the engine stays warm', async (t) => {
  const site = await (await Site.make(t, { edits: inWorker(SLOW) })).open();
  await site.explain(() => site.at('sample-0').click());
  await site.page.evaluate(() => seen.engines.forEach((engine) => Object.assign(engine, { warm: true })));
  await site.slow(500);
  await site.at('sample-1').click();
  await site.text('status', /^Running/);
  const start = performance.now();
  await site.at('cancel').click();
  await site.text('status', /^Stopped\./);
  t.note(`stopped after ${Math.round(performance.now() - start)} ms`);
  assert.equal(await site.results(), 1);
  await site.slow(0);
  await site.explain(() => site.at('retry').click());
  assert.equal((await site.last()).image.width, 600);
  assert.deepEqual(
    await site.page.evaluate(() => [...seen.engines].map(({ warm }) => warm)),
    [true],
    'the same worker',
  );
});

test('cancel: of two images in a row the latter is shown', async (t) => {
  const site = await (await Site.make(t, { edits: inWorker(SLOW) })).open();
  const [cat, coffee, rocket] = [await png('cat'), await png('coffee'), await png('rocket')];
  const done = (width) =>
    site.page.waitForFunction(
      (w) => seen.last?.image.width === w && /Took/.test(document.querySelector('[data-testid=status]').textContent),
      width,
    );
  await site.drop(cat);
  await site.drop(coffee);
  await done(600);
  assert.match((await site.save('save-json')).name, /^coffee-/);

  await site.slow(300);
  await site.drop(cat);
  await site.text('status', /^Running/);
  await site.drop(rocket);
  await site.text('status', /^(Opening|Explaining|Preparing|Running)/);
  await site.slow(0);
  await done(640);
  const { name, bytes } = await site.save('save-json');
  assert.match(name, /^rocket-/);
  assert.equal(JSON.parse(bytes.toString()).image.width, 640);
});

test('cancel: an engine that ended by an error, in work or idle, is started anew', async (t) => {
  const site = await (await Site.make(t, { edits: inWorker(SLOW) })).open();
  const end = async () => (await site.worker()).evaluate(() => setTimeout(() => Promise.reject(new Error('killed'))));
  await site.explain(() => site.at('sample-0').click());
  await end();
  await site.page.waitForTimeout(300);
  await site.explain(() => site.at('sample-1').click());
  await site.slow(500);
  await site.at('sample-0').click();
  await site.text('status', /^Running/);
  await end();
  t.note(await site.text('error', /stopped unexpectedly/));
  await site.explain(() => site.at('retry').click());
  assert.ok(await site.stillThere());
});
