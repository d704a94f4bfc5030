import { Part, changed, make } from '../element.js';
import { figure, short } from '../format.js';
import { paintMap, paintImage, windowOf } from '../paint.js';
import { lutOf, mapOf } from '../state.js';

/** The image, the map over exactly the square the networks saw, and the regions as a grid that mouse, touch and keys can walk. */
export class Stage extends Part {
  #image = make('canvas', { class: 'image', role: 'img' });
  #overlay = make('canvas', { class: 'overlay', 'data-testid': 'overlay', 'aria-hidden': 'true' });
  #grid = make('div', {
    class: 'regions',
    role: 'grid',
    'aria-label': 'Regions of the image. Arrow keys move between them.',
    'data-testid': 'regions',
  });
  #square = make('div', { class: 'square', hidden: true }, this.#overlay, this.#grid);
  #frame = make('div', { class: 'frame' }, this.#image, this.#square);
  /** @type {HTMLElement[]} */
  #cells = [];
  #size = 0;
  /** @type {number | null} */
  #region = null;

  connectedCallback() {
    this.replaceChildren(this.#frame);
    this.#grid.addEventListener('keydown', (event) => this.#move(event));
    const pick = (/** @type {Event} */ { target }) => {
      const index = this.#cells.indexOf(
        /** @type {HTMLElement} */ (/** @type {Element} */ (target).closest('[role=gridcell]')),
      );
      if (index >= 0 && index !== this.#region) this.send({ type: 'view-changed', view: { region: index } });
    };
    // Only a pointer that moves: one that lies still while the image appears beneath it means nothing.
    this.#grid.addEventListener('pointermove', pick);
    this.#grid.addEventListener('focusin', pick);
    this.#grid.addEventListener('pointerdown', pick);
    // Numbers only where a cell has room for them.
    new ResizeObserver(() => this.#fit()).observe(this.#grid);
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    const { image, result, view } = state;
    if (changed(state, before, (s) => s.image.preview) && image.preview) {
      const { width, height } = windowOf(image.preview);
      paintImage(this.#image, image.preview);
      this.#image.setAttribute('aria-label', image.chosen?.alt || `The image ${image.chosen?.name ?? ''}`);
      this.#frame.style.setProperty('--ratio', String(width / height));
    }
    this.#square.hidden = !result;
    if (!result) return;
    if (changed(state, before, (s) => s.result)) this.#place(result);
    if (
      changed(
        state,
        before,
        (s) => s.result,
        (s) => s.view.shown,
        lutOf,
      )
    ) {
      const lut = lutOf(state);
      if (lut) paintMap(this.#overlay, mapOf(result, view.shown).map, result.side, lut);
    }
    this.#overlay.style.opacity = String(view.opacity);
    this.#grid.classList.toggle('bare', !view.lines);
    if (
      changed(
        state,
        before,
        (s) => s.result,
        (s) => s.view.region,
      )
    )
      this.#mark(view.region);
  }

  /** @param {import('../state.js').Explanation} result */
  #place({ image, regions, peers, settings: { grid } }) {
    const { side } = image.crop;
    const shown = windowOf(image);
    const [x, y] = [image.crop.x - shown.x, image.crop.y - shown.y];
    const part = (/** @type {number} */ a, /** @type {number} */ b) => `${(100 * a) / b}%`;
    Object.assign(this.#square.style, {
      left: part(x, shown.width),
      top: part(y, shown.height),
      width: part(side, shown.width),
      height: part(side, shown.height),
    });
    if (this.#size !== grid) this.#build(grid);
    regions.forEach(({ row, column, rho, attention, constant }, i) => {
      const cell = this.#cells[i];
      if (!cell) return;
      const means = peers.map((p, k) => `${short(p.name)} attention ${figure(attention[k] ?? 0)}`).join(', ');
      cell.setAttribute(
        'aria-label',
        `Row ${row + 1}, column ${column + 1}: ${constant ? 'no correlation, flat' : `correlation ${figure(rho)}`}, ${means}`,
      );
      cell.textContent = constant ? '–' : figure(rho);
      cell.dataset.rho = String(rho);
      cell.classList.toggle('constant', constant);
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

  /** One cell is in the tab order: the chosen one, or the first. @param {number | null} region */
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
    const cell = this.#grid.clientWidth / (this.#size || 1);
    this.#grid.classList.toggle('dense', cell > 0 && cell < 36);
  }
}
