import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { Site } from '../site.mjs';
import { checkScreen, decimal } from '../screen.mjs';

/**
 * The colors that the overlay has now.
 * @param {Site} site
 */
const overlay = (site) =>
  site
    .at('overlay')
    .evaluate((c) =>
      Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).reduce(
        (a, v, i) => (a * 31 + v * (i + 1)) % 1000003,
        7,
      ),
    );

test('controls: grid, class and evidence explain anew; the look does not', async (t) => {
  const site = await (await Site.make(t)).open();
  const first = await site.explain(() => site.at('sample-0').click());

  for (const grid of [2, 14]) {
    const result = await site.explain(() => site.at('grid').fill(String(grid)));
    assert.equal(result.regions.length, grid * grid);
    await checkScreen(site, await site.figures());
  }
  await site.explain(() => site.at('grid').fill('7'));

  const second = first.peers[0].top[1];
  const chosen = await site.explain(() => site.at(`top-${first.peers[0].id}`).locator('button').nth(1).click());
  assert.deepEqual(chosen.target, { class: second.class, label: second.label, chosen: true });
  assert.match(await site.text('aim', /chosen by you/), new RegExp(second.label));

  await site.at('target').fill('lemon');
  const lemon = await site.explain(() => site.at('target').press('Enter'));
  assert.equal(lemon.target.label, 'lemon');
  await site.at('target').fill('automatic');
  const found = site.page.getByRole('listbox').getByRole('option');
  assert.deepEqual(await found.allTextContents(), ['Automatic']);
  const back = await site.explain(() => site.at('target').press('Enter'));
  assert.deepEqual(back.target, first.target);
  assert.equal(await site.at('target').inputValue(), `Automatic: ${first.target.label}`);
  assert.match(
    await site.at('aim').textContent(),
    /the class with the highest average probability \(Lite0 [\d.]+%, Lite1 /,
  );
  assert.match(await site.at('pair').textContent(), /trained as peers\. They were trained to agree, /);

  const maps = new Set();
  for (const evidence of ['attention', 'class', 'guided']) {
    const result = await site.explain(() => site.at('evidence').selectOption(evidence));
    assert.equal(result.settings.evidence, evidence);
    maps.add(JSON.stringify(result.peers[0].map));
  }
  assert.equal(maps.size, 3);

  const count = await site.results();
  const painted = new Set();
  for (const color of ['viridis', 'turbo', 'gray', 'cividis']) {
    await site.at('color').selectOption(color);
    await site.page.waitForFunction((c) => document.querySelector('[data-testid=color]').value === c, color);
    painted.add(await overlay(site));
  }
  assert.equal(painted.size, 4, 'four color maps');
  for (const { id } of [...first.peers, { id: 'mutual' }]) {
    await site.at(`show-${id}`).click();
    await site.page.waitForFunction(
      (id) => document.querySelector(`[data-testid="map-${id}"]`)?.getAttribute('aria-pressed') === 'true',
      id,
    );
    painted.add(await overlay(site));
  }
  assert.equal(painted.size, 6, 'three maps');
  await site.at('opacity').fill('0.25');
  await site.page.waitForFunction(() => document.querySelector('.overlay').style.opacity === '0.25');
  await site.at('lines').uncheck();
  await site.page.waitForFunction(() => document.querySelector('.regions').classList.contains('bare'));
  assert.equal(await site.results(), count);
  assert.deepEqual(site.errors, []);
});

test('controls: a region opens on hover, on focus and on a tap', async (t) => {
  const site = await (await Site.make(t, { width: 390, height: 844, touch: true })).open();
  const result = await site.explain(() => site.at('sample-0').tap());
  const title = site.at('region-card').locator('h2');
  const opens = async (row, column, act) => {
    await act(site.at(`region-${row}-${column}`));
    await site.page.waitForFunction(
      (text) => document.querySelector('[data-testid=region-card] h2')?.textContent === text,
      `Row ${row + 1}, column ${column + 1}`,
    );
    const { rho, constant, looks } = result.regions[row * 7 + column];
    const text = await site.at('region-card').locator('.rho').textContent();
    assert.equal(text, looks === 'all' && !constant ? `correlation ${decimal(rho)}` : 'nothing to compare');
  };
  await opens(4, 4, (cell) => cell.hover());
  await opens(6, 0, (cell) => cell.focus());
  await opens(1, 2, (cell) => cell.tap());
  assert.equal(await title.count(), 1);
  const wide = await site.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `the page is ${wide} px wider than a phone`);
});

test('controls: the first region shown is the brightest, wherever the pointer lies', async (t) => {
  const site = await (await Site.make(t)).open();
  const { regions } = await site.explain(() => site.at('sample-0').click());
  const sums = regions.map((r) => r.attention[0] + r.attention[1]);
  const { row, column } = regions[sums.indexOf(Math.max(...sums))];
  assert.equal(await site.at('region-card').locator('h2').textContent(), `Row ${row + 1}, column ${column + 1}`);
});

test("controls: changes on each other's heels end with the last one", async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(() => site.at('sample-0').click());
  await site.at('grid').focus();
  for (let i = 0; i < 5; i += 1) await site.page.keyboard.press('ArrowRight');
  await site.page.waitForFunction(
    () => seen.last.grid === 12 && /Took/.test(document.querySelector('[data-testid=status]').textContent),
  );
  assert.equal(await site.at('regions').getByRole('gridcell').count(), 144);
  await checkScreen(site, await site.figures());
});
