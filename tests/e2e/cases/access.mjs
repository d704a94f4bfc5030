import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from '../harness.mjs';
import { Site } from '../site.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * @param {Site} site
 * @param {string} when
 */
export async function audit(site, when) {
  await site.page.evaluate(axe);
  // Transitions of color must be over before contrast is measured.
  await site.page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((a) => a.effect?.getTiming().iterations !== Infinity)
        .map((a) => a.finished),
    ),
  );
  const { violations } = await site.page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const grave = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  assert.deepEqual(
    grave.map(
      (v) =>
        `${when}: ${v.id}: ${v.help}: ${v.nodes
          .slice(0, 3)
          .map((n) => n.html.slice(0, 160))
          .join(' | ')}`,
    ),
    [],
  );
  return violations.filter((v) => !grave.includes(v)).map((v) => v.id);
}

for (const scheme of /** @type {const} */ (['light', 'dark'])) {
  for (const width of [1280, 390]) {
    test(`access: axe finds nothing serious, ${scheme}, ${width} wide`, async (t) => {
      const site = await (await Site.make(t, { scheme, width, height: 900 })).open();
      const minor = await audit(site, 'empty');
      await site.explain(() => site.at('sample-0').click());
      minor.push(...(await audit(site, 'explained')));
      for (const details of await site.page.locator('details > summary:visible').all()) await details.click();
      await site.at('target').click();
      await site.page.getByRole('listbox').waitFor();
      minor.push(...(await audit(site, 'all open')));
      await site.pick({ name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no image') });
      await site.at('error').waitFor();
      minor.push(...(await audit(site, 'an error')));
      if (minor.length) t.note(`minor: ${[...new Set(minor)].join(', ')}`);
    });
  }
}
