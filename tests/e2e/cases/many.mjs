import assert from 'node:assert/strict';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { audit } from '../axe.mjs';
import { near, test } from '../harness.mjs';
import { png, sampleFiles } from '../images.mjs';
import { residentOf } from '../memory.mjs';
import { native } from '../native.mjs';
import { TEMP } from '../paths.mjs';
import { Site } from '../site.mjs';

/**
 * A folder of class folders.
 * @param {string} name
 * @param {Record<string, string>} files paths within it, and what is copied there
 */
async function folder(name, files) {
  const root = join(TEMP, name);
  await rm(root, { recursive: true, force: true });
  for (const [path, from] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await copyFile(from, join(root, path));
  }
  return root;
}

/** The paths of the listed rows, from the top. */
const paths = (site) =>
  site
    .at('many-rows')
    .locator('tr[data-path]')
    .evaluateAll((all) => all.map((r) => r.dataset.path));

const finished = (site, n) => site.text('many-status', new RegExp(`^${n} images explained`));

test('many: files picked are explained, and their figures are the command line’s', async (t) => {
  const site = await (await Site.make(t)).open();
  const files = await Promise.all(['cat', 'bee', 'coffee', 'citrus'].map(png));
  await site.at('file').setInputFiles(files);
  await finished(site, 4);
  const saved = JSON.parse((await site.save('many-json')).bytes.toString());
  const others = await native([...files].sort());
  saved.images.forEach((image, i) => {
    near(image.agreement, others[i].agreement, 1e-3, image.file);
    assert.equal(image.target.label, others[i].target.label);
    image.peers.forEach((peer, k) =>
      near(peer.top[0].probability, others[i].peers[k].top[0].probability, 1e-3, peer.id),
    );
  });
  const { name, bytes } = await site.save('many-csv');
  const [head, ...lines] = bytes.toString().trim().split('\n');
  assert.deepEqual([name, lines.length], ['images-peerlight.csv', 4]);
  assert.match(head, /^file,label,efficientnet-lite0 answer,.*,agreement,answers differ,error$/);

  // Those whose networks differ come first, and of these the ones whose maps agree least.
  const differ = (image) => new Set(image.peers.map((p) => p.top[0].class)).size > 1;
  const rank = (image) => (differ(image) ? 2 : 0) - image.agreement;
  const byFile = Object.fromEntries(saved.images.map((image) => [image.file, image]));
  const order = (await paths(site)).map((path) => rank(byFile[path]));
  assert.deepEqual(
    order,
    [...order].sort((a, b) => b - a),
  );

  await site.at('many-sort-agreement').click();
  // The table is drawn anew with the next frame.
  await site.page.evaluate(() => new Promise((go) => requestAnimationFrame(() => setTimeout(go, 200))));
  const up = (await paths(site)).map((path) => byFile[path].agreement);
  assert.deepEqual(
    up,
    [...up].sort((a, b) => a - b),
  );
  await site.at('many-filter').fill('espresso');
  await site.page.waitForFunction(() => document.querySelectorAll('peer-images tr[data-path]').length === 1);
  assert.deepEqual(await paths(site), ['coffee.png']);
  await site.at('many-filter').fill('');
  await site.at('many-grouped').check();
  await site.page.locator('peer-images tr.group').first().waitFor();
  const groups = await site.page.locator('peer-images tr.group').allTextContents();
  assert.equal(groups.length, new Set(saved.images.map((image) => image.target.label)).size);
  await audit(site, 'many images');

  // A row opens its image.
  await site.at('many-grouped').uncheck();
  const result = await site.explain(() => site.page.locator('tr[data-path="bee.png"] button').click());
  assert.equal(result.target.label, byFile['bee.png'].target.label);
  assert.deepEqual(site.errors, []);
});

test('many: a folder of class folders gives accuracy, and a list of labels goes before it', async (t) => {
  const site = await (await Site.make(t)).open();
  const [cat, bee, coffee] = await Promise.all(['cat', 'bee', 'coffee'].map(png));
  const root = await folder('labeled', { 'bee/1.png': bee, 'bee/2.png': cat, 'espresso/3.png': coffee });
  await writeFile(join(root, 'broken.jpg'), 'no image');
  await site.drop(root);
  await site.text('many-status', /^3 images explained, 1 not read/);
  const text = await site.text('many-accuracy', /^Right by the labels: Lite0 66\.7% \(2 of 3\), Lite1 66\.7%/);
  t.note(text);
  await site.at('many-only').selectOption('wrong');
  assert.deepEqual(await paths(site), ['labeled/bee/2.png']);
  await site.at('many-only').selectOption('failed');
  assert.deepEqual(await paths(site), ['labeled/broken.jpg']);

  await site.at('many-clear').click();
  const list = join(TEMP, 'labels.csv');
  await writeFile(list, 'path,class\n"cat.png","tiger cat"\nbee.png,bee\n');
  await site.at('file').setInputFiles([cat, bee, list]);
  await finished(site, 2);
  await site.text('many-accuracy', /\(. of 2\)/);
});

test('many: folders named by WordNet ids or with underscores have the command line’s classes', async (t) => {
  const site = await (await Site.make(t)).open();
  const [bee, coffee, citrus] = await Promise.all(['bee', 'coffee', 'citrus'].map(png));
  const root = await folder('wordnet', {
    'n02206856/1.png': bee,
    'n07920052/2.png': coffee,
    'n02206856/3.png': citrus,
    'french-loaf/4.png': bee,
    'n99999999/5.png': bee,
  });
  await site.drop(root);
  await finished(site, 5);
  await site.text('many-accuracy', /\(\d of 4\)/);
  const { images } = JSON.parse((await site.save('many-json')).bytes.toString());
  const labels = Object.fromEntries(images.map(({ file, label }) => [file.split('/')[2], label?.label ?? null]));
  assert.deepEqual(labels, {
    '1.png': 'bee',
    '2.png': 'espresso',
    '3.png': 'bee',
    '4.png': 'French loaf',
    '5.png': null,
  });
});

test('many: pause, go on, cancel', async (t) => {
  const site = await (await Site.make(t)).open();
  const files = await sampleFiles();
  await site.at('file').setInputFiles(files);
  await site.text('many-status', /^[1-9]\d* of 10/);
  await site.at('many-pause').click();
  const paused = await site.text('many-status', /^Paused at \d+ of 10/);
  await site.page.waitForTimeout(1500);
  assert.equal(await site.at('many-status').textContent(), paused, 'nothing goes on');
  await site.at('many-pause').click();
  await site.text('many-status', /^\d+ of 10, .* left/);
  // What would be lost with the page is asked for first, and not any more when nothing waits.
  const leaves = () => site.page.evaluate(() => dispatchEvent(new Event('beforeunload', { cancelable: true })));
  assert.equal(await leaves(), false, 'the browser asks');
  const start = await site.page.evaluate(() => performance.now());
  await site.at('many-cancel').click();
  await site.text('many-status', /^\d+ images? explained\.$/);
  const took = (await site.page.evaluate(() => performance.now())) - start;
  t.note(`cancelled in ${Math.round(took)} ms`);
  const done = Number((await site.at('many-status').textContent())?.split(' ')[0]);
  assert.equal((await paths(site)).length, done, 'what is done stays');
  assert.equal(await leaves(), true);
  // The page is as usable as before.
  await site.explain(() => site.at('sample-1').click());
});

const MANY = Number(process.env.PEERLIGHT_MANY ?? 40);

test(
  'many: memory stays flat, and the page is never busy for long',
  async (t) => {
    const site = await (await Site.make(t)).open();
    const samples = await sampleFiles();
    const names = Array.from({ length: MANY }, (_, i) => [`${i}.jpg`, samples[i % samples.length]]);
    const root = await folder('many', Object.fromEntries(names));
    await site.page.evaluate(() => {
      const busy = { longest: 0 };
      Object.assign(window, { busy });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) busy.longest = Math.max(busy.longest, duration);
      }).observe({ type: 'longtask' });
    });
    const cdp = await site.browserSession();
    const start = await site.page.evaluate(() => performance.now());
    await site.at('folder').setInputFiles(root);
    await site.text('many-status', new RegExp(`^${MANY / 5}\\d* of`), 600_000);
    const early = await residentOf(cdp);
    await site.text('many-status', new RegExp(`^${MANY} images explained`), 1_200_000);
    const late = await residentOf(cdp);
    const took = (await site.page.evaluate(() => performance.now())) - start;
    const longest = await site.page.evaluate(() => busy.longest);
    t.note(`${MANY} images, ${Math.round(took / MANY)} ms each; ${early.toFixed(0)} MB, then ${late.toFixed(0)} MB`);
    t.note(`longest task ${Math.round(longest)} ms`);
    assert.ok(late < 1.1 * early + 10, `${early} MB, then ${late} MB`);
  },
  { ms: 1_500_000 },
);

test('many: labels that come later, and those that say nothing of these images or networks', async (t) => {
  const site = await (await Site.make(t)).open();
  const [cat, bee] = await Promise.all(['cat', 'bee'].map(png));
  await site.drop(cat, bee);
  await finished(site, 2);
  const table = join(TEMP, 'later.csv');
  await writeFile(table, 'file;class\nbee.png;bee\ncat.png;Stubentiger\nelsewhere.png;bee\n');
  await site.drop(table);
  await site.text('many-accuracy', /1 of 1/);
  const said = await site.text('many-status', /images that are not here: elsewhere\.png\./);
  assert.match(said, /No classes of these networks: Stubentiger\./);
  assert.ok(await site.at('error').isHidden());
  assert.equal(await paths(site).then((all) => all.length), 2);
});
