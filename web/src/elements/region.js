import { Part, changed, make } from '../element.js';
import { figure, short } from '../format.js';
import { paintPatch, paintRegion } from '../paint.js';
import { lutOf } from '../state.js';

/** One region seen close: the image, each peer's local map, and what they amount to. */
export class RegionCard extends Part {
  #title = make('h2', {}, 'Region');
  #rho = make('p', { class: 'rho' });
  #note = make('p', { 'data-testid': 'region-note' });
  #patches = make('div', { class: 'patches' });
  #hint = make(
    'p',
    { class: 'quiet' },
    'Each map in its own contrast, as the correlation sees it; below, its mean attention. Point, tap or use the arrow keys for another region.',
  );

  connectedCallback() {
    this.replaceChildren(make('header', {}, this.#title, this.#rho), this.#patches, this.#note, this.#hint);
    this.dataset.testid = 'region-card';
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    if (
      !changed(
        state,
        before,
        (s) => s.result,
        (s) => s.view.region,
        lutOf,
      )
    )
      return;
    const { result, view, image } = state;
    this.hidden = !result;
    const region = view.region === null ? undefined : result?.regions[view.region];
    const lut = lutOf(state);
    if (!result || !region || !lut || !image.preview) return;
    this.#title.textContent = `Region ${region.row + 1}, ${region.column + 1}`;
    this.#rho.textContent = region.constant ? 'flat' : `ρ = ${figure(region.rho)}`;
    this.#note.textContent = note(region);
    const patch = make('canvas', { role: 'img', 'aria-label': 'The image in this region' });
    paintPatch(patch, image.preview, result, region);
    const peers = result.peers.map((peer, k) => {
      const canvas = make('canvas', { role: 'img', 'aria-label': `The map of ${peer.name} in this region` });
      paintRegion(canvas, peer.map, result.side, region, result.settings.grid, lut);
      return make(
        'figure',
        { 'data-peer': k },
        canvas,
        make('figcaption', {}, make('span', {}, short(peer.name)), make('b', {}, figure(region.attention[k] ?? 0))),
      );
    });
    this.#patches.replaceChildren(
      make('figure', {}, patch, make('figcaption', {}, make('span', {}, 'Image'))),
      ...peers,
    );
  }
}

/** @param {import('../../pkg/index.js').Region} region */
function note({ rho, constant, pairs }) {
  if (constant)
    return 'A map is flat here, so there is nothing to correlate. The region counts as 0 and is marked “constant”.';
  const each = pairs.length > 1 ? ` Pair by pair: ${pairs.map(figure).join(', ')}.` : '';
  if (rho >= 0.5) return `Inside this region the maps rise and fall together.${each}`;
  if (rho >= 0.2) return `Inside this region the maps agree in part.${each}`;
  if (rho <= -0.2) return `Inside this region one map rises where the other falls.${each}`;
  return `Inside this region the maps have little in common.${each}`;
}
