import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { SLOW, Site, inWorker } from '../site.mjs';
import { focused, tabTo } from '../keys.mjs';
import { decimal } from '../screen.mjs';

test('keyboard: the whole way without a mouse', async (t) => {
  const site = await Site.make(t, { edits: inWorker(SLOW) });
  await site.open();
  const { keyboard } = site.page;
  await keyboard.press('Tab');
  assert.match((await focused(site)).text, /^Skip/);
  await tabTo(site, /^file$/);
  await tabTo(site, /^sample-0$/);
  const result = await site.explain(() => keyboard.press('Enter'));

  const steps = await tabTo(site, /^region-\d+-\d+$/);
  t.note(`${steps} tabs from the sample to the regions`);
  await keyboard.press('Control+Home');
  const spoken = async (row, column) => {
    const { id, label } = await focused(site);
    assert.equal(id, `region-${row}-${column}`);
    const { rho, constant } = result.regions[row * 7 + column];
    assert.ok(label.includes(constant ? 'no correlation' : `correlation ${decimal(rho)}`), label);
  };
  const walk = [
    ['ArrowRight', 0, 1],
    ['ArrowDown', 1, 1],
    ['End', 1, 6],
    ['ArrowRight', 1, 6],
    ['PageDown', 6, 6],
    ['ArrowUp', 5, 6],
    ['Home', 5, 0],
    ['ArrowLeft', 5, 0],
    ['PageUp', 0, 0],
    ['Control+End', 6, 6],
  ];
  for (const [key, row, column] of walk) {
    await keyboard.press(String(key));
    await spoken(row, column);
  }
  const roles = await site.page.evaluate(() => [
    document.activeElement.getAttribute('role'),
    document.activeElement.parentElement.getAttribute('role'),
    document.activeElement.closest('[role=grid]').getAttribute('aria-rowcount'),
  ]);
  assert.deepEqual(roles, ['gridcell', 'row', '7']);

  await tabTo(site, /^save-json$/);
  const { name } = await site.saved(() => keyboard.press('Enter'));
  assert.match(name, /^Cat-peerlight\.json$/);

  await tabTo(site, /^target$/);
  await keyboard.type('tiger cat');
  const cat = await site.explain(() => keyboard.press('Enter'));
  assert.equal(cat.target.label, 'tiger cat');

  await tabTo(site, /^grid$/);
  await site.slow(1500);
  const before = await site.results();
  await keyboard.press('ArrowRight');
  await site.text('status', /^(Explaining|Mutual map)/);
  await keyboard.press('Escape');
  await site.text('status', /^Stopped\./);
  await tabTo(site, /^retry$/, 'Shift+Tab');
  await site.slow(0);
  const again = await site.explain(() => keyboard.press('Enter'));
  assert.equal(again.grid, 8);
  assert.equal(await site.results(), before + 1, 'the cancelled one gave no answer');
});

test('keyboard: focus is visible on every control', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(() => site.at('sample-0').click());
  await site.page.evaluate(() => {
    document.activeElement?.blur();
    document.querySelector('.skip').focus();
  });
  const dull = new Set();
  for (let i = 0; i < 60; i += 1) {
    await site.page.keyboard.press('Tab');
    const found = await site.page.evaluate(() => {
      const node = document.activeElement;
      if (!node || node === document.body) return 'end';
      const seen = (/** @type {Element | null} */ n) => {
        if (!n) return false;
        const s = getComputedStyle(n);
        return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== 'none';
      };
      return seen(node) || seen(node.nextElementSibling) || seen(node.parentElement)
        ? ''
        : node.outerHTML.slice(0, 120);
    });
    if (found === 'end') break;
    if (found) dull.add(found);
  }
  assert.deepEqual([...dull], []);
});
