import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromiumOnly } from '../browsers.mjs';
import { near, test } from '../harness.mjs';
import { png, temp } from '../images.mjs';
import { compare, native } from '../native.mjs';
import { TEMP } from '../paths.mjs';
import { Site } from '../site.mjs';

const run = promisify(execFile);

test('keep: everything in one file, and a manifest that gives the command line the same numbers', async (t) => {
  const site = await (await Site.make(t)).open();
  const file = await png('raccoon');
  await site.explain(() => site.pick(file));
  await site.explain(() => site.at('grid').fill('5'));
  await site.explain(() => site.at('evidence').selectOption('attention'));
  await site.at('more-settings').locator('summary').click();
  await site.explain(() => site.at('across').fill('0.2'));
  await site.at('region-2-2').focus();
  await site.page.keyboard.press(' ');
  await site.text('what-if-sentence', /^Hiding row 3, column 3/);
  const { name, bytes } = await site.save('save-zip');
  assert.equal(name, 'raccoon-peerlight.zip');
  const archive = await temp(name, bytes);
  const script = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
z.extractall(sys.argv[2])
print(json.dumps(z.namelist()))`;
  const folder = join(TEMP, 'kept');
  const names = JSON.parse((await run('python3', ['-c', script, archive, folder])).stdout);
  const peers = ['efficientnet-lite0', 'efficientnet-lite1'];
  for (const expected of [
    'manifest.json',
    'explanation.json',
    'what-if.json',
    'figure.png',
    ...['mutual', 'mutual-raw', ...peers].map((map) => `maps/${map}.npy`),
    ...['mutual', ...peers].map((map) => `overlays/${map}.png`),
  ]) {
    assert.ok(names.includes(expected), `${expected} in ${names}`);
  }
  const read = async (part) =>
    JSON.parse(await (await import('node:fs/promises')).readFile(join(folder, part), 'utf8'));
  const [explanation, whatIf] = [await read('explanation.json'), await read('what-if.json')];
  const [other] = await native([file], ['--manifest', join(folder, 'manifest.json')]);
  // The manifest asks for the class that the page chose by itself.
  const target = { ...explanation.target, chosen: true };
  const settings = { ...explanation.settings, target: target.class };
  t.note(compare({ ...explanation, target, settings }, other));
  whatIf.peers.forEach((peer, k) => {
    near(peer.after.probability, other.what_if.peers[k].after.probability, 1e-4, peer.id);
  });
  near(whatIf.agreement_after, other.what_if.agreement_after, 1e-4, 'agreement');
});

test('keep: an address restores a sample, its settings and what is hidden', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.explain(() => site.at('sample-1').click());
  await site.explain(() => site.at('grid').fill('5'));
  await site.explain(() => site.at('top-efficientnet-lite0').locator('button').nth(1).click());
  await site.at('color').selectOption('viridis');
  await site.at('region-1-3').focus();
  await site.page.keyboard.press(' ');
  const sentence = await site.text('what-if-sentence', /^Hiding row 2, column 4/);
  const first = await site.last();
  const address = await site.page.evaluate(() => location.hash);
  t.note(address);
  assert.match(address, /^#sample=coffee&grid=5&class=\d+&colors=viridis&hide=2,4$/);

  const other = await Site.make(t);
  await other.page.goto(`${other.server.origin}/index.html${address}`);
  await other.text('what-if-sentence', /^Hiding row 2, column 4/);
  assert.equal(await other.at('what-if-sentence').textContent(), sentence);
  assert.deepEqual((await other.last()).target, first.target);
  assert.equal(await other.at('color').inputValue(), 'viridis');
  assert.equal(await other.page.evaluate(() => location.hash), address, 'and stays');

  // An image of one's own is in no address, and a broken address harms nothing.
  await other.explain(async () => other.pick(await png('cat')));
  assert.ok(!(await other.page.evaluate(() => location.hash)).includes('sample'));
  const broken = await Site.make(t);
  await broken.page.goto(
    `${broken.server.origin}/index.html#grid=99&class=-3&map=none&hide=9,9&sample=none&evidence=x`,
  );
  await broken.text('status', /^Ready\./);
  await broken.explain(() => broken.at('sample-0').click());
  assert.deepEqual(broken.errors, []);
});

test('keep: the image and the address go to the clipboard', async (t) => {
  const site = await (await Site.make(t)).open();
  await site.mayUseClipboard();
  await site.explain(() => site.at('sample-0').click());
  await site.at('copy-image').click();
  await site.text('kept', /image is on the clipboard/);
  chromiumOnly('Firefox without a window keeps no images on its clipboard');
  const size = await site.page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const { width, height } = await createImageBitmap(await item.getType('image/png'));
    return [width, height];
  });
  const { image } = await site.last();
  assert.deepEqual(size, [image.width, image.height]);
  await site.at('copy-link').click();
  await site.text('kept', /address is on the clipboard/);
  assert.match(await site.page.evaluate(() => navigator.clipboard.readText()), /#sample=cat$/);
});

test('keep: what of an address cannot be used is told, and a link in the same tab is followed', async (t) => {
  const site = await Site.make(t);
  await site.open({ ready: false, address: '#sample=cat&gird=5&grid=99&class=4000&hide=1,1+9,9' });
  await site.text('status', /^Lite0 says/);
  await site.text('notice', /^Parts of the address .* left out: gird=5, grid=99, class=4000, hide=9,9\.$/);
  assert.match(site.page.url(), /#sample=cat&hide=1,1$/);
  await site.explain(() => site.at('sample-1').click());
  assert.ok(await site.at('notice').isHidden());

  await site.page.evaluate(() => location.assign('#sample=bee&grid=4'));
  await site.page.waitForURL(/#sample=bee&grid=4$/);
  await site.text('status', /^Both networks say bee/);
  assert.equal(await site.at('grid').inputValue(), '4');
  assert.ok(await site.at('notice').isHidden());
  await site.page.goBack();
  await site.text('status', /espresso|cup/);
  assert.equal(await site.at('grid').inputValue(), '7');

  await site.page.goto('about:blank');
  await site.open({ address: '#sample=zebra&grid=5' });
  await site.text('notice', /^Parts of the address .*: sample=zebra\.$/);
});
