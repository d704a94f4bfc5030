import { changeOf, settingOf } from '../explain/select.js';

/**
 * @import { State } from '../app/state.js'
 * @import { ViewState } from '../explain/state.js'
 * @import { Sample } from '../images/state.js'
 * @import { WhatIfState } from '../what-if/state.js'
 * @import { Catalog, ImageRequest, Replacement } from 'peerlight'
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
 * What an address asks for; what it says wrong counts as not said.
 * @param {string} hash with or without `#`
 * @param {Catalog} catalog
 * @param {Sample[]} samples
 * @returns {Address}
 */
export function readAddress(hash, catalog, samples) {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  /** @type {ImageRequest} */
  const ask = {};
  for (const { id, kind, min = 0, max = 0, choices = [] } of catalog.settings) {
    const text = words.get(id);
    if (text === null) continue;
    const number = Number(text);
    const value = kind === 'number' ? number : text;
    const fits = kind === 'number' ? number >= min && number <= max : choices.some((choice) => choice.id === text);
    if (!fits) continue;
    const { settings, ...own } = changeOf(id, value);
    Object.assign(ask, own, settings && { settings: { ...ask.settings, ...settings } });
  }
  const target = words.get('class');
  if (target && /^\d+$/.test(target)) ask.target = Number(target);

  /** @type {Partial<ViewState>} */
  const view = {};
  const color = words.get('colors');
  if (color && catalog.colors.some(({ id }) => id === color)) view.color = color;
  const opacity = Number(words.get('opacity') ?? NaN);
  if (opacity >= 0 && opacity <= 1) view.opacity = opacity;
  const shown = words.get('map');
  if (shown) view.shown = shown;
  if (words.get('lines') === 'off') view.lines = false;
  if (words.get('numbers') === 'correlation') view.numbers = 'correlation';

  const keep = words.has('keep');
  const places = (words.get('keep') ?? words.get('hide') ?? '').split(' ').map((place) => place.split(',').map(Number));
  const regions = /** @type {[number, number][]} */ (
    places.filter((place) => place.length === 2 && place.every((n) => Number.isInteger(n) && n > 0))
  );
  const wanted = words.get('baseline');
  const baseline = catalog.baselines.some(({ id }) => id === wanted) ? wanted : 'black';
  const sample = samples.find((one) => stem(one) === words.get('sample'));
  const whatIf = regions.length ? { keep, baseline: /** @type {Replacement} */ (baseline) } : null;
  return { sample, ask, view, whatIf, regions, beside: readBeside(words.get('with') ?? '', samples) };
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
 * @returns {With | null}
 */
function readBeside(text, samples) {
  const [, kind, id = ''] = text.match(/^(class|networks):(.+)$/) ?? [];
  if (kind === 'networks') return { kind, id };
  if (kind === 'class') return /^\d+$/.test(id) ? { kind, target: Number(id) } : null;
  const sample = samples.find((one) => stem(one) === text);
  return sample ? { kind: 'image', sample } : null;
}
