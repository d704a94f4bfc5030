import { PageElement, changed, make, place } from '../../shared/element.js';
import { decimal, short } from '../../shared/format.js';
import { paintMap } from '../../shared/paint.js';
import { paintImage, windowOf } from '../paint.js';
import { lutOf, mapOf, overlayOf } from '../select.js';
import { heard, t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Explanation, Region } from 'peerlight'
 */

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
  #frame = make('div', { class: 'frame' }, this.#image, this.#square);
  /** @type {HTMLElement[]} */
  #cells = [];
  #size = 0;
  #width = 0;
  /** @type {number | null} */
  #region = null;

  connectedCallback() {
    this.#square.append(...this.children); // Layers that others put over the image.
    this.replaceChildren(this.#frame);
    this.#grid.addEventListener('keydown', (event) => this.#move(event));
    const pick = (/** @type {Event} */ { target }) => {
      const cell = /** @type {Element} */ (target).closest('[role=gridcell]');
      const index = this.#cells.findIndex((other) => other === cell);
      if (index >= 0 && index !== this.#region) this.send({ type: 'view-changed', view: { region: index } });
    };
    // Only a pointer that moves: one that lies still while the image appears beneath it means nothing.
    this.#grid.addEventListener('pointermove', pick);
    this.#grid.addEventListener('focusin', pick);
    this.#grid.addEventListener('pointerdown', pick);
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
    const { image, result, view } = state;
    if (image.preview && changed(state, before, (s) => [s.image.preview])) {
      const { width, height } = windowOf(image.preview);
      paintImage(this.#image, image.preview);
      this.#image.setAttribute(
        'aria-label',
        heard(image.chosen?.alt ?? '') || t('viewer.image', { name: image.chosen?.name ?? '' }),
      );
      this.#frame.style.setProperty('--ratio', String(width / height));
    }
    this.#square.hidden = !result;
    if (!result) return;
    if (changed(state, before, (s) => [s.result])) this.#place(result);
    const lut = lutOf(state);
    if (lut && changed(state, before, (s) => [s.result, s.view.shown, lutOf(s)])) {
      paintMap(this.#overlay, mapOf(result, view.shown).map, lut, result.side);
    }
    const { opacity, dim } = overlayOf(state);
    this.#overlay.style.opacity = String(opacity);
    this.#square.style.setProperty('--dim', String(dim));
    this.#grid.classList.toggle('bare', !view.lines);
    if (changed(state, before, (s) => [s.result, s.view.region])) this.#mark(view.region);
  }

  /** @param {Explanation} result */
  #place({ image, regions, peers, grid }) {
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
    const names = peers.map((peer) => short(peer.name));
    regions.forEach((region, i) => {
      const cell = this.#cells[i];
      if (!cell) return;
      cell.setAttribute('aria-label', labelOf(region, names));
      cell.textContent = region.constant ? '–' : decimal(region.rho);
      cell.dataset.rho = String(region.rho);
      cell.classList.toggle('constant', region.constant);
    });
    this.#fit();
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
   * @param {number | null} region
   */
  #mark(region) {
    this.#region = region;
    this.#cells.forEach((cell, i) => {
      cell.tabIndex = i === (region ?? 0) ? 0 : -1;
      cell.classList.toggle('chosen', i === region);
      cell.setAttribute('aria-selected', String(i === region));
    });
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
    this.#grid.classList.toggle('dense', cell > 0 && cell < 36);
  }
}

/**
 * @param {Region} region
 * @param {string[]} names the networks'
 */
function labelOf({ row, column, rho, constant, attention }, names) {
  const correlation = constant ? t('region.label-flat') : t('region.correlation', { rho: decimal(rho) });
  const means = names.map((name, k) => t('region.label-attention', { name, mean: decimal(attention[k] ?? 0) }));
  return t('region.label', { row: row + 1, column: column + 1, facts: [correlation, ...means].join(', ') });
}
