import assert from 'node:assert/strict';
import { audit } from '../axe.mjs';
import { near, test } from '../harness.mjs';
import { png } from '../images.mjs';
import { focused, tabTo } from '../keys.mjs';
import { decimal } from '../screen.mjs';
import { Site } from '../site.mjs';

/**
 * Pearson's correlation.
 * @param {number[]} a
 * @param {number[]} b
 */
function correlation(a, b) {
  const mean = (/** @type {number[]} */ v) => v.reduce((sum, x) => sum + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (/** @type {(i: number) => number} */ of) => a.reduce((sum, _, i) => sum + of(i), 0);
  const [ab, aa, bb] = [
    dot((i) => (a[i] - ma) * (b[i] - mb)),
    dot((i) => (a[i] - ma) ** 2),
    dot((i) => (b[i] - mb) ** 2),
  ];
  return ab / Math.sqrt(aa * bb);
}

/** @param {Site} site */
const engines = (site) => site.page.workers().length;

/**
 * Counts the images that the page lets go of.
 * @param {Site} site
 */
const countCloses = (site) =>
  site.page.evaluate(() => {
    const native = Object.getPrototypeOf(window.Worker.prototype);
    const post = native.postMessage;
    Object.assign(window, { closes: 0 });
    native.postMessage = function (message, ...rest) {
      if (message.type === 'close') window.closes += 1;
      return post.call(this, message, ...rest);
    };
  });

test('sides: another class, by keyboard; the maps are correlated and subtracted', async (t) => {
  const site = await (await Site.make(t)).open();
  const left = await site.explain(() => site.at('sample-0').click());
  // What the service worker keeps for later is no part of this.
  const loaded = await site.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  assert.ok(!loaded.some((url) => url.includes('side-by-side/panel.js')), 'loaded before it is wanted');
  await site.at('compare-with').focus();
  await site.page.keyboard.press('Enter');
  await site.at('with-class').waitFor();
  assert.equal((await focused(site)).text, 'Side by side');
  await tabTo(site, /^sides-class$/);
  await site.page.keyboard.type('lynx');
  await site.page.keyboard.press('Enter');
  const said = await site.text('sides-sentence', /^“Egyptian cat” and “lynx” have .* correlate at/);
  const right = await site.last();
  assert.equal(right.target.label, 'lynx');
  const rho = correlation(left.map, right.map);
  assert.match(said, new RegExp(`mutual maps correlate at ${decimal(rho).replace('.', '\\.')} `));
  assert.match(
    said,
    new RegExp(`${decimal(left.agreement)} for Egyptian cat and ${decimal(right.agreement)} for lynx`),
  );
  const painted = await site.at('sides-difference').evaluate((/** @type {HTMLCanvasElement} */ c) => {
    const { data } = /** @type {CanvasRenderingContext2D} */ (c.getContext('2d')).getImageData(0, 0, c.width, c.height);
    return Array.from({ length: data.length / 4 }, (_, i) => [data[4 * i], data[4 * i + 3]]);
  });
  painted.forEach(([, alpha = 0], i) =>
    near(alpha, Math.min(235, 360 * Math.abs(right.map[i] - left.map[i])), 1, `${i}`),
  );
  const rows = await site.at('sides-numbers').locator('tbody tr').allTextContents();
  assert.equal(rows.length, 2 + 2 + 3);
  assert.ok(
    rows.some((row) => row === `Correlation of the whole maps: Mutual map${decimal(rho)}`),
    rows.join('; '),
  );
  // Another setting explains both anew.
  await site.at('grid').fill('5');
  await site.page.waitForFunction(() => seen.last.grid === 5 && seen.last.target.label === 'lynx');
  await audit(site, 'two sides');
  assert.match(await site.page.evaluate(() => location.hash), /^#sample=cat&grid=5&with=class:287$/);
  await site.at('sides-close').click();
  assert.equal((await focused(site)).id, 'compare-with');
  assert.equal(await site.page.locator('peer-sides canvas').count(), 0);
  assert.deepEqual(site.errors, []);
});

test('sides: other networks have an engine of their own, which ends with the comparison', async (t) => {
  const site = await (await Site.make(t)).open();
  const left = await site.explain(() => site.at('sample-0').click());
  const before = engines(site);
  await site.at('compare-with').click();
  await site.at('with-networks').click();
  await site.page
    .locator('peer-sides .way:not([hidden]) button', { hasText: /^EfficientNet-Lite0 \+ EfficientNet-Lite1/ })
    .click();
  const said = await site.text('sides-sentence', /^From left to right, Egyptian cat goes from/);
  assert.equal(engines(site), before + 1);
  const right = await site.last();
  assert.notEqual(right.bundle.sha256, left.bundle.sha256);
  assert.deepEqual([right.target.class, right.target.chosen], [left.target.class, true]);
  assert.match(said, new RegExp(`from ${decimal(left.agreement)} to ${decimal(right.agreement)}`));
  t.note(said);
  await site.at('sides-close').click();
  await site.page.waitForFunction(() => document.querySelector('peer-sides')?.hasAttribute('hidden'));
  for (let i = 0; i < 50 && engines(site) > before; i += 1) await site.page.waitForTimeout(50);
  assert.equal(engines(site), before);
  assert.deepEqual(site.errors, []);
});

test('sides: another image, from the address too, on a phone; it is let go of', async (t) => {
  const site = await Site.make(t, { width: 390, height: 844 });
  await site.page.goto(`${site.server.origin}/index.html#sample=cat&with=coffee`);
  await site.text('sides-sentence', /^Cat: Egyptian cat .* Coffee: espresso .* no places in common\.$/);
  assert.equal(await site.page.evaluate(() => location.hash), '#sample=cat&with=coffee');
  await countCloses(site);
  assert.ok(!(await site.at('sides-difference').isVisible()), 'there is no difference of two images');
  // A phone stacks them.
  await site.page.waitForFunction(() => {
    const [left, right] = ['side-left', 'side-right'].map((id) =>
      document.querySelector(`[data-testid=${id}]`)?.getBoundingClientRect(),
    );
    return left && right && right.top > left.bottom;
  });
  const wide = await site.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px wider than the window`);
  await site.at('with-same-class').check();
  await site.text('sides-sentence', /Coffee: Egyptian cat /);
  // One's own image is in no address.
  await site.at('with-file').setInputFiles(await png('bee'));
  await site.text('sides-sentence', /bee\.png: /);
  assert.equal(await site.page.evaluate(() => location.hash), '#sample=cat');
  assert.equal(await site.page.evaluate(() => window.closes), 1);
  await site.at('sides-close').click();
  await site.page.waitForFunction(() => window.closes === 2);
  assert.deepEqual(site.errors, []);
});
