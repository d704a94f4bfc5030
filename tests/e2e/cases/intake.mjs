import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from '../harness.mjs';
import { png } from '../images.mjs';
import { TEMP } from '../paths.mjs';
import { Site } from '../site.mjs';

/**
 * A paste or a drop, of text and a file in the same transfer.
 * @param {Site} site
 * @param {string} selector
 * @param {{ type: 'paste' | 'drop', text?: string, images?: string[] }} what
 */
async function transfer(site, selector, { type, text = '', images = [] }) {
  return site.page.locator(selector).evaluate(
    async (target, { type, text, images }) => {
      const data = new DataTransfer();
      if (text) data.setData('text/plain', text);
      for (const name of images) {
        const canvas = new OffscreenCanvas(64, 48);
        canvas.getContext('2d').fillRect(0, 0, 30, 30);
        data.items.add(new File([await canvas.convertToBlob()], name, { type: 'image/png' }));
      }
      const how = { bubbles: true, cancelable: true, composed: true };
      const event =
        type === 'paste'
          ? // Firefox gives a made event a clipboard of its own.
            Object.defineProperty(new ClipboardEvent('paste', how), 'clipboardData', { value: data })
          : new DragEvent('drop', { ...how, dataTransfer: data });
      return !target.dispatchEvent(event);
    },
    { type, text, images },
  );
}

test('intake: text that is pasted or dropped into a field stays text, whatever image comes with it', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(() => site.at('sample-0').click());
  const before = await site.results();
  for (const type of /** @type {const} */ (['paste', 'drop'])) {
    const taken = await transfer(site, '[data-testid=target]', { type, text: 'lemon', images: ['cell.png'] });
    assert.equal(taken, false, `${type}: left to the browser`);
  }
  await transfer(site, '[data-testid=target]', { type: 'paste', text: 'lemon' });
  await site.page.waitForTimeout(300);
  assert.equal(await site.results(), before);
  assert.ok(await site.at('error').isHidden());
  assert.equal(await site.at('sample-0').getAttribute('aria-pressed'), 'true');
  // An image alone means the image, also there; and so does one outside of every field.
  for (const [selector, text] of [
    ['[data-testid=target]', ''],
    ['body', 'lemon'],
  ]) {
    const result = await site.explain(() => transfer(site, selector, { type: 'paste', text, images: ['a.png'] }));
    assert.equal(result.image.width, 64);
    await site.explain(() => site.at('sample-0').click());
  }
});

test('intake: folders, several files, and text are told apart', async (t) => {
  const site = await (await Site.make(t)).open();
  const folder = join(TEMP, 'a folder');
  await mkdir(folder, { recursive: true });
  await site.drop(folder);
  await site.text('error', /no image among these files/);

  const cat = await png('cat');
  const notes = join(TEMP, 'notes.txt');
  await writeFile(notes, 'words');
  const labels = join(TEMP, 'labels.csv');
  await writeFile(labels, 'file,class\ncat.png,281\n');
  await site.explain(() => site.drop(labels, cat));
  await site.text('notice', /1 file left out .*: labels\.csv\./);
  await site.explain(() => site.drop(notes, cat, folder));
  t.note(await site.text('notice', /1 file left out/));
  assert.ok((await site.at('error').isHidden()) && (await site.at('many-status').isHidden()));
  await site.explain(() => site.at('sample-1').click());
  assert.ok(await site.at('notice').isHidden(), 'gone with the next image');

  await transfer(site, 'body', { type: 'drop', text: 'lemon' });
  await site.text('error', /not an image file/);
  await transfer(site, 'body', { type: 'paste', text: 'lemon' });
  await site.text('error', /no image on the clipboard/);
});

test('intake: what is left out of several images is named, also while an image is shown', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(() => site.at('sample-0').click());
  const folder = join(TEMP, 'mixed');
  await mkdir(folder, { recursive: true });
  const [cat, bee] = await Promise.all(['cat', 'bee'].map(png));
  await copyFile(cat, join(folder, 'cat.png'));
  await copyFile(bee, join(folder, 'scan-without-ending'));
  for (const name of ['notes.txt', '.hidden.png', 'empty']) await writeFile(join(folder, name), 'words');
  await site.drop(folder);
  const said = await site.text('many-status', /^2 images explained\. 3 files left out/);
  for (const name of ['mixed/notes.txt', 'mixed/.hidden.png', 'mixed/empty']) assert.ok(said.includes(name), said);
  await site.at('many-clear').click();
  await site.drop(cat, bee);
  await site.text('many-status', /^2 images explained\.$/);
});

test('intake: a drop is taken where the page moves beneath the pointer just before it', async (t) => {
  const site = await (await Site.make(t)).open();
  const cat = await png('cat');
  await site.explain(() =>
    // What comes beneath the pointer is told of the drag by a dragenter, and the drop follows without a dragover.
    site.dragged([cat], () =>
      site.page.evaluate(() => {
        const moved = document.createElement('div');
        moved.style.cssText = 'position: fixed; inset: 0';
        document.body.append(moved);
      }),
    ),
  );
});
