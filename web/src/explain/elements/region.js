import { PageElement, changed, make } from '../../shared/element.js';
import { decimal, short } from '../../shared/format.js';
import { paintPatch, paintRegion } from '../paint.js';
import { lutOf, rhoOf } from '../select.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Region } from 'peerlight'
 */

/** One region seen close: the image, each network's map there, and how they correlate. */
export class RegionCard extends PageElement {
  #title = make('h2', {}, t('region'));
  #rho = make('p', { class: 'rho' });
  #note = make('p', { 'data-testid': 'region-note' });
  #pinned = make('p', { class: 'quiet', 'data-testid': 'pinned' }, t('region.pinned'));
  #patches = make('div', { class: 'patches' });

  connectedCallback() {
    const hint = make('p', { class: 'quiet' }, t('region.hint'));
    this.replaceChildren(make('header', {}, this.#title, this.#rho), this.#patches, this.#note, this.#pinned, hint);
    this.dataset.testid = 'region-card';
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.result, s.view.region, s.view.pinned, s.view.pair, lutOf(s)])) return;
    const { result, view, image } = state;
    this.hidden = !result?.regions.length;
    const region = view.region === null ? undefined : result?.regions[view.region];
    const lut = lutOf(state);
    if (!result || !region || !lut || !image.preview) return;
    this.#pinned.hidden = !view.pinned;
    this.#title.textContent = t('region.at', { row: region.row + 1, column: region.column + 1 });
    const compared = region.looks === 'all' && !region.constant;
    const rho = decimal(rhoOf(region, view.pair));
    this.#rho.textContent = compared ? t('region.correlation', { rho }) : t('region.nothing');
    this.#note.textContent = noteOn(
      region,
      result.peers.map(({ name }) => short(name)),
    );
    const patch = make('canvas', { role: 'img', 'aria-label': t('region.image-label') });
    paintPatch(patch, image.preview, result, region);
    const peers = result.peers.map((peer, k) => {
      const canvas = make('canvas', { role: 'img', 'aria-label': t('region.map-label', { name: peer.name }) });
      paintRegion(canvas, peer.map, result.side, region, result.grid, lut);
      return figure(canvas, short(peer.name), { 'data-peer': k }, decimal(region.attention[k] ?? 0));
    });
    this.#patches.replaceChildren(figure(patch, t('region.image')), ...peers);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 * @param {Record<string, number>} [props]
 * @param {string} [number]
 */
function figure(canvas, name, props, number) {
  const caption = make('figcaption', {}, make('span', {}, name));
  if (number !== undefined) caption.append(make('b', {}, number));
  return make('figure', props, canvas, caption);
}

/**
 * Who looks here comes first; the correlation only where all networks look.
 * @param {Region} region
 * @param {string[]} names
 */
export function noteOn({ rho, constant, pairs, looks, attention }, names) {
  const each = attention.map((mean, k) => `${names[k]} ${decimal(mean)}`).join(', ');
  if (looks === 'none') return t('region.none', { each });
  if (looks === 'some') return t('region.some', { each });
  const two = names.length === 2;
  if (constant) return t(two ? 'region.flat-both' : 'region.flat-all');
  const range = { low: decimal(Math.min(...pairs)), high: decimal(Math.max(...pairs)) };
  const all = { pairs: pairs.map(decimal).join(', ') };
  const apart = pairs.length > 6 ? t('region.pairs-range', range) : t('region.pairs', all);
  const inside = t(two ? 'region.both' : 'region.all', { each, how: inWords(rho) });
  return pairs.length > 1 ? `${inside} ${apart}` : inside;
}

/** @param {number} rho */
function inWords(rho) {
  if (rho >= 0.5) return t('region.together');
  if (rho >= 0.2) return t('region.partly');
  if (rho <= -0.2) return t('region.apart');
  return t('region.little');
}
