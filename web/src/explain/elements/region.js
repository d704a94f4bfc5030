import { PageElement, changed, make } from '../../shared/element.js';
import { decimal, short } from '../../shared/format.js';
import { paintPatch, paintRegion } from '../paint.js';
import { lutOf, rhoOf } from '../select.js';
import { PINNED } from '../words.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Region } from 'peerlight'
 */

const HINT =
  'Each patch is stretched to full contrast, because correlation ignores strength. The number below it is how ' +
  'strongly the network looks here (0 to 1). Point or use the arrow keys for another region; a click keeps it.';

/** One region seen close: the image, each network's map there, and how they correlate. */
export class RegionCard extends PageElement {
  #title = make('h2', {}, 'Region');
  #rho = make('p', { class: 'rho' });
  #note = make('p', { 'data-testid': 'region-note' });
  #pinned = make('p', { class: 'quiet', 'data-testid': 'pinned' }, PINNED);
  #patches = make('div', { class: 'patches' });

  connectedCallback() {
    const hint = make('p', { class: 'quiet' }, HINT);
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
    this.#title.textContent = `Row ${region.row + 1}, column ${region.column + 1}`;
    const compared = region.looks === 'all' && !region.constant;
    this.#rho.textContent = compared ? `correlation ${decimal(rhoOf(region, view.pair))}` : 'nothing to compare';
    this.#note.textContent = noteOn(
      region,
      result.peers.map(({ name }) => short(name)),
    );
    const patch = make('canvas', { role: 'img', 'aria-label': 'The image in this region' });
    paintPatch(patch, image.preview, result, region);
    const peers = result.peers.map((peer, k) => {
      const canvas = make('canvas', { role: 'img', 'aria-label': `The map of ${peer.name} in this region` });
      paintRegion(canvas, peer.map, result.side, region, result.grid, lut);
      return figure(canvas, short(peer.name), { 'data-peer': k }, decimal(region.attention[k] ?? 0));
    });
    this.#patches.replaceChildren(figure(patch, 'Image'), ...peers);
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
  if (looks === 'none') return `No network looks here (${each}, of 1), so there is nothing to compare.`;
  if (looks === 'some') return `Not all networks look here (${each}, of 1).`;
  const who = names.length === 2 ? 'Both networks look here' : 'All networks look here';
  if (constant) return `${who}. One map is flat, so no correlation can be computed; the region counts as 0.`;
  const range = [Math.min(...pairs), Math.max(...pairs)].map(decimal).join(' to ');
  const many = pairs.length > 6 ? ` The pairs go from ${range}.` : ` Pair by pair: ${pairs.map(decimal).join(', ')}.`;
  const apart = pairs.length > 1 ? many : '';
  return `${who} (${each}, of 1). Inside this region ${inWords(rho)}.${apart}`;
}

/** @param {number} rho */
function inWords(rho) {
  if (rho >= 0.5) return 'the maps rise and fall together';
  if (rho >= 0.2) return 'the maps partly agree';
  if (rho <= -0.2) return 'one map rises where the other falls';
  return 'the maps have little in common';
}
