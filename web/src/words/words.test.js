import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { languageOf, usualOf } from '../app/language.js';

import { about, amount, bytes, decimal, percent } from '../shared/format.js';
import { notStarted } from '../../../pkg/spawn.js';
import { ofEngine } from '../shared/refusal.js';
import { PATTERNS, SAID } from './de-engine.js';
import { DE } from './de.js';
import { EN } from './en.js';
import { LANGUAGES, fixed, listed, parts, speak, t } from './index.js';

const LOCALES = { en: EN, de: DE.words };
const root = new URL('../', import.meta.url);
const forms = (text) => (typeof text === 'string' ? { other: text } : text);
const holes = (text) => [...new Set(text.match(/\{[\w-]+\}/g))].sort();

test('every language has the same keys, and the same is put in', () => {
  assert.deepEqual(Object.keys(LOCALES), Object.keys(LANGUAGES));
  const all = Object.keys(EN).sort();
  for (const [code, words] of Object.entries(LOCALES)) {
    assert.deepEqual(Object.keys(words).sort(), all, code);
    for (const key of all) {
      const wanted = holes(forms(EN[key]).other);
      for (const [form, text] of Object.entries(forms(words[key]))) {
        assert.ok(text.trim(), `${code} says nothing for ${key}`);
        const missing = wanted.filter((hole) => !holes(text).includes(hole));
        // “The other one” names no number.
        assert.deepEqual(form === 'one' ? missing.filter((hole) => hole !== '{n}') : missing, [], `${code} ${key}`);
        assert.deepEqual(
          holes(text).filter((hole) => !wanted.includes(hole)),
          [],
          `${code} ${key}`,
        );
      }
    }
  }
});

test('plurals have the forms that their language needs', () => {
  for (const [code, words] of Object.entries(LOCALES)) {
    const { pluralCategories } = new Intl.PluralRules(code).resolvedOptions();
    for (const [key, text] of Object.entries(words)) {
      if (typeof text === 'string') assert.equal(typeof EN[key], 'string', `${code} ${key} has no plural`);
      else assert.deepEqual(Object.keys(text).sort(), [...pluralCategories].sort(), `${code} ${key}`);
    }
  }
});

test('the texts of index.html have the keys that the other language has, and the same elements within', async () => {
  const html = await readFile(new URL('../index.html', root), 'utf8');
  const found = {};
  const named = /<(\w+)\b[^>]*?\bdata-words="([\w.-]+)"[^>]*>([^]*?)<\/\1\s*>/g;
  for (const [, , key, inner] of html.matchAll(named)) {
    found[key] = [...inner.matchAll(/<(\w+)[^>]*>(?:[^<]*<\/\1\s*>)?/g)].map((_, i) => `{${i}}`);
  }
  for (const [, key] of html.matchAll(/data-words-[\w-]+="([\w.-]+)"/g)) found[key] = [];
  assert.ok(Object.keys(found).length > 25, 'the texts were found');
  assert.deepEqual(Object.keys(DE.page).sort(), Object.keys(found).sort());
  for (const [key, text] of Object.entries(DE.page)) assert.deepEqual(holes(text), found[key], key);
});

test('index.html says nothing that names no key', async () => {
  const html = await readFile(new URL('../index.html', root), 'utf8');
  const rest = html
    .replace(/<(\w+)\b[^>]*?\bdata-words="[^"]+"[^>]*>[^]*?<\/\1\s*>/g, '')
    .replace(/<(script|noscript|peer-status)\b[^]*?<\/\1\s*>/g, '') // What stands there only while no program runs.
    .replace(/<!--[^]*?-->/g, '');
  const texts = Array.from(rest.matchAll(/>([^<]*\p{L}[^<]*)</gu), ([, text]) => text.trim());
  assert.deepEqual(texts, ['Peerlight']);
  const bare = Array.from(
    rest.matchAll(/<(?![^>]*data-words-aria-label)[^>]*aria-label="([^"]+)"/g),
    ([, text]) => text,
  );
  assert.deepEqual(bare, []);
});

test('what is known of the engine’s sentences is what it says', async () => {
  const top = new URL('../../', root);
  const files = (await Promise.all(['pkg', 'crates'].map((folder) => listFiles(new URL(`${folder}/`, top))))).flat();
  const lists = ['models', 'samples'].map((folder) => new URL(`../${folder}/index.json`, root));
  const wanted = files.filter(({ pathname }) => /(?<!test)\.(js|rs)$/.test(pathname) && !/wasm\//.test(pathname));
  const texts = await Promise.all([...wanted, ...lists].map((file) => readFile(file, 'utf8')));
  const source = texts
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .replaceAll('\\"', '"')
    .replace(/['"] \+\n\s*['"]/g, '')
    .toLowerCase();
  const says = (text) => assert.ok(source.includes(text.toLowerCase()), text);
  for (const text of Object.keys(SAID)) {
    // “This is” and the kind of a file, “None of the networks is” and the rest stand apart.
    text.split(/(?<=^This is )|(?= sure what this is)/).forEach((part) => says(part.replace(/(?<=^an? .*)\.$/, '')));
  }
  for (const [{ source: pattern }] of PATTERNS) {
    // What stands between the groups; a full stop may be put behind by whoever says it.
    const fragments = pattern.split(/\((?:[^()\\]|\\.)*\)|\.\+|an\?|\\[.()]|[\^$]/);
    fragments.forEach((text) => text.length > 9 && says(text.trim()));
  }
});

/**
 * @param {URL} folder
 * @returns {Promise<URL[]>}
 */
async function listFiles(folder) {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((name) => /\.(js|rs)$/.test(name)).map((name) => new URL(name, folder));
}

test('every key is used, and every key that is used is there', async () => {
  const files = (await readdir(root, { recursive: true })).filter((file) => /(?<!\.test)\.js$/.test(file));
  const sources = await Promise.all(files.map((file) => readFile(new URL(file, root), 'utf8')));
  const others = sources.filter((_, i) => !/^words.(en|de)/.test(files[i] ?? '')).join('\n');
  const literal = new Set(Array.from(others.matchAll(/'([\w. -]+)'/g), ([, text]) => text));
  // Keys that are put together: `many.only-${value}` stands for all that begin and end so.
  const made = Array.from(others.matchAll(/`([\w.-]*)\$\{[^}`]*\}([\w.-]*)`/g), ([, from, to]) => ({ from, to }));
  const fits = (key) => made.some(({ from, to }) => from + to && key.startsWith(from) && key.endsWith(to));
  const unused = Object.keys(EN).filter((key) => !literal.has(key) && !fits(key));
  assert.deepEqual(unused, []);
  const called = Array.from(others.matchAll(/\b(?:t|parts)\(\s*'([^']+)'/g), ([, key]) => key);
  assert.ok(called.length > 150, 'the calls were found');
  assert.deepEqual(
    called.filter((key) => !(key in EN)),
    [],
  );
});

test('numbers, lists and plurals follow the language', async () => {
  assert.deepEqual(
    [percent(0.391), percent(0.0001), decimal(-0.25), decimal(-0.001)],
    ['39.1%', '<0.1%', '−0.25', '0.00'],
  );
  assert.equal(listed(['a', 'b', 'c']), 'a, b and c');
  assert.equal(await speak('de'), 'de');
  assert.equal(percent(0.391), '39,1\u00a0%');
  assert.deepEqual([decimal(-0.25), bytes(20_084_144), amount(12.5, '%')], ['−0,25', '20,1 MB', '12,5\u00a0%']);
  assert.deepEqual([about(20_000), listed(['a', 'b', 'c'])], ['etwa 20 s', 'a, b und c']);
  assert.deepEqual([t('count.file', { n: 1 }), t('count.file', { n: 2 })], ['1 Datei', '2 Dateien']);
  assert.equal(t('networks.what').includes('ONNX'), true);
  assert.equal(fixed(1234.5, 1), '1234,5');
  assert.deepEqual(parts('agreement.class', { class: 'x', why: 'y' }).join(''), 'Klasse: x, y.');
  assert.equal(await speak('en'), 'en');
});

test('an error of the engine has words by its code, and its own beside them', async () => {
  const error = ofEngine({ code: 'network-unsupported', message: 'Layer 7: LSTM', help: 'Export.' });
  assert.equal(error.message, 'Layer 7: LSTM');
  assert.equal(error.detail, undefined);
  await speak('de');
  assert.match(error.message, /^Das Netz hat einen Teil/);
  assert.equal(error.detail, 'Layer 7: LSTM');
  await speak('en');
});

test('of two languages wished for, the later one is spoken', async () => {
  const first = speak('de');
  assert.equal(await speak('en'), 'en');
  assert.equal(await first, 'en');
  assert.equal(t('status.cancel'), 'Cancel');
});

test('the language comes from the address, then from this device, then from the browser', () => {
  const at = (hash, search = '') => ({ hash, search });
  assert.equal(usualOf(['fr', 'de-AT', 'en']), 'de');
  assert.equal(usualOf(['fr']), 'en');
  assert.equal(languageOf(at('#sample=cat&lang=de'), 'en', ['en']), 'de');
  assert.equal(languageOf(at('', '?lang=de'), null, ['en']), 'de');
  assert.equal(languageOf(at('#lang=xx'), 'de', ['en']), 'de');
  assert.equal(languageOf(at(''), null, ['de-DE']), 'de');
  assert.equal(languageOf(at('#about'), 'en', ['de']), 'en');
});

/**
 * What a source file says to people by itself: sentences and names in quotes, and the text of attributes.
 * @param {string} source
 */
function saidIn(source) {
  const code = source.replace(/\/\*[^]*?\*\//g, '').replace(/(?<=^|[\s;{}(),])\/\/[^\n]*/g, '');
  const quoted = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;
  const texts = Array.from(code.matchAll(quoted), ([, plain, template]) => plain ?? template ?? '');
  const sentences = texts.filter(
    (text) => /^[“]?\p{Lu}[\p{L}’]+[ .,:!?…]/u.test(text) || /^\p{Lu}\p{Ll}{2,}$/u.test(text),
  );
  const shown = /(?:'aria-[\w-]*(?:label|description)'|\b(?:title|placeholder|alt)): (['`])([^'`\n]*\p{L}[^'`\n]*)\1/gu;
  const set = /\b(?:textContent =|setText\([^,]+,) (['`])([^'`\n]*\p{L}{2}[^'`\n]*)\1/gu;
  const parts = [shown, set].flatMap((pattern) => Array.from(code.matchAll(pattern), ([, , text]) => text ?? ''));
  return [...sentences, ...parts.filter((text) => /\p{L}/u.test(text.replace(/\$\{[^}]*\}/g, '')))];
}

test('what is shown to people stands in the catalogue alone', async () => {
  const faulty = ["make('p', {}, 'Not in the catalogue.')", "make('button', {}, 'Run')", "{ title: 'saved' }"];
  assert.deepEqual(
    faulty.map((source) => saidIn(source).length),
    [1, 1, 1],
  );
  assert.deepEqual(saidIn('node.textContent = `at ${n} of ${of}`;'), ['at ${n} of ${of}']);
  assert.deepEqual(saidIn("make('a', { title: t('x.title'), class: 'big one' }, t('x')) // Not this."), []);
  // Keys of the keyboard and types of events.
  const known = /^(Enter|Escape|Delete|Backspace|Arrow\w+|Home|End|Tab|Files|Content-Type|Response)$/;
  const files = (await readdir(root, { recursive: true })).filter((file) => /(?<!\.test)\.js$/.test(file));
  for (const file of files.filter((name) => !name.startsWith('words'))) {
    const found = saidIn(await readFile(new URL(file, root), 'utf8')).filter((text) => !known.test(text));
    assert.deepEqual(found, [], file);
  }
});

test('a visitor is not told what only whoever made the page can do', async () => {
  const error = ofEngine(notStarted());
  assert.match(error.message, /worker could not be started/);
  for (const code of /** @type {const} */ (['de', 'en'])) {
    await speak(code);
    assert.equal(error.help, t('reload.help'));
  }
});
