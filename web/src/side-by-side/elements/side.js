import { PageElement, changed, make } from '../../shared/element.js';
import { decimal, percent, short } from '../../shared/format.js';
import { paintMap, paintSquare } from '../../shared/paint.js';
import { paintCorrelations } from '../../explain/paint.js';
import { lutOf, mapOf, overlayOf } from '../../explain/select.js';
import { bothOf, comparable } from '../select.js';
import { namesOf } from '../words.js';
import { heard, t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Explanation, PeerMap } from 'peerlight'
 */

/** Pixels of the square that is shown. */
const SIDE = 560;
/** Answers listed of each network. */
const MOST = 3;

/** One side: its image with the map that is shown, its answers, its agreement and its regions. */
export class Side extends PageElement {
  #which;
  #name = make('h3');
  #image = make('canvas', { role: 'img' });
  #overlay = make('canvas', { class: 'overlay', 'aria-hidden': 'true' });
  #region = make('span', { class: 'here', 'aria-hidden': 'true' });
  #blank = make('span', { class: 'blank', hidden: true }, t('sides.blank'));
  #answers = make('div', { class: 'answers' });
  #agreement = make('p', { class: 'agreement' });
  #trust = make('p', { class: 'quiet' });
  #regions = make('canvas', { role: 'img' });
  #heatmap = make('figure', { class: 'heatmap' }, this.#regions, make('figcaption', {}, t('sides.regions')));

  /** @param {'left' | 'right'} [which] */
  constructor(which = 'left') {
    super();
    this.#which = which;
  }

  connectedCallback() {
    this.dataset.testid = `side-${this.#which}`;
    const square = make('div', { class: 'shown' }, this.#image, this.#overlay, this.#region, this.#blank);
    this.replaceChildren(this.#name, square, this.#answers, this.#agreement, this.#trust, this.#heatmap);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const both = bothOf(state);
    const lut = lutOf(state);
    const preview = (this.#which === 'right' && state.sides.preview) || state.image.preview;
    if (!both || !lut || !preview) return;
    const result = both[this.#which];
    this.#overlay.style.opacity = String(overlayOf(state).opacity);
    this.#mark(state, result);
    if (changed(state, before, (s) => [s.sides.result, s.view.shown, lutOf(s)])) {
      const { map, blank } = mapOf(result, state.view.shown);
      paintMap(this.#overlay, map, lut, result.side);
      this.#blank.hidden = !blank;
    }
    if (!changed(state, before, (s) => [s.sides.result])) return;
    const name = namesOf(state, both.left, both.right)[this.#which === 'left' ? 0 : 1];
    this.#name.textContent = name;
    paintSquare(this.#image, preview, result.image, result.image.crop, SIDE);
    this.#image.setAttribute('aria-label', t('sides.seen', { name }));
    this.#answers.replaceChildren(...result.peers.map(answers));
    this.#agreement.replaceChildren(
      `${t('sides.agreement')} `,
      make('b', {}, result.agreement === null ? '–' : decimal(result.agreement)),
    );
    this.#trust.textContent = result.agreement === null ? t('sides.alone') : heard(result.trust?.sentence ?? '');
    this.#heatmap.hidden = !result.regions.length;
    if (result.regions.length) paintCorrelations(this.#regions, result);
    this.#regions.setAttribute('aria-label', t('sides.regions.label', { name }));
  }

  /**
   * The region that is chosen on the page, where both sides have the same ones.
   * @param {State} state
   * @param {Explanation} result
   */
  #mark(state, { grid, regions }) {
    const { view, result: shown } = state;
    const same = comparable(state) && shown?.grid === grid;
    const region = view.region === null || !same ? undefined : regions[view.region];
    this.#region.hidden = !region;
    if (!region) return;
    const style = { left: region.column, top: region.row, width: 1, height: 1 };
    for (const [side, n] of Object.entries(style)) this.#region.style.setProperty(side, `${(100 * n) / grid}%`);
  }
}

/**
 * @param {PeerMap} peer
 * @param {number} k
 */
function answers({ name, top, target }, k) {
  const listed = top.slice(0, MOST);
  if (!listed.some((row) => row.class === target.class)) listed.push(target);
  const rows = listed.map((row) => {
    const fill = make('span', { class: 'fill' });
    fill.style.width = `${100 * row.probability}%`;
    const label = make(row.class === target.class ? 'strong' : 'span', {}, row.label);
    const track = make('span', { class: 'track', 'aria-hidden': 'true' }, fill);
    return make('li', {}, label, make('span', { class: 'number' }, percent(row.probability)), track);
  });
  return make('section', { 'data-peer': k }, make('h4', {}, short(name)), make('ol', {}, ...rows));
}
