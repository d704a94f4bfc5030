import assert from 'node:assert/strict';
import { join } from 'node:path';
import { audit } from '../axe.mjs';
import { near, test } from '../harness.mjs';
import { FIXTURES } from '../paths.mjs';
import { decimal } from '../screen.mjs';
import { Site } from '../site.mjs';

/**
 * The frame's scale, from its contents, and how far it is scrolled.
 * @param {Site} site
 */
const frame = (site) =>
  site.at('frame').evaluate((f) => ({ scale: f.scrollWidth / f.clientWidth, left: f.scrollLeft, top: f.scrollTop }));

/** @param {Site} site */
const mapSide = (site) => site.at('overlay').evaluate((/** @type {HTMLCanvasElement} */ c) => c.width);

test('zoom: wheel, keys, buttons and a double click; a drag pans; the map is as fine as the image', async (t) => {
  const site = await (await Site.make(t)).open();
  const { side, image } = await site.explain(() => site.at('sample-0').click());
  const box = await site.at('frame').boundingBox();
  assert.ok(box);
  const [x, y] = [box.x + 0.5 * box.width, box.y + 0.5 * box.height];
  await site.page.mouse.move(x, y);
  await site.page.keyboard.down('Control');
  await site.page.mouse.wheel(0, -300);
  await site.page.keyboard.up('Control');
  await site.page.waitForFunction(() => document.querySelector('[data-testid=zoom-reset]')?.textContent !== '100%');
  near((await frame(site)).scale, Math.exp(0.75), 0.01, 'scale');
  assert.equal(await mapSide(site), Math.max(side, Math.round(image.crop.side)));
  const before = await frame(site);
  await site.page.mouse.down();
  await site.page.mouse.move(x - 60, y - 40, { steps: 4 });
  await site.page.mouse.up();
  const after = await frame(site);
  near(after.left - before.left, 60, 1, 'dragged to the left');
  near(after.top - before.top, 40, 1, 'dragged up');
  assert.ok(!(await site.at('pinned').isVisible()), 'a drag is no click');
  await site.at('region-0-0').focus();
  assert.deepEqual((await frame(site)).top, 0, 'the focus brings its region into sight');
  await site.page.keyboard.press('0');
  assert.equal((await frame(site)).scale, 1);
  assert.equal(await mapSide(site), side);
  await site.page.keyboard.press('+');
  near((await frame(site)).scale, 1.5, 0.01, 'by a key');
  await site.at('zoom-reset').click();
  await site.doubleClick('region-3-3');
  near((await frame(site)).scale, 2, 0.01, 'by a double click');
  await site.shown(() => site.at('sample-1').click());
  assert.equal((await frame(site)).scale, 1, 'another image is shown whole');
  assert.deepEqual(site.errors, []);
});

test('zoom: the square that the networks see is resized on the image', async (t) => {
  const site = await (await Site.make(t)).open();
  const first = await site.explain(() => site.at('sample-0').click());
  const box = await site.at('regions').boundingBox();
  const corner = await site.at('crop-size').boundingBox();
  assert.ok(box && corner);
  await site.page.mouse.move(corner.x + 8, corner.y + 8);
  await site.page.mouse.down();
  const [left, up] = [0.2 * box.width, 0.25 * box.height];
  await site.page.mouse.move(corner.x + 8 - left, corner.y + 8 - up, { steps: 4 });
  const smaller = await site.explain(() => site.page.mouse.up());
  const { width, height, crop } = smaller.image;
  // The farther of the two ways from the center counts: 0.3 of a side, from 0.5.
  near(crop.side / first.image.crop.side, 0.6, 0.01, 'the side');
  near(crop.x + crop.side / 2, width / 2, 0.51, 'the center');
  near(crop.y + crop.side / 2, height / 2, 0.51, 'the center');
  assert.match(await site.page.evaluate(() => location.hash), /^#sample=cat&crop=0\.\d+$/);
  assert.deepEqual(site.errors, []);
});

test('zoom: the square that the networks see is moved on the image', async (t) => {
  const site = await (await Site.make(t)).open();
  const first = await site.explain(() => site.at('sample-0').click());
  const box = await site.at('regions').boundingBox();
  const handle = await site.at('crop-place').boundingBox();
  assert.ok(box && handle);
  const [x, y] = [handle.x + 8, handle.y + 8];
  await site.page.mouse.move(x, y);
  await site.page.mouse.down();
  // Firefox's driver refuses a place outside the window.
  await site.page.mouse.move(Math.max(0, x - box.width), y + 0.01 * box.height, { steps: 4 });
  const moved = await site.explain(() => site.page.mouse.up());
  assert.equal(moved.image.crop.x, 0, 'as far to the left as the image goes');
  assert.equal(moved.image.crop.side, first.image.crop.side);
  const address = await site.page.evaluate(() => location.hash);
  assert.match(address, /^#sample=cat&across=0(&down=0\.\d+)?$/);
  await site.text('trust', /of the test photos, the networks saw the center/);
  const other = await site.explain(() => site.at('sample-1').click());
  near(
    other.image.crop.x + other.image.crop.side / 2,
    other.image.width / 2,
    0.51,
    'another image begins in its center',
  );
  // The address brings the square back.
  const again = await Site.make(t);
  await again.page.goto(`${again.server.origin}/index.html${address}`);
  await again.text('trust', /of the test photos, the networks saw the center/);
  assert.deepEqual((await again.last()).image, moved.image);
  assert.deepEqual([...site.errors, ...again.errors], []);
});

test('zoom: a click keeps a region; the image alone; presenting', async (t) => {
  const site = await (await Site.make(t)).open();
  const result = await site.explain(() => site.at('sample-1').click());
  const title = () => site.at('region-card').locator('h2').textContent();
  await site.at('region-2-2').click();
  await site.at('pinned').waitFor();
  await site.at('region-5-5').hover();
  assert.equal(await title(), 'Row 3, column 3');
  await site.page.keyboard.press('Escape');
  await site.at('pinned').waitFor({ state: 'hidden' });
  await site.at('region-4-5').hover();
  await site.page.waitForFunction(() =>
    /Row 5, column 6/.test(document.querySelector('peer-region')?.textContent ?? ''),
  );
  // The numbers are those of the shown map, as the legend says.
  await site.at(`show-${result.peers[1].id}`).click();
  await site.text('legend', /Color: where Lite1 looks least.*Numbers: how strongly/);
  const numbers = await site.at('regions').getByRole('gridcell').allTextContents();
  assert.deepEqual(
    numbers,
    result.regions.map(({ attention }) => decimal(attention[1])),
  );
  await site.at('show-image').click();
  await site.at('overlay').waitFor({ state: 'hidden' });
  await site.at('show-mutual').click();
  await site.at('present').click();
  await site.text('present-answers', /^Both networks say espresso \(/);
  await site.text('present-agreement', new RegExp(`local agreement ${decimal(result.agreement)}\\)\\.$`));
  assert.ok(!(await site.at('agreement').isVisible()));
  const size = await site.at('region-3-3').evaluate((cell) => parseFloat(getComputedStyle(cell).fontSize));
  assert.ok(size >= 13, `numbers of ${size} px`);
  await audit(site, 'presenting');
  await site.page.keyboard.press('Escape');
  await site.at('agreement').waitFor();
  assert.deepEqual(site.errors, []);
});

test('zoom: of three networks, the agreement of each pair, and its regions', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(() => site.at('sample-0').click());
  assert.ok(!(await site.at('matrix').isVisible()), 'two networks are one pair');
  await site.drop(...['small', 'last-axis', 'any-size'].map((name) => join(FIXTURES, 'networks', `${name}.onnx`)));
  await site.text('networks-open', /^Open 3 networks/);
  const { regions, agreement } = await site.explain(() => site.at('networks-open').click());
  const buttons = site.at('matrix').locator('button');
  const shown = await buttons.evaluateAll((all) => all.map((b) => [Number(b.dataset.pair), b.textContent]));
  const means = [0, 1, 2].map((k) => regions.reduce((sum, { pairs }) => sum + pairs[k], 0) / regions.length);
  near((means[0] + means[1] + means[2]) / 3, agreement, 1e-5, 'the agreement is the mean of the pairs');
  const expected = [0, 1, 0, 2, 1, 2].map((k) => [k, decimal(means[k] ?? 0)]);
  assert.deepEqual(shown, expected);
  await buttons.nth(1).press('Enter');
  await site.text('legend', /how alike the maps of small and any-size are/);
  const numbers = await site.at('regions').getByRole('gridcell').allTextContents();
  regions.forEach(({ pairs, constant }, i) => constant || assert.equal(numbers[i], decimal(pairs[1])));
  await audit(site, 'a matrix');
  await buttons.nth(1).press('Enter');
  await site.text('legend', /how alike the networks’ maps are/);
  assert.deepEqual(site.errors, []);
});
