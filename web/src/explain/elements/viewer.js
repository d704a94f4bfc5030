import { PageElement, changed, make, place } from '../../shared/element.js';
import { decimal, short } from '../../shared/format.js';
import { paintMap } from '../../shared/paint.js';
import { resized } from '../../shared/resized.js';
import { paintImage, windowOf } from '../paint.js';
import { attentionOf, lutOf, mapOf, overlayOf, rhoOf } from '../select.js';
import { Zoom } from '../zoom.js';
import { heard, t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Explanation, Region } from 'peerlight'
 */

/** The finest that a map is drawn, in pixels a side. */
const FINEST = 1024;

/**
 * The image, the map over exactly the square that the networks saw, and the regions as a grid for mouse, touch and
 * keys.
 */
export class ImageViewer extends PageElement {
  #image = make('canvas', { class: 'image', role: 'img' });
  #overlay = make('canvas', { class: 'overlay', 'data-testid': 'overlay', 'aria-hidden': 'true' });
  #grid = make('div', {
    class: 'regions',
    role: 'grid',
    'aria-label': t('viewer.regions'),
    'data-testid': 'regions',
  });
  #square = make('div', { class: 'square', hidden: true }, this.#overlay, this.#grid);
  #stage = make('div', { class: 'stage' }, this.#image, this.#square);
  #frame = make('div', { class: 'frame', 'data-testid': 'frame' }, this.#stage);
  #name = make('p', { class: 'name', 'data-testid': 'image-name' });
  #level = this.#button('zoom-reset', ['100%', t('viewer.whole')], () => this.#zoom.set(1));
  #present = this.#button('present', [t('present'), t('present.title')], () => {
    this.send({ type: 'view-changed', view: { presenting: true } });
  });
  #zoom = new Zoom(this.#frame, this.#stage, (scale) => this.#zoomed(scale));
  /** @type {State | null} */
  #state = null;
  /** @type {HTMLElement[]} */
  #cells = [];
  #size = 0;
  #width = 0;
  /** @type {number | null} */
  #region = null;
  #pinned = -1;

  connectedCallback() {
    const legend = this.querySelector('peer-legend') ?? '';
    const layers = [...this.children].filter((child) => child !== legend);
    this.#square.append(...layers); // What others put over the image.
    const out = this.#button('zoom-out', ['−', t('viewer.smaller')], () => this.#zoom.step(1 / 1.5));
    const closer = this.#button('zoom-in', ['+', t('viewer.larger')], () => {
      this.#zoom.step(1.5);
    });
    const zoom = make(
      'div',
      { class: 'segments', role: 'group', 'aria-label': t('viewer.zoom') },
      out,
      this.#level,
      closer,
    );
    this.replaceChildren(
      this.#frame,
      make('div', { class: 'under' }, make('div', { class: 'told' }, this.#name, legend), zoom, this.#present),
    );
    this.addEventListener('keydown', (event) => this.#keys(event));
    this.#grid.addEventListener('dblclick', (event) => this.#zoom.closer(event));
    // Only a pointer that moves: one that lies still while the image appears beneath it means nothing.
    this.#grid.addEventListener('pointermove', (event) => !this.#state?.view.pinned && this.#pick(event));
    this.#grid.addEventListener('focusin', (event) => this.#pick(event));
    this.#grid.addEventListener('click', (event) => this.#pin(event));
    addEventListener('keydown', (event) => {
      const lets = event.key === 'Escape' && !event.defaultPrevented && this.#state?.view.pinned;
      if (lets) this.send({ type: 'view-changed', view: { pinned: false } });
    });
    // Numbers only where a cell has room for them.
    new ResizeObserver(([entry]) => {
      this.#width = entry?.contentRect.width ?? 0;
      this.#fit();
    }).observe(this.#grid);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    this.#state = state;
    const { image, result, view } = state;
    this.#name.textContent = heard(image.chosen?.name ?? '');
    this.#present.hidden = !result || view.presenting;
    if (image.preview && changed(state, before, (s) => [s.image.preview])) {
      const { width, height } = windowOf(image.preview);
      paintImage(this.#image, image.preview);
      this.#image.setAttribute(
        'aria-label',
        heard(image.chosen?.alt ?? '') || t('viewer.image', { name: heard(image.chosen?.name ?? '') }),
      );
      this.#frame.style.setProperty('--ratio', String(width / height));
      this.#zoom.set(1);
    }
    this.#square.hidden = !result;
    if (!result) return;
    if (changed(state, before, (s) => [s.result])) this.#place(result);
    if (changed(state, before, (s) => [s.result, s.view.shown, lutOf(s)])) this.#paint();
    if (changed(state, before, (s) => [s.result, s.view.shown, s.view.numbers, s.view.pair]))
      this.#number(state, result);
    const { opacity, dim } = overlayOf(state);
    this.#overlay.hidden = view.shown === 'image';
    this.#overlay.style.opacity = String(opacity);
    this.#square.style.setProperty('--dim', String(dim));
    this.#grid.classList.toggle('bare', !view.lines);
    if (changed(state, before, (s) => [s.result, s.view.region, s.view.pinned])) this.#mark(view);
  }

  /** The map as fine as the image where it is looked at closely, and as it came where it is not. */
  #paint() {
    const state = /** @type {State} */ (this.#state);
    const { result, image, view } = state;
    const lut = lutOf(state);
    if (!result || !lut || !image.preview) return;
    const own = Math.round((result.image.crop.side * image.preview.bitmap.width) / result.image.width);
    const fine = this.#zoom.scale > 1 ? Math.min(FINEST, Math.max(result.side, own)) : result.side;
    paintMap(this.#overlay, resized(mapOf(result, view.shown).map, result.side, fine), lut, fine);
  }

  /** @param {number} scale */
  #zoomed(scale) {
    this.#level.textContent = `${Math.round(100 * scale)}%`;
    const fine = this.#overlay.width > (this.#state?.result?.side ?? Infinity);
    if (this.#state && scale > 1 !== fine) this.#paint();
  }

  /**
   * @param {string} id
   * @param {string[]} words what it says, and what it does
   * @param {() => void} onclick
   */
  #button(id, [text = '', title = ''], onclick) {
    return make(
      'button',
      { type: 'button', 'data-testid': id, title, 'aria-label': `${text} ${title}`, onclick },
      text,
    );
  }

  /** @param {Event} event */
  #at({ target }) {
    const cell = /** @type {Element} */ (target).closest('[role=gridcell]');
    return this.#cells.findIndex((other) => other === cell);
  }

  /** @param {Event} event */
  #pick(event) {
    const region = this.#at(event);
    if (region >= 0 && region !== this.#region) this.send({ type: 'view-changed', view: { region } });
  }

  /** A click pins a region, and a second one lets it go. @param {Event} event */
  #pin(event) {
    const region = this.#at(event);
    if (region < 0) return;
    const pinned = !(this.#state?.view.pinned && this.#pinned === region);
    this.#pinned = region;
    this.send({ type: 'view-changed', view: { region, pinned } });
  }

  /** @param {Explanation} result */
  #place({ image, regions, grid }) {
    const { x, y, side } = image.crop;
    const shown = windowOf(image);
    place(this.#square, {
      left: (100 * (x - shown.x)) / shown.width,
      top: (100 * (y - shown.y)) / shown.height,
      width: (100 * side) / shown.width,
      height: (100 * side) / shown.height,
    });
    this.#grid.hidden = !regions.length; // One network alone has nothing to compare.
    if (this.#size !== grid) this.#build(grid);
    this.#fit();
  }

  /**
   * @param {State} state
   * @param {Explanation} result
   */
  #number({ view }, result) {
    const attention = attentionOf(result, view.shown);
    const names = result.peers.map(({ name }) => short(name));
    const own = result.peers.some(({ id }) => id === view.shown);
    result.regions.forEach((region, i) => {
      const cell = this.#cells[i];
      if (!cell) return;
      const rho = rhoOf(region, view.pair);
      const flat = view.numbers === 'correlation' && region.constant;
      cell.textContent = flat ? '–' : decimal(view.numbers === 'attention' ? (attention[i] ?? 0) : rho);
      cell.dataset.rho = String(rho);
      // What stands in a cell is part of its name.
      const mutual = view.numbers === 'attention' && !own ? [t('region.label-mutual', { n: cell.textContent })] : [];
      const pair =
        view.numbers === 'correlation' && view.pair !== null ? [t('region.label-pair', { n: cell.textContent })] : [];
      cell.setAttribute('aria-label', labelOf(region, names, [...mutual, ...pair]));
      cell.classList.toggle('constant', region.constant);
    });
  }

  /** @param {number} grid */
  #build(grid) {
    const held = this.#grid.contains(document.activeElement);
    this.#size = grid;
    this.#grid.style.setProperty('--grid', String(grid));
    this.#grid.setAttribute('aria-rowcount', String(grid));
    this.#grid.setAttribute('aria-colcount', String(grid));
    this.#cells = [];
    const rows = Array.from({ length: grid }, (_, row) => {
      const cells = Array.from({ length: grid }, (_, column) =>
        make('div', { role: 'gridcell', tabindex: -1, 'data-testid': `region-${row}-${column}` }),
      );
      this.#cells.push(...cells);
      return make('div', { role: 'row' }, ...cells);
    });
    this.#grid.replaceChildren(...rows);
    if (held) this.#cells[0]?.focus();
  }

  /**
   * One cell is in the tab order: the chosen one, or the first.
   * @param {State['view']} view
   */
  #mark({ region, pinned }) {
    this.#region = region;
    this.#cells.forEach((cell, i) => {
      cell.tabIndex = i === (region ?? 0) ? 0 : -1;
      cell.classList.toggle('chosen', i === region);
      cell.classList.toggle('pinned', i === region && pinned);
      cell.setAttribute('aria-selected', String(i === region));
    });
  }

  /** @param {KeyboardEvent} event */
  #keys(event) {
    const by = { '+': 1.5, '=': 1.5, '-': 1 / 1.5, '−': 1 / 1.5 }[event.key];
    // With another key they belong to the browser.
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && by) this.#zoom.step(by);
    else if (plain && event.key === '0') this.#zoom.set(1);
    else return this.#move(event);
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const at = this.#cells.indexOf(/** @type {HTMLElement} */ (event.target));
    const n = this.#size;
    if (at < 0) return;
    const [row, column] = [Math.floor(at / n), at % n];
    /** @type {Record<string, number>} */
    const next = {
      ArrowLeft: column > 0 ? at - 1 : at,
      ArrowRight: column < n - 1 ? at + 1 : at,
      ArrowUp: row > 0 ? at - n : at,
      ArrowDown: row < n - 1 ? at + n : at,
      Home: event.ctrlKey ? 0 : row * n,
      End: event.ctrlKey ? n * n - 1 : row * n + n - 1,
      PageUp: column,
      PageDown: (n - 1) * n + column,
    };
    const to = next[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#cells[to]?.focus();
  }

  #fit() {
    const cell = this.#width / (this.#size || 1);
    this.#grid.classList.toggle('dense', cell > 0 && cell < 32);
  }
}

/**
 * @param {Region} region
 * @param {string[]} names the networks'
 * @param {string[]} more
 */
function labelOf({ row, column, rho, constant, attention }, names, more) {
  const correlation = constant ? t('region.label-flat') : t('region.correlation', { rho: decimal(rho) });
  const means = names.map((name, k) => t('region.label-attention', { name, mean: decimal(attention[k] ?? 0) }));
  return t('region.label', { row: row + 1, column: column + 1, facts: [correlation, ...means, ...more].join(', ') });
}
