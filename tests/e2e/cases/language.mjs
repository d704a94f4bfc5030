import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PATTERNS, SAID } from '../../../web/src/words/de-engine.js';
import { DE } from '../../../web/src/words/de.js';
import { EN } from '../../../web/src/words/en.js';
import { audit } from '../axe.mjs';
import { pick } from '../comparison.mjs';
import { test } from '../harness.mjs';
import { nativeCatalog } from '../native.mjs';
import { OUT, ROOT } from '../paths.mjs';
import { Site } from '../site.mjs';

const wordsIn = (texts) => new Set(texts.flatMap((text) => text.toLowerCase().match(/[\p{L}’]{3,}/gu) ?? []));
const all = (words) =>
  Object.values(words).flatMap((text) => (typeof text === 'string' ? [text] : Object.values(text)));

/** Words that German has: those of its texts, and what it makes of the engine's. */
async function germanWords() {
  const texts = (value) =>
    typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap((part) => texts(part));
  const engine = [...Object.values(SAID), ...PATTERNS.map(([, say]) => say('1', '2', '3', '4', '5'))];
  const { methods, metrics, maskings, baselines, settings } = DE.catalog(await nativeCatalog());
  const catalog = texts([methods, metrics, maskings, baselines, settings].flat().map(({ paper: _, ...rest }) => rest));
  return wordsIn(
    [...all(DE.words), ...all(DE.page), ...engine, ...catalog].map((text) => text.replace(/`[^`]*`/g, '')),
  );
}

/** Words that only the English page says: those of `en.js` and of `index.html`. */
async function englishWords() {
  const html = await readFile(join(ROOT, 'web', 'index.html'), 'utf8');
  const body = html.slice(html.indexOf('<body>')).replace(/<(script|cite)[^]*?<\/\1>|<[^>]*>/g, ' ');
  const english = wordsIn([...all(EN), body].map((text) => text.replace(/\{[\w-]+\}/g, ' ')));
  const german = await germanWords();
  return [...english].filter((word) => !german.has(word));
}

/**
 * Everything that the page says now, seen or told to a screen reader, but for what is marked as English, and the names
 * of classes.
 * @param {Site} site
 * @returns {Promise<string[]>}
 */
const said = (site) =>
  site.page.evaluate(() => {
    const found = [];
    const foreign = (node) => node.closest('[lang]')?.getAttribute('lang') !== document.documentElement.lang;
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walk.currentNode; node; node = walk.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement;
      if (!element || foreign(element) || element.closest('script, noscript, [role=listbox]')) continue;
      if (element.matches('.samples button')) continue; // Its title names who made the image.
      if (node instanceof Text) found.push(node.data.trim());
      else
        for (const name of ['aria-label', 'title', 'alt', 'placeholder', 'aria-description']) {
          found.push(element.getAttribute(name) ?? '');
        }
    }
    return [...found.filter(Boolean), document.title];
  });

/** @param {Site} site */
const openAll = (site) =>
  site.page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));

/**
 * @param {Site} site
 * @param {string} when
 * @param {string[]} english
 */
async function checkGerman(site, when, english) {
  assert.equal(await site.page.evaluate(() => document.documentElement.lang), 'de');
  const { peers = [] } = (await site.last()) ?? {};
  const labels = peers.flatMap(({ top, target, name }) => [...top, target].map(({ label }) => label).concat(name));
  const without = (text) => labels.reduce((rest, label) => rest.replaceAll(label, ''), text);
  const left = (await said(site)).flatMap((text) => {
    const words = [...wordsIn([without(text)])].filter((word) => english.includes(word));
    return words.length ? [`${words.join(', ')} in “${text.slice(0, 90)}”`] : [];
  });
  assert.deepEqual([...new Set(left)], [], when);
}

test('language: a German browser gets German everywhere, in every state', async (t) => {
  const english = await englishWords();
  assert.ok(english.length > 250, `${english.length} words`);
  const site = await (await Site.make(t, { locale: 'de-DE' })).open();
  await checkGerman(site, 'empty', english);
  await site.explain(() => site.at('sample-1').click());
  await site.text('device-reason', /Adapter|WebGPU/);
  await site.at('what-if').click();
  await site.at('region-3-3').press('Enter');
  await site.text('what-if-sentence', /verdeckt, geht .*\s% auf .*\s%/);
  await site.at('effects').click();
  await site.text('effects-note', /Dauer/);
  await openAll(site);
  await checkGerman(site, 'explained', english);
  await pick(site, ['mutual', 'cam']);
  await site.at('compare').click();
  await site.text('compare-status', /fertig\.$/);
  await site.page.locator('[data-testid^=sanity-]').first().click();
  await site.at('verdict').waitFor();
  await openAll(site);
  await checkGerman(site, 'compared', english);
  await site.at('view-table').click();
  await site.pick({ name: 'brief.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 and more') });
  await site.text('error', /PDF-Dokument/);
  await checkGerman(site, 'a table, and an error', english);
  await audit(site, 'German');
  assert.equal(
    await site.page.evaluate(() => location.hash.includes('lang=')),
    false,
    'its own language is no setting',
  );
});

test('language: the menu changes it at once, and what was done stays', async (t) => {
  const site = await (await Site.make(t)).open();
  // The service worker keeps every language for times without the network, but later and behind the page's back.
  const loaded = await site.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  assert.ok(loaded.some((name) => name.includes('app/main.js')));
  assert.equal(
    loaded.some((name) => /\/de-\w+\.js/.test(name)),
    false,
    'English loads no German',
  );
  await site.explain(() => site.at('sample-0').click());
  await site.at('grid').fill('5');
  await site.text('regions-table', /5 × 5 regions/);
  await site.at('what-if').click();
  await site.at('region-1-1').press('Enter');
  await site.text('what-if-sentence', /^Hiding row 2, column 2.* takes Egyptian cat from \d+% to \d+% for Lite0 and /);
  const before = await site.results();
  await site.at('language').focus();
  await site.at('language').selectOption('de');
  await site.text(
    'what-if-sentence',
    /^Ist die Region in Zeile 2, Spalte 2,.* verdeckt, geht Egyptian cat bei Lite0 von \d+/,
  );
  await site.text('status', /örtliche Übereinstimmung −?\d,\d\d\)\. Dauer: /);
  assert.match(await site.at('regions-table').textContent(), /5 × 5 Regionen/);
  assert.equal(await site.page.title(), DE.page['page.title']);
  assert.ok(await site.stillThere());
  assert.equal(await site.results(), before, 'nothing is explained anew');
  assert.match(await site.page.evaluate(() => location.hash), /lang=de/);
  assert.equal(await site.page.evaluate(() => document.activeElement?.dataset.testid), 'language');
  // One click marks one region: nothing listens twice.
  await site.at('region-3-3').press('Enter');
  await site.text('what-if-sentence', /zwei Regionen/);
  await site.at('language').selectOption('en');
  await site.text('what-if-sentence', /^Hiding (the )?two regions/);
  assert.equal(await site.page.evaluate(() => location.hash.includes('lang=')), false);
  await site.at('language').selectOption('de');
  await site.text('status', /Dauer: /);
  await site.open();
  await site.text('status', /^Bereit\. Wählen Sie ein Bild\./);
});

test('language: an address speaks its own, and the catalog is known', async (t) => {
  const site = await (await Site.make(t)).open({ address: '?lang=de' });
  await site.text('status', /^Bereit\./);
  const catalog = await nativeCatalog();
  const worded = DE.catalog(catalog);
  const same = [];
  const differ = (path, a, b) => {
    if (typeof a === 'string' && a === b && /\p{Ll}{3}/u.test(a)) same.push(`${path}: ${a}`);
    else if (a && typeof a === 'object') for (const key of Object.keys(a)) differ(`${path}.${key}`, a[key], b?.[key]);
  };
  for (const list of ['methods', 'metrics', 'maskings', 'baselines', 'settings']) {
    catalog[list].forEach((one, i) => {
      const { paper: _, short: __, url: ___, ...texts } = one;
      differ(`${list}.${one.id}`, texts, worded[list][i]);
    });
  }
  const id = /\.(id|kind|family|default|better|layers|reads|target_layer)(\.|:)|\.choices\.\d+\.id:/;
  const proper = /\.name: ([A-Z][\w-]*-?CAM(\+\+)?|Smooth Grad-CAM\+\+|SmoothGrad|Fake-CAM|Exponent)$|\.formula: /;
  assert.deepEqual(
    same.filter((text) => !id.test(text) && !proper.test(text)),
    [],
  );
  // Settings that are the same to the page are so in every language: it tells by their names.
  const settings = (of) => [...of.settings, ...of.methods.flatMap((method) => method.settings)];
  const names = settings(catalog).map(({ id: key, name }, i) => [`${key} ${name}`, settings(worded)[i].name]);
  const pairs = new Map(names);
  assert.deepEqual(
    names.filter(([key, name]) => pairs.get(key) !== name),
    [],
  );
});

for (const [locale, scheme, width] of [
  ['de-DE', 'light', 1280],
  ['de-DE', 'dark', 390],
]) {
  test(`language: nothing is cut off, ${locale}, ${scheme}, ${width} wide`, async (t) => {
    const site = await (await Site.make(t, { locale, scheme, width, height: 900 })).open();
    const name = (what) => join(OUT, `language-${locale}-${scheme}-${width}-${what}.png`);
    await site.page.screenshot({ path: name('start') });
    await site.explain(() => site.at('sample-1').click());
    await site.at('what-if').click();
    for (const details of await site.page.locator('details > summary:visible').all()) await details.click();
    await site.page.screenshot({ path: name('all'), fullPage: true });
    const wide = await site.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px wider than the window`);
    const cut = await site.page.evaluate(() =>
      [...document.querySelectorAll('button, label, summary, th, h1, h2, h3, p, dt, dd, legend')]
        .filter(
          (node) => node instanceof HTMLElement && node.offsetParent && getComputedStyle(node).overflow !== 'visible',
        )
        .filter((node) => node.scrollWidth > node.clientWidth + 1)
        .map((node) => node.textContent),
    );
    assert.deepEqual(cut, []);
  });
}
