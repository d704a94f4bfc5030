import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { SLOW, Site, inWorker } from '../site.mjs';

/** A worker that does by a message what a test cannot do to it in every browser. */
const BY_MESSAGE = `addEventListener('message', (event) => {
  const { end, busy } = event.data ?? {};
  if (end) self.close();
  for (const start = performance.now(); busy && performance.now() - start < busy; );
  if (end || busy) event.stopImmediatePropagation();
});
`;

/**
 * @param {Site} site
 * @param {object} message
 */
const tell = (site, message) =>
  site.page.evaluate((message) => seen.engines.forEach((engine) => engine.postMessage(message)), message);

test('worker: its end without a word is told within seconds, and the next image has another', async (t) => {
  const site = await (await Site.make(t, { edits: inWorker(SLOW + BY_MESSAGE) })).open();
  await site.explain(() => site.at('sample-0').click());
  await site.slow(500);
  await site.at('sample-1').click();
  await site.text('status', /^Running/);
  const start = performance.now();
  await tell(site, { end: true });
  await site.text('error', /The engine stopped answering/);
  const ms = performance.now() - start;
  t.note(`told after ${Math.round(ms)} ms`);
  assert.ok(ms < 10_000);
  await site.explain(() => site.at('retry').click());

  // While it has nothing to do, there is nothing to tell.
  await tell(site, { end: true });
  await site.page.waitForFunction(() => seen.engines.size === 0);
  assert.ok(await site.at('error').isHidden());
  await site.explain(() => site.at('sample-2').click());
  assert.ok(await site.stillThere());
});

test('worker: one that says nothing for long, since it computes, lives on', async (t) => {
  const site = await (await Site.make(t, { edits: inWorker(SLOW + BY_MESSAGE) })).open();
  await site.explain(() => site.at('sample-0').click());
  const start = performance.now();
  await tell(site, { busy: 8_000 });
  await site.explain(() => site.at('sample-1').click());
  t.note(`shown after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  assert.equal(await site.page.evaluate(() => seen.engines.size), 1);
  assert.ok(await site.at('error').isHidden());
});
