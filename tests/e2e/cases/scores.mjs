import assert from 'node:assert/strict';
import { picking, run, done, saved, rowOf } from '../comparison.mjs';
import { near, test } from '../harness.mjs';
import { focused } from '../keys.mjs';
import { Site } from '../site.mjs';

test(
  'scores: insertion and deletion as a plot, in words and as a table',
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
    const cam = rowOf({ rows }, 'cam');
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

test('scores: a box drawn, typed and moved by keys; what lies in it', async (t) => {
  const site = await (await Site.make(t)).open();
  await picking(site, ['cam', 'control-ones']);
  await run(site);
  assert.equal(rowOf(await saved(site), 'cam').figures.energy, undefined, 'no box, no score');
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
    rowOf(drawn, 'control-ones').figures.energy,
    share(drawn.box),
    0.01,
    'a map of ones has the box’s share of the image',
  );

  // Two halves hold all of a map.
  const type = async (box) => {
    for (const [i, side] of ['left', 'top', 'right', 'bottom'].entries()) {
      // Firefox's driver would put the number behind the one that is there.
      await site.at(`box-${side}`).press('Control+a');
      await site.at(`box-${side}`).pressSequentially(String(box[i]));
    }
    await site.at('box-bottom').press('Tab');
    await site.page.waitForFunction(
      (text) => document.querySelector('[data-testid=box]').textContent.endsWith(text),
      `${box[0]}, ${box[1]} to ${box[2]}, ${box[3]}`,
    );
    await site.page.waitForTimeout(200);
    await done(site);
    const found = await saved(site);
    assert.deepEqual(found.box, box);
    return rowOf(found, 'cam').figures.energy;
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

test('scores: a map that does not change with the network is marked so', async (t) => {
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
  const last = rowOf({ rows }, 'cam').sanity.layers.at(-1);
  t.note(`CAM's rank correlation with everything shuffled: ${last.spearman.toFixed(2)}`);
  await site.at('view-table').click();
  assert.match(await site.at('row-control-gaussian').textContent(), /no/);
});
