import { PageElement, changed, make, setText } from '../../shared/element.js';
import { decimal, short } from '../../shared/format.js';
import { paintMap, paintSquare } from '../../shared/paint.js';
import { paintCorrelations, paintPatch, paintRegion } from '../../explain/paint.js';
import { lutOf } from '../../explain/select.js';
import { number, t } from '../../words/index.js';
import { STEPS } from '../state.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Explanation } from 'peerlight'
 */

const SIDE = 320;

/** How it works, on the image that is shown: four steps, each drawn from the real result. */
export class Steps extends PageElement {
  #details = make(
    'details',
    { 'data-testid': 'steps', ontoggle: () => this.send({ type: 'steps-opened', open: this.#details.open }) },
    make('summary', {}, t('steps')),
  );
  #title = make('h3', { tabindex: -1, 'data-testid': 'steps-title' });
  #text = make('p', { 'data-testid': 'steps-text' });
  #tiles = make('div', { class: 'tiles' });
  #count = make('span', { class: 'quiet' });
  #back = this.#button('back', -1);
  #next = this.#button('next', 1);
  #at = 0;

  connectedCallback() {
    const line = make('div', { class: 'line' }, this.#back, this.#next, this.#count);
    const body = make('div', { role: 'group', 'aria-label': t('steps') }, this.#title, this.#text, this.#tiles, line);
    body.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.#go(by);
    });
    this.#details.append(body);
    this.replaceChildren(this.#details);
  }

  /**
   * @param {'back' | 'next'} name
   * @param {number} by
   */
  #button(name, by) {
    const props = { type: 'button', 'data-testid': `steps-${name}`, onclick: () => this.#go(by) };
    return make('button', props, t(`tour.${name}`));
  }

  /** @param {number} by */
  #go(by) {
    this.send({ type: 'steps-moved', at: this.#at + by });
    this.#title.focus({ preventScroll: true });
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { result, steps, image } = state;
    // One network alone has nothing to correlate or to fuse.
    this.hidden = !result || result.peers.length < 2;
    if (!changed(state, before, (s) => [s.result, s.steps, lutOf(s)])) return;
    this.#at = steps.at;
    this.#details.open = steps.open;
    const lut = lutOf(state);
    if (this.hidden || !steps.open || !result || !lut || !image.preview) return this.#tiles.replaceChildren();
    const step = STEPS[steps.at] ?? 'superposed';
    setText(this.#title, t(`steps.${step}`));
    setText(this.#text, textOf(step, result));
    this.#count.textContent = t('far.count', { done: steps.at + 1, total: STEPS.length });
    this.#back.disabled = steps.at === 0;
    this.#next.disabled = steps.at === STEPS.length - 1;
    this.#tiles.dataset.step = step;
    this.#tiles.replaceChildren(...tilesOf(step, state, result, lut));
  }
}

/**
 * @param {(typeof STEPS)[number]} step
 * @param {Explanation} result
 */
function textOf(step, result) {
  const { grid, agreement, settings } = result;
  if (step === 'cut') return t('steps.cut.text', { grid, n: grid * grid });
  if (step === 'correlated') return t('steps.correlated.text', { agreement: decimal(agreement ?? 0) });
  if (step === 'fused') return t('steps.fused.text', { exponent: number(Number(settings.exponent ?? 1)) });
  return `${t('steps.superposed.text')} ${t(settings.evidence === 'guided' ? 'steps.own-guided' : 'steps.own-other')}`;
}

/**
 * @param {(typeof STEPS)[number]} step
 * @param {State} state
 * @param {Explanation} result
 * @param {Uint8Array} lut
 */
function tilesOf(step, { image, steps, view }, result, lut) {
  const preview = /** @type {NonNullable<State['image']['preview']>} */ (image.preview);
  /** @type {(name: string, paint: (canvas: HTMLCanvasElement) => void, lines?: boolean) => HTMLElement} */
  const tile = (name, paint, lines = false) => {
    const canvas = make('canvas', { role: 'img', 'aria-label': name });
    paint(canvas);
    const map = make('span', { class: lines ? 'map cut' : 'map' }, canvas);
    if (lines) map.style.setProperty('--grid', String(result.grid));
    return make('div', { class: 'tile' }, map, make('span', { class: 'name' }, name));
  };
  const own = (lines = false) =>
    result.peers.map(({ name, map }) =>
      tile(t('maps.map', { name: short(name) }), (canvas) => paintMap(canvas, map, lut, result.side), lines),
    );
  const seen = tile(t('figure.seen'), (canvas) => paintSquare(canvas, preview, result.image, result.image.crop, SIDE));
  if (step === 'superposed') {
    const layers = steps.of === result ? steps.layers : null;
    const added = (layers?.peers ?? []).map(({ name, map }) =>
      tile(t('steps.layers', { name: short(name) }), (canvas) => paintMap(canvas, map, lut, layers?.side ?? 1)),
    );
    return [seen, ...added, ...own()];
  }
  if (step === 'cut') return own(true);
  if (step === 'correlated') {
    const region = result.regions[view.region ?? 0];
    const all = tile(t('maps.correlation'), (canvas) => paintCorrelations(canvas, result));
    if (!region) return [all];
    const at = t('region.at', { row: region.row + 1, column: region.column + 1 });
    const patches = result.peers.map(({ name, map }) =>
      tile(`${short(name)}: ${at}`, (canvas) => paintRegion(canvas, map, result.side, region, result.grid, lut)),
    );
    const patch = tile(at, (canvas) => paintPatch(canvas, preview, result, region));
    return [patch, ...patches, all];
  }
  return [...own(), tile(t('maps.mutual'), (canvas) => paintMap(canvas, result.map, lut, result.side))];
}
