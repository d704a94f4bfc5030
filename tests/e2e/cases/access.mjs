import { audit } from '../axe.mjs';
import { test } from '../harness.mjs';
import { Site } from '../site.mjs';

for (const scheme of /** @type {const} */ (['light', 'dark'])) {
  for (const width of [1280, 390]) {
    test(`access: axe finds nothing, ${scheme}, ${width} wide`, async (t) => {
      const site = await (await Site.make(t, { scheme, width, height: 900 })).open();
      await audit(site, 'empty');
      await site.explain(() => site.at('sample-0').click());
      await audit(site, 'explained');
      for (const details of await site.page.locator('details > summary:visible').all()) await details.click();
      await site.at('target').click();
      await site.page.getByRole('listbox').waitFor();
      await audit(site, 'all open');
      await site.pick({ name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no image') });
      await site.at('error').waitFor();
      await audit(site, 'an error');
    });
  }
}
