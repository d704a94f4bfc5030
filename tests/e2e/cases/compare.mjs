import assert from 'node:assert/strict';
import { audit } from '../axe.mjs';
import { FEW, picking, pick, run, done, saved, rowOf, order, figureOf } from '../comparison.mjs';
import { near, test } from '../harness.mjs';
import { focused, tabTo } from '../keys.mjs';
import { SLOW, Site, inWorker } from '../site.mjs';

test('compare: chosen methods, each with its map, cost and scores; the mutual map first', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(() => site.at('sample-0').click());
  assert.ok(await site.page.locator('peer-comparison').isHidden(), 'nothing runs unasked');
  await site.page.locator('peer-methods input').first().waitFor({ state: 'attached' });
  const offered = await site.page.locator('peer-methods input').count();
  await pick(site, FEW);
  assert.equal(await site.at('methods').textContent(), `Methods: 4 of ${offered}`);
  assert.match(await site.at('compare').textContent(), /^Compare 4 methods$/);
  assert.match(
    await site.at('compare-status').textContent(),
    /^Takes (about \d+ (s|min)|under a second) on this device\.$/,
  );
  await run(site);
  assert.deepEqual(await order(site), FEW);

  const { rows, explained, bundle, box } = await saved(site);
  assert.deepEqual(
    rows.map((r) => r.method),
    FEW,
  );
  assert.equal(explained.length, 2);
  assert.equal(bundle.sha256.length, 64);
  assert.equal(box, null);
  const cost = Object.fromEntries(
    rows.map(({ method, forward, partial, backward }) => [method, [forward, partial, backward]]),
  );
  assert.deepEqual(cost, { mutual: [2, 0, 0], cam: [2, 0, 0], 'grad-cam': [2, 2, 2], 'layer-cam': [2, 2, 2] });
  for (const row of rows) {
    const { figures, method } = row;
    for (const masking of ['top50', 'soft', 'soft-normalised']) {
      const [drop, gain] = [figures[`average-drop:${masking}`], figures[`average-gain:${masking}`]];
      assert.ok(
        drop >= 0 && drop <= 100 && gain >= 0 && gain <= 100 && (drop === 0 || gain === 0),
        `${method}: ${drop}, ${gain}`,
      );
    }
    assert.ok(figures.complexity > 0 && figures.complexity < 1, method);
    assert.equal(await figureOf(site, method, 'complexity'), figures.complexity);
    assert.equal(await figureOf(site, method, 'average-drop'), figures['average-drop:top50'], 'the first masking');
    assert.equal(row.blank, false);
    const card = site.at(`card-${method}`);
    const [image, map] = await card
      .locator('.over canvas')
      .evaluateAll((all) =>
        all.map((c) => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size),
      );
    assert.ok(image > 50 && map > 50, `${method}: an image and a map`);
    assert.match(
      await card.locator('canvas').first().getAttribute('aria-label'),
      /^Map of .* over the image: brightest /,
    );
    assert.match(await card.locator('.cost').textContent(), /^\d+ passes.*\d (ms|s)$/);
  }
  const maskings = await site
    .at('masking')
    .locator('option')
    .evaluateAll((all) => all.map((o) => o.value).slice(1));
  const drop = (/** @type {string} */ m) => rowOf({ rows }, 'grad-cam').figures[`average-drop:${m}`];
  const masking = maskings.find((m) => drop(m) !== drop('top50'));
  assert.ok(masking, 'a masking that gives another figure');
  await site.at('masking').selectOption(masking);
  await site.page.waitForFunction(
    (value) =>
      Number(document.querySelector('[data-testid=card-grad-cam] [data-figure="average-drop"]').dataset.value) ===
      value,
    drop(masking),
  );

  const lines = (await site.save('compare-csv')).bytes.toString().trim().split('\r\n');
  assert.equal(lines.length, 5);
  assert.equal(lines[1].split(',')[0], 'mutual');
  assert.deepEqual(site.errors, []);
  assert.ok(
    site.requests.every((url) => url.startsWith(site.server.origin) || url.startsWith('blob:')),
    'nothing leaves',
  );
});

test('compare: another network or class gives other maps of the same methods', async (t) => {
  const site = await (await Site.make(t)).open();
  await picking(site, ['cam', 'grad-cam']);
  await run(site);
  const both = await saved(site);
  await site.at('network-0').check();
  await done(site);
  const one = await saved(site);
  assert.deepEqual(one.explained, [both.explained[0]]);
  assert.deepEqual(
    one.rows.map((r) => r.forward),
    [1, 1],
  );
  assert.notEqual(one.rows[0].figures.complexity, both.rows[0].figures.complexity);
  await site.explain(async () => {
    await site.at('target').fill('lemon');
    await site.at('target').press('Enter');
  });
  await done(site);
  const lemon = await saved(site);
  assert.deepEqual(
    lemon.rows.map((r) => r.label),
    ['lemon', 'lemon'],
  );
  assert.notEqual(lemon.rows[0].figures.complexity, one.rows[0].figures.complexity);
});

test('compare: sorted by a column, as cards and as a table', async (t) => {
  const site = await (await Site.make(t)).open();
  await picking(site, FEW);
  await run(site);
  await site.at('view-table').click();
  const column = (key) =>
    site
      .at('ranking')
      .locator(`[data-figure="${key}"]`)
      .evaluateAll((all) => all.map((n) => n.textContent));
  const values = (texts) => texts.map((text) => Number(text.replace('−', '-').replace(/[^\d.-]/g, '')));
  const table = await saved(site);
  const ids = () =>
    site
      .at('ranking')
      .locator('tbody tr')
      .evaluateAll((all) => all.map((n) => n.dataset.testid.replace('row-', '')));
  for (const [key, best] of /** @type {const} */ ([
    ['complexity', 'ascending'],
    ['adcc', 'descending'],
  ])) {
    const head = site.at(`head-${key}`);
    const exact = (id) => rowOf(table, id).figures[key];
    await head.click();
    await site.page.locator(`th[aria-sort="${best}"]`, { has: head }).waitFor();
    const sorted = (await ids()).map(exact);
    const up = [...sorted].sort((a, b) => (best === 'ascending' ? a - b : b - a));
    assert.deepEqual(sorted, up);
    assert.ok(new Set(sorted).size > 1, 'there was something to sort');
    values(await column(key)).forEach((shown, i) => near(shown, sorted[i], 0.0006, `${key} as shown`));
    await head.press('Enter');
    await site.page
      .locator(`th[aria-sort="${best === 'ascending' ? 'descending' : 'ascending'}"]`, { has: head })
      .waitFor();
    assert.deepEqual((await ids()).map(exact), up.reverse());
    assert.equal((await focused(site)).id, `head-${key}`, 'the head keeps the focus');
  }
  const rows = await ids();
  await site.at('view-cards').click();
  await site.page.locator('.cards').waitFor();
  assert.deepEqual(await order(site), rows, 'cards in the table’s order');
  await site.at('sort').selectOption('');
  await site.page.waitForFunction(() => document.querySelector('[data-testid=sort-turn]').hidden);
  assert.deepEqual(await order(site), FEW);
});

test('compare: stopped in the middle, and gone on with; the explanation comes first', async (t) => {
  const site = await (await Site.make(t, { edits: inWorker(SLOW) })).open();
  await picking(site, [...FEW, 'occlusion']);
  await site.slow(150);
  await site.at('compare').click();
  const stop = site.at('compare-stop');
  await stop.waitFor();
  assert.match(await site.text('compare-count', /^\d+ of \d+$/), /^\d+ of /);
  await site.page.waitForFunction(() =>
    /: \d+ of \d+/.test(document.querySelector('[data-testid=card-occlusion] .step')?.textContent ?? ''),
  );
  const start = performance.now();
  await stop.click();
  await site.at('run-occlusion').waitFor();
  const took = performance.now() - start;
  t.note(`stopped in ${Math.round(took)} ms`);
  assert.ok(await site.page.locator('peer-start progress').isHidden());
  await site.page.waitForTimeout(600);
  assert.ok(await site.at('run-occlusion').isVisible(), 'it stays stopped');

  // Another grid while the comparison runs: the explanation does not wait for it, and it goes on by itself.
  await site.at('compare').click();
  await stop.waitFor();
  await site.slow(20);
  const result = await site.explain(() => site.at('grid').fill('4'));
  assert.equal(result.grid, 4);
  await site.slow(0);
  await done(site);
  assert.deepEqual((await saved(site)).rows.map((r) => r.method).sort(), [...FEW, 'occlusion'].sort());
  assert.ok(await site.stillThere());
  assert.deepEqual(site.errors, []);
});

test('compare: by keyboard alone', async (t) => {
  const site = await (await Site.make(t, { edits: inWorker(SLOW) })).open();
  const { keyboard } = site.page;
  await picking(site, []);
  assert.ok(await site.at('compare').isDisabled());
  assert.match(await site.at('compare-status').textContent(), /^Pick a method\./);
  await site.at('methods').focus();
  for (const id of ['mutual', 'cam']) {
    await tabTo(site, new RegExp(`^pick-${id}$`));
    await keyboard.press('Space');
  }
  await site.slow(300);
  await tabTo(site, /^compare$/);
  await keyboard.press('Enter');
  await site.page.waitForFunction(() => document.activeElement.dataset.testid === 'compare-stop');
  await keyboard.press('Escape');
  await site.page.waitForFunction(() => document.activeElement.dataset.testid === 'compare');
  await site.slow(0);
  await keyboard.press('Enter');
  await done(site);
  await tabTo(site, /^view-table$/);
  await keyboard.press('Enter');
  await site.at('head-adcc').waitFor();
  await tabTo(site, /^head-adcc$/);
  await keyboard.press('Enter');
  await site.page.locator('th[aria-sort]', { has: site.at('head-adcc') }).waitFor();
  await tabTo(site, /^sanity-/);
});

for (const scheme of /** @type {const} */ (['light', 'dark'])) {
  for (const width of [1280, 390]) {
    test(
      `compare: axe finds nothing, ${scheme}, ${width} wide`,
      async (t) => {
        const site = await (await Site.make(t, { scheme, width, height: 900 })).open();
        await picking(site, ['mutual', 'control-gaussian']);
        await site.at('network-0').check();
        await audit(site, 'before');
        await run(site);
        await site.at('sanity-control-gaussian').click();
        await site.at('card-control-gaussian').getByTestId('verdict').waitFor();
        await site.at('slow').click();
        await done(site);
        await site.at('box').click();
        await site.at('box-add').click();
        await done(site);
        await site.page.evaluate(() =>
          document.querySelectorAll('#compare details').forEach((details) => Object.assign(details, { open: true })),
        );
        await audit(site, 'cards');
        await site.at('view-table').click();
        await audit(site, 'table');
        const wide = await site.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${wide} px wider than the window`);
      },
      { ms: 300_000 },
    );
  }
}
