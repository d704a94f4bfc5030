import assert from 'node:assert/strict';
import { near, test } from '../harness.mjs';
import { SLOW, Site, inWorker } from '../site.mjs';
import { audit } from './access.mjs';
import { focused, tabTo } from './keyboard.mjs';

/** A few methods of every price. */
const FEW = ['mutual', 'cam', 'grad-cam', 'layer-cam'];

/**
 * A sample explained, and no methods picked but these.
 * @param {Site} site
 * @param {string[]} ids
 */
async function picking(site, ids) {
  await site.explain(() => site.at('sample-0').click());
  await pick(site, ids);
}

/**
 * @param {Site} site
 * @param {string[]} ids
 */
async function pick(site, ids) {
  const list = site.page.locator('peer-methods details');
  if (!(await list.getAttribute('open').then((open) => open !== null))) await site.at('methods').click();
  for (const box of await site.page.locator('peer-methods input').all()) {
    const id = (await box.getAttribute('data-testid'))?.replace('pick-', '') ?? '';
    await box.setChecked(ids.includes(id));
  }
}

/**
 * Presses the button, and waits until all is done.
 * @param {Site} site
 */
async function run(site) {
  await site.at('compare').click();
  await done(site);
}

/**
 * Waits until all is done; what was done before a click is still on the page for a frame.
 * @param {Site} site
 */
async function done(site) {
  await site.page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  await site.text('compare-status', /^(All \d+ are done|Done)\.$/, 100_000);
}

/** @param {Site} site */
const saved = async (site) => JSON.parse((await site.save('compare-json')).bytes.toString());

/**
 * @param {any} table
 * @param {string} method
 */
const of = (table, method) => table.rows.find((r) => r.method === method);

/**
 * The ids of the cards, in their order.
 * @param {Site} site
 */
const order = (site) =>
  site.page.locator('.cards peer-method').evaluateAll((all) => all.map((n) => n.dataset.testid.replace('card-', '')));

/**
 * @param {Site} site
 * @param {string} id
 * @param {string} figure
 */
const figureOf = (site, id, figure) =>
  site
    .at(`card-${id}`)
    .locator(`[data-figure="${figure}"]`)
    .evaluate((n) => (n.dataset.value === '' ? null : Number(n.dataset.value)));

test('compare: chosen methods, each with its map, cost and scores; the mutual map first', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(() => site.at('sample-0').click());
  assert.ok(await site.page.locator('peer-comparison').isHidden(), 'nothing runs unasked');
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
    assert.match(await card.locator('.cost').textContent(), /^2 forward.*\d (ms|s)$/);
  }
  const [masking] = await site
    .at('masking')
    .locator('option')
    .evaluateAll((all) => all.map((o) => o.value).slice(1));
  await site.at('masking').selectOption(masking);
  const [first, other] = ['top50', masking].map((m) => of({ rows }, 'grad-cam').figures[`average-drop:${m}`]);
  assert.notEqual(other, first);
  await site.page.waitForFunction(
    (value) =>
      Number(document.querySelector('[data-testid=card-grad-cam] [data-figure="average-drop"]').dataset.value) ===
      value,
    other,
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
    const exact = (id) => of(table, id).figures[key];
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
  assert.equal(result.settings.grid, 4);
  await site.slow(0);
  await done(site);
  assert.deepEqual((await saved(site)).rows.map((r) => r.method).sort(), [...FEW, 'occlusion'].sort());
  assert.ok(await site.stillThere());
  assert.deepEqual(site.errors, []);
});

test(
  'compare: insertion and deletion as a plot, in words and as a table',
  async (t) => {
    const site = await (await Site.make(t)).open();
    await picking(site, ['mutual', 'cam', 'control-noise']);
    await run(site);
    assert.match(await site.at('slow').textContent(), /^Measure 3 maps, /);
    await site.at('slow').click();
    await done(site);
    const { rows } = await saved(site);
    for (const { method, curves, figures } of rows) {
      for (const id of ['insertion', 'deletion']) {
        const { x, y } = curves.find((c) => c.id === id);
        assert.deepEqual([x.length, y.length, x[0], x[28]], [29, 29, 0, 1]);
        const area = y.slice(1).reduce((sum, v, i) => sum + (v + y[i]) / 2 / 28, 0);
        near(figures[id], area, 1e-6, `${method}: area of ${id}`);
      }
      const [insertion, deletion] = ['insertion', 'deletion'].map((id) => curves.find((c) => c.id === id).y);
      near(insertion[28], deletion[0], 1e-6, 'both hold the whole image');
      near(insertion[0], deletion[28], 1e-6, 'and nothing but black');
    }
    const by = Object.fromEntries(rows.map((r) => [r.method, r.figures]));
    assert.ok(by.cam.insertion > by['control-noise'].insertion, 'CAM before noise');

    const plot = site.page.locator('svg.plot', { has: site.page.locator('title', { hasText: /^Insertion$/ }) }).first();
    assert.equal(await plot.getAttribute('role'), 'img');
    const described = await plot.evaluate(
      (node) => document.getElementById(node.getAttribute('aria-describedby')).textContent,
    );
    const figure = (v) => Math.abs(v).toFixed(2);
    const cam = of({ rows }, 'cam');
    const y = cam.curves.find((c) => c.id === 'insertion').y;
    assert.ok(described.includes(`${cam.name}: ${[0, 7, 14, 28].map((i) => figure(y[i])).join(', ')}`), described);
    assert.equal(await plot.locator('.line').count(), 3);

    await site.at('curve-table').locator('summary').click();
    const table = site.at('curve-table').locator('table', { hasText: 'Insertion: probability' }).first();
    const [heads, cells] = await table.evaluate((node) => [
      Array.from(node.tHead.rows[0].cells, (c) => c.textContent),
      Array.from(node.tBodies[0].rows, (r) => Array.from(r.cells, (c) => c.textContent)),
    ]);
    assert.equal(cells.length, 29);
    cells.forEach((row, i) => near(Number(row[heads.indexOf(cam.name)]), y[i], 0.0006, `row ${i}`));

    await site.at('line-cam').click();
    await site.page.waitForFunction(() => document.querySelector('svg.plot').querySelectorAll('.line').length === 2);
    assert.equal(await site.at('line-cam').getAttribute('aria-pressed'), 'false');
  },
  { ms: 240_000 },
);

test('compare: a box drawn, typed and moved by keys; what lies in it', async (t) => {
  const site = await (await Site.make(t)).open();
  await picking(site, ['cam', 'control-ones']);
  await run(site);
  assert.equal(of(await saved(site), 'cam').figures.energy, undefined, 'no box, no score');
  await site.at('box').click();
  const square = site.at('box-square');
  await square.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await square.boundingBox();
  const { mouse, keyboard } = site.page;
  await mouse.move(x + 0.25 * width, y + 0.25 * height);
  await mouse.down();
  await mouse.move(x + 0.5 * width, y + 0.5 * height, { steps: 3 });
  await mouse.move(x + 0.75 * width, y + 0.75 * height, { steps: 3 });
  await mouse.up();
  await site.page.waitForFunction(
    () => document.querySelector('[data-testid=card-control-ones] [data-figure="energy"]')?.dataset.value,
  );
  await done(site);
  const drawn = await saved(site);
  const { crop } = drawn;
  const share = ([a, b, c, d]) => ((c - a) * (d - b)) / crop.side ** 2;
  near(share(drawn.box), 0.25, 0.02, 'half the width, half the height');
  near(
    of(drawn, 'control-ones').figures.energy,
    share(drawn.box),
    0.01,
    'a map of ones has the box’s share of the image',
  );

  // Two halves hold all of a map.
  const type = async (box) => {
    for (const [i, side] of ['left', 'top', 'right', 'bottom'].entries())
      await site.at(`box-${side}`).fill(String(box[i]));
    await site.at('box-bottom').press('Tab');
    await site.page.waitForFunction(
      (text) => document.querySelector('[data-testid=box]').textContent.endsWith(text),
      `${box[0]}, ${box[1]} to ${box[2]}, ${box[3]}`,
    );
    await site.page.waitForTimeout(200);
    await done(site);
    const found = await saved(site);
    assert.deepEqual(found.box, box);
    return of(found, 'cam').figures.energy;
  };
  const [left, top, right, bottom] = [crop.x, crop.y, crop.x + crop.side, crop.y + crop.side].map(Math.round);
  const middle = Math.round(crop.x + crop.side / 2);
  const halves = [await type([left, top, middle, bottom]), await type([middle, top, right, bottom])];
  near(halves[0] + halves[1], 1, 1e-5, 'both halves of CAM');
  assert.ok(halves[0] > 0.01 && halves[1] > 0.01, String(halves));

  await site.at('box-frame').focus();
  await keyboard.press('Shift+ArrowLeft');
  await site.page.waitForFunction(
    (r) => !document.querySelector('[data-testid=box]').textContent.includes(` to ${r},`),
    right,
  );
  const before = await site.at('box').textContent();
  await keyboard.press('ArrowLeft');
  assert.notEqual(await site.at('box').textContent(), before);
  assert.match(await site.at('box-frame').getAttribute('aria-label'), /^Box from \d+/);
  await keyboard.press('Delete');
  await site.text('box', /none$/);
  assert.equal((await focused(site)).id, 'box-add');
  await site.at('card-cam').locator('[data-figure="energy"]').waitFor({ state: 'detached' });
});

test('compare: a map that does not change with the network is marked so', async (t) => {
  const site = await (await Site.make(t)).open();
  await picking(site, ['cam', 'control-gaussian']);
  await run(site);
  for (const id of ['cam', 'control-gaussian']) {
    await site.at(`sanity-${id}`).click();
    await site.at(`card-${id}`).getByTestId('verdict').waitFor();
  }
  const marked = (id) => site.at(`card-${id}`).getByTestId('unchanged').isVisible();
  assert.ok(await marked('control-gaussian'));
  assert.ok(!(await marked('cam')));
  assert.match(
    await site.at('card-control-gaussian').getByTestId('verdict').textContent(),
    /^With shuffled weights the map is nearly the same/,
  );
  assert.match(
    await site.at('card-cam').getByTestId('verdict').textContent(),
    /^With shuffled weights the map is different/,
  );
  const { rows } = await saved(site);
  assert.deepEqual(Object.fromEntries(rows.map((r) => [r.method, r.sanity.unchanged])), {
    cam: false,
    'control-gaussian': true,
  });
  const last = of({ rows }, 'cam').sanity.layers.at(-1);
  t.note(`CAM's rank correlation with everything shuffled: ${last.spearman.toFixed(2)}`);
  await site.at('view-table').click();
  assert.match(await site.at('row-control-gaussian').textContent(), /no/);
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
      `compare: axe finds nothing serious, ${scheme}, ${width} wide`,
      async (t) => {
        const site = await (await Site.make(t, { scheme, width, height: 900 })).open();
        await picking(site, ['mutual', 'control-gaussian']);
        await site.at('network-0').check();
        const minor = await audit(site, 'before');
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
        minor.push(...(await audit(site, 'cards')));
        await site.at('view-table').click();
        minor.push(...(await audit(site, 'table')));
        const wide = await site.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${wide} px wider than the window`);
        if (minor.length) t.note(`minor: ${[...new Set(minor)].join(', ')}`);
      },
      { ms: 300_000 },
    );
  }
}
