import { PageElement, changed, make } from '../../shared/element.js';
import { paintMap } from '../../shared/paint.js';
import { paintCorrelations, paintRhoScale, paintScale } from '../paint.js';
import { lutOf } from '../select.js';
import { t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/**
 * Every network's map, the mutual map and the correlations side by side. A map can be chosen to lie over the image.
 */
export class Maps extends PageElement {
  /** @type {Map<string, { canvas: HTMLCanvasElement, button: HTMLButtonElement, blank: HTMLElement }>} */
  #tiles = new Map();
  #built = '';
  #rho = make('canvas', { role: 'img', 'aria-label': t('maps.correlation-label') });
  #scale = make('canvas');
  #rhoScale = make('canvas');

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { result, view } = state;
    this.hidden = !result;
    if (!result) return;
    const mutual = { id: 'mutual', name: t('maps.mutual'), map: result.map, blank: result.blank };
    const maps =
      result.peers.length > 1 ? [...result.peers, mutual] : [{ ...mutual, name: result.peers[0]?.name ?? '' }];
    const built = maps.map(({ id, name }) => `${id} ${name}`).join();
    if (built !== this.#built) this.#build(maps);
    this.#built = built;
    const lut = lutOf(state);
    if (lut && changed(state, before, (s) => [s.result, s.view.pair, lutOf(s)])) {
      for (const { id, map, blank } of maps) {
        const tile = this.#tiles.get(id);
        if (!tile) continue;
        paintMap(tile.canvas, map, lut, result.side);
        tile.blank.hidden = !blank;
      }
      paintScale(this.#scale, lut);
      paintCorrelations(this.#rho, result, view.pair);
    }
    for (const [id, { button }] of this.#tiles) button.setAttribute('aria-pressed', String(id === view.shown));
  }

  /** @param {{ id: string, name: string }[]} maps */
  #build(maps) {
    this.#tiles.clear();
    const tiles = maps.map(({ id, name }, k) => {
      const canvas = make('canvas', { role: 'img', 'aria-label': t('maps.map', { name }) });
      const blank = make('span', { class: 'blank', hidden: true }, t('maps.blank'));
      const button = make(
        'button',
        {
          type: 'button',
          'data-testid': `map-${id}`,
          'data-peer': id === 'mutual' && maps.length > 1 ? 'mutual' : k,
          onclick: () => this.send({ type: 'view-changed', view: { shown: id } }),
        },
        make('span', { class: 'map' }, canvas, blank),
        make('span', { class: 'name' }, name),
      );
      this.#tiles.set(id, { canvas, button, blank });
      return button;
    });
    const rho = make(
      'div',
      { class: 'tile', 'data-testid': 'map-correlation' },
      make('span', { class: 'map' }, this.#rho),
      make('span', { class: 'name' }, t('maps.correlation')),
    );
    paintRhoScale(this.#rhoScale);
    const legends = [legend(t('maps.least'), this.#scale, t('maps.most')), legend(t('maps.from'), this.#rhoScale, '1')];
    const several = maps.length > 1; // One network alone has no correlations.
    this.replaceChildren(
      make('div', { class: 'tiles' }, ...tiles, ...(several ? [rho] : [])),
      make('div', { class: 'legends', 'aria-hidden': 'true' }, ...legends.slice(0, several ? 2 : 1)),
    );
  }
}

/**
 * @param {string} from
 * @param {HTMLCanvasElement} bar
 * @param {string} to
 */
const legend = (from, bar, to) => make('div', { class: 'legend' }, make('span', {}, from), bar, make('span', {}, to));
