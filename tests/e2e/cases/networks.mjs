import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { audit } from '../axe.mjs';
import { test } from '../harness.mjs';
import { png } from '../images.mjs';
import { DIST, FIXTURES, ROOT, TEMP } from '../paths.mjs';
import { Site, inWorker } from '../site.mjs';

/** @param {string} name */
const network = (name) => join(FIXTURES, 'networks', `${name}.onnx`);
/** @param {string} name */
const golden = (name) => join(ROOT, 'tests', 'golden', 'onnx', `${name}.onnx`);
const BUNDLE = join(DIST, 'models', 'lite0-lite1.int8.safetensors');

/** @param {Site} site */
const names = (site) => site.at('pair').textContent();

test('networks: one ONNX file by drop: read, shown, opened, explained alone', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.shown(() => site.at('sample-0').click());
  await site.drop(network('small'));
  const facts = await site.text('model-facts', /3 classes/);
  assert.match(facts, /images of 32 × 32/);
  assert.match(facts, /average pooling and a linear classifier/);
  await site.text('model-classes', /cat; dog/);
  await site.text('networks-said', /One network alone/);
  const result = await site.explain(() => site.openNetworks(1));
  assert.deepEqual([result.peers.length, result.agreement, result.side], [1, null, 32]);
  assert.deepEqual(result.peers[0].top.map((row) => row.label).sort(), ['bird', 'cat', 'dog']);
  assert.match(String(await names(site)), /Networks: small\. They are yours/);
  await site.text('agreement', /^–$/);
  assert.ok(!(await site.at('region-card').isVisible()), 'no region without a second network');
  assert.ok(await site.stillThere());
  assert.deepEqual(await site.page.evaluate(() => seen.violations), []);
  assert.deepEqual(site.errors, []);
});

test('networks: three unlike peers: sizes, layouts, classes', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.drop(network('small'), network('last-axis'), network('any-size'));
  await site.text('networks-open', /^Open 3 networks/);
  const rows = site.at('model');
  assert.equal(await rows.count(), 3);
  // What is open is opened at another size.
  await rows.nth(2).getByTestId('model-size').press('Control+a');
  await rows.nth(2).getByTestId('model-size').pressSequentially('64');
  await rows.nth(2).getByTestId('model-size').press('Enter');
  await rows.nth(2).getByText('64 × 64').waitFor();
  await rows.nth(1).getByTestId('model-preset').selectOption('tf');
  await site.openNetworks(3);
  const result = await site.explain(() => site.at('sample-0').click());
  assert.deepEqual([result.peers.length, result.side], [3, 64]);
  assert.deepEqual(result.regions[0].pairs.length, 3);
  // "cat" is in two of the lists, and the third network explains its own first class.
  const cat = site.page.locator('[data-testid^="top-"] button', { hasText: 'cat' }).first();
  const aimed = await site.explain(() => cat.click());
  assert.equal(aimed.target.label, 'cat');
  assert.deepEqual(
    aimed.peers.map((peer) => peer.has_target),
    [true, false, true],
  );
  await site.text('aim', /last-axis \(class \d\) has no such class/);
  assert.equal(await site.page.locator('[data-testid^="map-"]').count(), 5);
});

test('networks: where no class matches, the page says so', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.drop(network('small'), network('others'));
  await site.openNetworks(2);
  await site.explain(() => site.at('sample-0').click());
  await site.text('aim', /no such class and explains its own first one.*No class of these networks has the same name/);
});

test('networks: what cannot be run is refused by name, and stays out', async (t) => {
  const site = await (await Site.make(t)).open();
  const broken = join(TEMP, 'broken.onnx');
  await writeFile(broken, (await readFile(network('small'))).subarray(0, 3000));
  await site.drop(golden('refused.nonzero'), broken, network('small'));
  await site.text('networks-open', /^Open 1 network/);
  const said = await site.at('model-error').allTextContents();
  assert.match(said[0] ?? '', /NonZero node/);
  assert.match(said[1] ?? '', /damaged/);
  t.note(said[0] ?? '');
  await site.text('networks-said', /2 files cannot be used and stay out/);
  await site.at('model-remove').first().click();
  await site.text('networks-said', /1 file cannot be used and stays out/);
  const pytorch = join(TEMP, 'weights.pth');
  await writeFile(pytorch, 'no network');
  await site.drop(pytorch);
  await site.text('networks-error', /PyTorch file.*torch\.onnx\.export/);
});

test('networks: names of classes in UTF-16, and files that are none or not used', async (t) => {
  const site = await (await Site.make(t)).open();
  const wide = join(TEMP, 'wide.txt');
  await writeFile(wide, Buffer.from('\ufeffKatze\r\nHund\r\nVögel\r\n', 'utf16le'));
  await site.drop(network('small'), wide);
  await site.text('model-classes', /From wide\.txt: Katze; Hund/);
  const latin = join(TEMP, 'latin.txt');
  await writeFile(latin, Buffer.from('Katze\nHund\nV\xf6gel\n', 'latin1'));
  await site.drop(latin);
  await site.text('networks-error', /“latin\.txt” was not read: it is no text in UTF-8 or UTF-16/);
  await site.text('model-classes', /From wide\.txt: Katze; Hund/);
  const doubled = join(TEMP, 'doubled.json');
  await writeFile(doubled, '{"0": "cat", "1": "dog", "1": "bird", "2": "cow"}');
  const notes = join(TEMP, 'notes.pdf');
  await writeFile(notes, 'words');
  await site.drop(network('any-size'), doubled, wide, notes);
  await site.text('networks-error', /wide\.txt was not used/);
  await site
    .at('model-error')
    .filter({ hasText: /key '1' is there twice/ })
    .waitFor();
});

test('networks: a bundle by drop, one of its networks beside an ONNX file', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.drop(BUNDLE, network('small'));
  await site.text('networks-open', /^Open 3 networks/);
  await site.at('model-peer-efficientnet-lite1').uncheck();
  await site.openNetworks(2);
  const result = await site.explain(() => site.at('sample-0').click());
  assert.deepEqual(
    result.peers.map((peer) => peer.name),
    ['EfficientNet-Lite0', 'small'],
  );
  assert.equal(result.side, 224);
});

test('networks: a bundle by its address on this site; another site’s is refused with what to do', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.page.locator('peer-networks summary').click();
  await site.at('network-url').fill('https://example.org/a.onnx');
  await site.at('network-load').click();
  await site.text('networks-error', /may not connect to example\.org.*drop it here/);
  await site.at('network-url').fill('models/lite0-lite1.int8.safetensors');
  await site.at('network-load').click();
  await site.openNetworks(2);
  assert.equal(await site.at('networks-error').isVisible(), false);
  assert.equal((await site.explain(() => site.at('sample-0').click())).peers.length, 2);
  assert.deepEqual(await site.page.evaluate(() => seen.violations), []);
});

test('networks: kept on the device when asked, opened again, and removed', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.drop(network('small'), network('any-size'));
  await site.openNetworks(2);
  assert.deepEqual(await site.page.evaluate(() => caches.has('peerlight-own-networks')), false, 'nothing unasked');
  await site.page.locator('peer-networks summary').click();
  await site.at('networks-keep').check();
  await site.openNetworks(2);
  await site.page.waitForFunction(() => caches.has('peerlight-own-networks'));
  await site.page.locator('[data-testid^="networks-kept-"]').first().waitFor({ state: 'attached' });
  await site.open();
  assert.match(String(await site.page.locator('peer-pair').first().textContent()), /trained as peers/);
  await site.page.locator('peer-networks summary').click();
  await site.page.locator('[data-testid^="networks-kept-"]').check();
  await site.page.getByText('Networks: small + any-size.').first().waitFor();
  assert.equal((await site.explain(() => site.at('sample-0').click())).peers.length, 2);
  await site.page.locator('peer-networks summary').click();
  await site.at('networks-forget').click();
  await site.page.waitForFunction(() => caches.has('peerlight-own-networks').then((there) => !there));
  await site.page.locator('[data-testid^="networks-kept-"]').first().waitFor({ state: 'detached' });
  assert.equal((await site.explain(() => site.at('sample-1').click())).peers.length, 2, 'what is open stays open');
});

test('networks: labels and a description that come along', async (t) => {
  const site = await (await Site.make(t)).open();
  const labels = join(TEMP, 'names.txt');
  const about = join(TEMP, 'last-axis.json');
  await writeFile(labels, 'one\ntwo\nthree\n');
  await writeFile(about, JSON.stringify({ name: 'Last axis', preprocess: 'tf', labels: ['a', 'b', 'c', 'd'] }));
  await site.drop(network('small'), network('last-axis'), labels, about);
  await site.text('networks-open', /^Open 2 networks/);
  const rows = site.at('model');
  assert.match(String(await rows.nth(0).getByTestId('model-classes').textContent()), /names\.txt: one; two/);
  assert.match(String(await rows.nth(1).getByTestId('model-classes').textContent()), /last-axis\.json: a; b/);
  assert.equal(await rows.nth(1).getByTestId('model-preset').inputValue(), 'tf');
  // Four names for three classes are refused, and the guess helps.
  const four = join(TEMP, 'four.txt');
  await writeFile(four, '1: a\n2: b\n3: c\n4: d\n');
  await rows.nth(0).locator('input[type=file]').setInputFiles(four);
  await rows
    .nth(0)
    .getByTestId('model-error')
    .getByText(/3 classes.*4 names/)
    .waitFor();
  await rows.nth(0).getByRole('button', { name: 'Use the guess' }).click();
  await rows.nth(0).getByTestId('model-classes').getByText('cat; dog').waitFor();
});

/** In the worker: networks of the page's visitor never come. */
const HELD = `self.addEventListener('message', (event) => {
  const { type, files } = event.data ?? {};
  if (type === 'load' && files.some(({ options }) => options?.file === 'small')) event.stopImmediatePropagation();
});
`;

test('networks: between those that ship, and back; loading can be stopped', async (t) => {
  const site = await (await Site.make(t, { edits: inWorker(HELD) })).open();
  await site.shown(() => site.at('sample-0').click());
  await site.page.locator('peer-networks summary').click();
  const result = await site.explain(() => site.at('networks-shipped-lite0-lite1').check());
  assert.equal(result.bundle.name, 'EfficientNet-Lite0 + EfficientNet-Lite1');
  assert.match(String(await names(site)), /trained apart/);
  await site.drop(network('small'));
  await site.text('networks-open', /^Open 1 network/);
  await site.at('networks-open').click();
  await site.at('cancel').click();
  await site.text('status', /Stopped\. The earlier networks stay open\./);
  const again = await site.explain(() => site.at('sample-1').click());
  assert.equal(again.peers.length, 2);
});

for (const [width, scheme] of /** @type {const} */ ([
  [390, 'light'],
  [1280, 'dark'],
])) {
  test(`networks: eight of them, ${width} wide, ${scheme}: nothing sticks out, axe finds nothing`, async (t) => {
    const site = await (await Site.make(t, { width, scheme })).open();
    const four = ['small', 'any-size', 'others', 'last-axis'].map(network);
    await site.drop(...four);
    await site.text('networks-open', /^Open 4 networks/);
    await site.drop(...four);
    await site.text('networks-open', /^Open 8 networks/);
    await audit(site, 'eight files');
    await site.openNetworks(8);
    const result = await site.explain(() => site.at('sample-0').click());
    assert.equal(new Set(result.peers.map((peer) => peer.id)).size, 8);
    await audit(site, 'eight networks');
    const wide = await site.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px wider than the window`);
    await site.drop(network('small'));
    await site.text('networks-open', /^Open 9 networks/);
    await site.text('networks-said', /at most 8/);
    assert.ok(await site.at('networks-open').isDisabled());
  });
}

test('networks: a JSON file that names its file of labels, dropped with it or later', async (t) => {
  const site = await (await Site.make(t)).open();
  const about = join(TEMP, 'small.json');
  const labels = join(TEMP, 'animals.txt');
  await writeFile(about, JSON.stringify({ preprocess: 'tf', labels: 'animals.txt' }));
  await writeFile(labels, 'Katze\nHund\nVogel\n');
  await site.drop(network('small'), about, labels);
  await site.text('model-classes', /From small\.json: Katze; Hund/);
  assert.equal(await site.at('model-preset').inputValue(), 'tf');
  assert.ok(await site.at('networks-error').isHidden());
  await site.at('model-remove').click();

  await site.drop(network('small'), about);
  await site.text('model-error', /animals\.txt/);
  await site.drop(labels);
  await site.text('model-classes', /From animals\.txt: Katze; Hund/);
  assert.ok(await site.at('networks-error').isHidden());
  // Names that nothing waits for are told.
  await site.drop(labels);
  await site.text('networks-error', /animals\.txt was not used/);
  // What is taken stands right below the buttons that take it.
  const [take, rows] = await Promise.all(
    ['.take', '.models'].map((name) => site.page.locator(`peer-networks ${name}`).boundingBox()),
  );
  assert.ok(take && rows && take.height < 100 && rows.y - take.y - take.height < 120, `${take?.height} px high`);
  await site.openNetworks(1);
  const result = await site.explain(() => site.at('sample-0').click());
  assert.deepEqual(result.peers[0].top.map((row) => row.label).sort(), ['Hund', 'Katze', 'Vogel']);
  const map = await site.page.locator('peer-maps canvas').first().boundingBox();
  assert.ok(map && map.width <= 400, 'the map of one network alone is no larger than one of several');
});

test('networks: in a folder, with images, and with what is neither', async (t) => {
  const site = await (await Site.make(t)).open();
  const folder = join(TEMP, 'exported');
  await mkdir(join(folder, 'photos'), { recursive: true });
  await copyFile(network('small'), join(folder, 'small.onnx'));
  await writeFile(join(folder, 'names.txt'), 'Katze\nHund\nVogel\n');
  const zip = join(TEMP, 'photos.zip');
  await writeFile(zip, 'PK');
  await site.drop(folder, zip);
  await site.text('model-classes', /From names\.txt: Katze; Hund/);
  await site.text('networks-error', /^1 file was left out .*: photos\.zip\./);
  await site.at('model-remove').click();

  for (const name of ['cat', 'bee']) await copyFile(await png(name), join(folder, 'photos', `${name}.png`));
  await site.drop(folder, zip);
  await site.text('model-classes', /From names\.txt: Katze; Hund/);
  await site.text('many-status', /^2 images explained\. 1 file left out .*: photos\.zip\./);
  // One network alone agrees with nothing.
  await site.openNetworks(1);
  await site.text('many-status', /^Paused at 0 of 2/);
  await site.at('many-pause').click();
  await site.text('many-status', /^2 images explained/);
  const row = site.page.locator('peer-images tbody tr').first();
  assert.deepEqual((await row.locator('td').allTextContents()).slice(-2), ['–', '–']);
});
