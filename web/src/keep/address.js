import { changeOf, settingOf } from '../explain/select.js';

/**
 * @import { State } from '../app/state.js'
 * @import { ViewState } from '../explain/state.js'
 * @import { Sample } from '../images/state.js'
 * @import { WhatIfState } from '../what-if/state.js'
 * @import { BundleInfo, Catalog, ImageRequest, Replacement } from 'peerlight'
 */

/**
 * What an address holds of the page: a sample, the settings, how the result is shown, and what is hidden. Never an
 * image of one's own.
 *
 * @typedef {object} Address
 * @property {Sample | undefined} sample
 * @property {ImageRequest} ask
 * @property {Partial<ViewState>} view
 * @property {Pick<WhatIfState, 'keep' | 'baseline'> | null} whatIf
 * @property {[number, number][]} regions row and column, counted from 1
 * @property {With | null} beside what stands beside it
 *
 * @typedef {{ kind: 'class', target: number } | { kind: 'image', sample: Sample }
 *   | { kind: 'networks', id: string }} With
 */

/**
 * @param {State} state
 * @returns {string} without `#`; empty where nothing differs from how the page begins
 */
export function addressOf(state) {
  const { ask, view, whatIf, image, samples, result, engine, language } = state;
  const words = new URLSearchParams();
  const sample = samples.find(({ name }) => name === image.chosen?.name && image.chosen.alt);
  if (sample) words.set('sample', stem(sample));
  for (const { id, default: usual } of engine.catalog?.settings ?? []) {
    const value = settingOf(state, id);
    if (value !== null && String(value) !== String(usual)) words.set(id, String(value));
  }
  if (typeof ask.target === 'number') words.set('class', String(ask.target));
  if (view.color) words.set('colors', view.color);
  if (view.opacity !== null) words.set('opacity', String(view.opacity));
  if (view.shown !== 'mutual') words.set('map', view.shown);
  if (!view.lines) words.set('lines', 'off');
  if (view.numbers !== 'attention') words.set('numbers', view.numbers);
  const { regions } = whatIf.places;
  if (whatIf.on && result && regions.length) {
    const places = regions.map((i) => `${Math.floor(i / result.grid) + 1},${(i % result.grid) + 1}`);
    words.set(whatIf.keep ? 'keep' : 'hide', places.join(' '));
    if (whatIf.baseline !== 'black') words.set('baseline', whatIf.baseline);
  }
  const beside = sample && besideOf(state);
  if (beside) words.set('with', beside);
  if (language.code !== language.usual) words.set('lang', language.code);
  return words.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/**
 * What an address asks for, and what of it cannot be used.
 * @param {string} hash with or without `#`
 * @param {Catalog} catalog
 * @param {Sample[]} samples
 * @param {Pick<BundleInfo, 'classes' | 'peers'> | null} [info] of the networks; null where they are not known
 * @returns {Address & { unused: string[] }}
 */
export function readAddress(hash, catalog, samples, info = null) {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const used = new Set(['lang']);
  /** The value of a key, where it fits. @param {string} key @param {(text: string) => boolean} fits */
  const take = (key, fits) => {
    const text = words.get(key);
    if (text === null || !fits(text)) return null;
    used.add(key);
    return text;
  };
  /** @type {ImageRequest} */
  const ask = {};
  for (const { id, kind, min = 0, max = 0, choices = [] } of catalog.settings) {
    const text = take(id, (text) =>
      kind === 'number'
        ? text.trim() !== '' && Number(text) >= min && Number(text) <= max
        : choices.some((choice) => choice.id === text),
    );
    if (text === null) continue;
    const { settings, ...own } = changeOf(id, kind === 'number' ? Number(text) : text);
    Object.assign(ask, own, settings && { settings: { ...ask.settings, ...settings } });
  }
  const isClass = (/** @type {string} */ text) => /^\d+$/.test(text) && (!info || Number(text) < info.classes.length);
  const target = take('class', isClass);
  if (target) ask.target = Number(target);

  /** @type {Partial<ViewState>} */
  const view = {};
  const color = take('colors', (text) => catalog.colors.some(({ id }) => id === text));
  if (color) view.color = color;
  const opacity = take('opacity', (text) => text.trim() !== '' && Number(text) >= 0 && Number(text) <= 1);
  if (opacity) view.opacity = Number(opacity);
  const maps = ['mutual', 'image', ...(info?.peers.map(({ id }) => id) ?? [])];
  const shown = take('map', (text) => !info || maps.includes(text));
  if (shown) view.shown = shown;
  if (take('lines', (text) => ['on', 'off'].includes(text)) === 'off') view.lines = false;
  const numbers = take('numbers', (text) => ['attention', 'correlation'].includes(text));
  if (numbers === 'correlation') view.numbers = numbers;

  const key = words.has('keep') ? 'keep' : 'hide';
  const usual = catalog.settings.find(({ id }) => id === 'grid')?.default;
  const grid = ask.grid ?? Number(usual ?? Infinity);
  const places = (words.get(key) ?? '').split(' ').filter(Boolean);
  const isPlace = (/** @type {number[]} */ place) =>
    place.length === 2 && place.every((n) => Number.isInteger(n) && n > 0 && n <= grid);
  const read = places.map((place) => place.split(',').map(Number));
  const regions = /** @type {[number, number][]} */ (read.filter(isPlace));
  const outside = places.filter((_, i) => !isPlace(read[i] ?? []));
  if (regions.length) used.add(key);
  const baseline = take('baseline', (text) => regions.length > 0 && catalog.baselines.some(({ id }) => id === text));
  const sample = samples.find((one) => stem(one) === words.get('sample'));
  if (sample) used.add('sample');
  const replacement = /** @type {Replacement} */ (baseline ?? 'black');
  const whatIf = regions.length ? { keep: key === 'keep', baseline: replacement } : null;
  const beside = sample ? readBeside(words.get('with') ?? '', samples, isClass) : null;
  if (beside) used.add('with');
  const unused = [...words].filter(([name]) => !used.has(name)).map(([name, value]) => `${name}=${value}`);
  if (regions.length && outside.length) unused.push(`${key}=${outside.join(' ')}`);
  return { sample, ask, view, whatIf, regions, beside, unused };
}

/** @param {Sample} sample */
const stem = ({ file }) => file.replace(/\.[^.]*$/, '');

/**
 * What stands beside the image: a class, networks that ship with the page, or a sample. Never an image of one's own.
 * @param {State} state
 */
function besideOf({ sides: { other }, samples }) {
  if (other?.kind === 'class') return `class:${other.target}`;
  if (other?.kind === 'networks') return other.from === 'shipped' ? `networks:${other.id}` : '';
  const sample = other && samples.find(({ name }) => name === other.name && other.alt);
  return sample ? stem(sample) : '';
}

/**
 * @param {string} text
 * @param {Sample[]} samples
 * @param {(text: string) => boolean} isClass
 * @returns {With | null}
 */
function readBeside(text, samples, isClass) {
  const [, kind, id = ''] = text.match(/^(class|networks):(.+)$/) ?? [];
  if (kind === 'networks') return { kind, id };
  if (kind === 'class') return isClass(id) ? { kind, target: Number(id) } : null;
  const sample = samples.find((one) => stem(one) === text);
  return sample ? { kind: 'image', sample } : null;
}
