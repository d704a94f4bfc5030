import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { ROOT } from '../paths.mjs';
import { Site } from '../site.mjs';

/** What a line of the walkthrough asks for. @type {[RegExp, (site: Site, ...found: string[]) => Promise<unknown>][]} */
const ACTIONS = [
  [/^Open the page\.$/, (site) => site.open()],
  [
    /^Click the region in row (\d+), column (\d+)\.$/,
    async (site, row, column) => {
      const cell = site.at(`region-${Number(row) - 1}-${Number(column) - 1}`);
      await cell.scrollIntoViewIfNeeded();
      const { x, y, width, height } = await cell.boundingBox();
      await site.page.mouse.click(x + width / 2, y + height / 2);
    },
  ],
  [/^Click \*\*(.+)\*\*\.$/, (site, name) => named(site, name).click()],
  [/^Press \*\*(.+)\*\*\.$/, (site, key) => site.page.keyboard.press(key)],
  [/^Move \*\*(.+)\*\* to `(.+)`\.$/, (site, label, value) => site.page.getByLabel(label).first().fill(value)],
  [
    /^Choose \*\*(.+)\*\* under \*\*(.+)\*\*\.$/,
    (site, option, label) => site.page.getByLabel(label, { exact: true }).selectOption({ label: option }),
  ],
];

/**
 * What can be clicked under a name: by what it says, or by what its title begins with.
 * @param {Site} site
 * @param {string} name
 */
function named(site, name) {
  const exact = new RegExp(`^\\s*${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
  const clickable = site.page.locator('button:visible, summary:visible, a:visible');
  return clickable
    .filter({ hasText: exact })
    .or(site.page.locator(`button[title^="${name} ("]`))
    .first();
}

test('walkthrough: docs/walkthrough.md, word for word', async (t) => {
  const text = await readFile(join(ROOT, 'docs', 'walkthrough.md'), 'utf8');
  const lines = text.split('\n').map((line) => line.match(/^(?:\d+\. | {3,4}(?=You see))(.+)$/)?.[1] ?? '');
  const steps = lines.filter(Boolean);
  assert.ok(steps.length > 25, 'the steps were found');
  const site = await Site.make(t);
  for (const step of steps) {
    const seen = step.match(/^You see “(.+)”\.$/)?.[1];
    const found = ACTIONS.map(([like, act]) => ({ like: step.match(like), act })).find(({ like }) => like);
    assert.ok(seen ?? found, `nobody knows how to do this: ${step}`);
    if (found?.like) await found.act(site, ...found.like.slice(1));
    if (!seen) continue;
    await site.page
      .waitForFunction((wanted) => document.body.innerText.includes(wanted), seen, { timeout: 20_000 })
      .catch(() => assert.fail(`not seen: ${step}`));
  }
  t.note(`${steps.length} lines`);
});
