import { PageElement, changed, make, place } from '../../shared/element.js';
import { paintSquare } from '../../shared/paint.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Box } from '../state.js'
 * @import { Explanation } from 'peerlight'
 */

/** Changes in quick succession are measured once. */
const SETTLE_MS = 300;
const SIDES = /** @type {const} */ (['left', 'top', 'right', 'bottom']);

/** The person's own box around the object: drawn with a pointer, moved with the keys, or typed. */
export class BoxEditor extends PageElement {
  #summary = make('summary', { 'data-testid': 'box' });
  #image = make('canvas', { role: 'img', 'aria-label': t('box.seen') });
  #frame = make(
    'div',
    { class: 'target', tabindex: 0, role: 'application', 'data-testid': 'box-frame' },
    ...['nw', 'ne', 'sw', 'se'].map((corner) => make('span', { class: `corner ${corner}`, 'data-corner': corner })),
  );
  #square = make('div', { class: 'drawing', 'data-testid': 'box-square' }, this.#image, this.#frame);
  #inputs = SIDES.map((side, i) =>
    make('input', {
      type: 'number',
      step: 1,
      id: `box-${i}`,
      'data-testid': `box-${side}`,
      onchange: () => this.#typed(),
    }),
  );
  #add = make('button', { type: 'button', 'data-testid': 'box-add', onclick: () => this.#center() }, t('box.add'));
  #remove = make(
    'button',
    { type: 'button', 'data-testid': 'box-remove', onclick: () => this.#drop() },
    t('box.remove'),
  );
  /** As it is drawn; the state's follows when it is let go. @type {Box | null} */
  #box = null;
  /** The square that the networks saw, in pixels of the image. @type {Explanation['image']['crop'] | null} */
  #crop = null;
  #details = make('details');
  /** Paints the square. @type {(() => void) | null} */
  #due = null;
  /** @type {((x: number, y: number) => void) | null} */
  #drag = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  connectedCallback() {
    const sides = this.#inputs.map((input, i) =>
      make('div', { class: 'field' }, make('label', { for: `box-${i}` }, t(`box.${SIDES[i] ?? 'left'}`)), input),
    );
    const fields = make(
      'div',
      { class: 'fields' },
      make('p', { class: 'quiet' }, t('box.hint')),
      make('div', { class: 'sides' }, ...sides),
      make('div', { class: 'saves' }, this.#add, this.#remove),
    );
    const boxing = make('div', { class: 'boxing' }, this.#square, fields);
    this.#details.replaceChildren(this.#summary, boxing);
    this.replaceChildren(this.#details);
    this.#details.addEventListener('toggle', () => this.#paint());
    this.#square.addEventListener('pointerdown', (event) => this.#grab(event));
    this.#square.addEventListener('pointermove', (event) => this.#drag?.(...this.#at(event)));
    for (const type of ['pointerup', 'pointercancel']) this.#square.addEventListener(type, () => this.#letGo());
    this.#frame.addEventListener('keydown', (event) => this.#key(event));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { result, image, comparison } = state;
    if (!result || !image.preview) {
      this.#due = null;
      return;
    }
    if (changed(state, before, (s) => [s.result, s.image.preview])) {
      const [preview, crop] = [image.preview, result.image.crop];
      this.#crop = crop;
      this.#due = () => paintSquare(this.#image, preview, result.image, crop, 448);
      this.#paint();
    }
    if (changed(state, before, (s) => [s.comparison.box])) {
      clearTimeout(this.#timer);
      this.#box = comparison.box;
    }
    this.#draw();
  }

  /** Nothing is painted that nobody sees. */
  #paint() {
    if (!this.#details.open || !this.#due) return;
    this.#due();
    this.#due = null;
  }

  #draw() {
    const [box, crop] = [this.#box, this.#crop];
    if (!crop) return;
    this.#frame.hidden = this.#remove.hidden = !box;
    this.#add.hidden = Boolean(box);
    this.#summary.textContent = t('box.is', { box: box ? inWords(box) : t('box.none') });
    this.#inputs.forEach((input, i) => {
      if (input !== document.activeElement) input.value = box ? String(box[i]) : '';
    });
    if (!box) return;
    const [left, top, right, bottom] = box;
    const percent = (/** @type {number} */ pixels) => (100 * pixels) / crop.side;
    place(this.#frame, {
      left: percent(left - crop.x),
      top: percent(top - crop.y),
      width: percent(right - left),
      height: percent(bottom - top),
    });
    this.#frame.setAttribute('aria-label', t('box.label', { box: inWords(box) }));
  }

  /** @param {number[]} box any two corners */
  #set([a = 0, b = 0, c = 0, d = 0]) {
    if (!this.#crop) return;
    const { x, y, side } = this.#crop;
    const [left, right] = inside(a, c, x, side);
    const [top, bottom] = inside(b, d, y, side);
    this.#box = [left, top, right, bottom];
    this.#draw();
  }

  /**
   * Tells of the box as it is now, or soon.
   * @param {number} [after]
   */
  #tell(after = 0) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.send({ type: 'compare-set', change: { box: this.#box } }), after);
  }

  #center() {
    if (!this.#crop) return;
    const { x, y, side } = this.#crop;
    this.#set([x + side / 4, y + side / 4, x + (3 * side) / 4, y + (3 * side) / 4]);
    this.#frame.focus();
    this.#tell();
  }

  #drop() {
    this.#box = null;
    const held = this.#frame.contains(document.activeElement) || this.#remove === document.activeElement;
    this.#draw();
    if (held) this.#add.focus();
    this.#tell();
  }

  #typed() {
    const values = this.#inputs.map((input) => (input.value === '' ? NaN : Number(input.value)));
    const [left, top, right, bottom] = /** @type {Box} */ (values);
    if (values.some(Number.isNaN) || left >= right || top >= bottom) return; // Not a box yet.
    this.#set(values);
    this.#tell();
  }

  /**
   * Where the pointer is, in pixels of the image.
   * @param {PointerEvent} event
   * @returns {[number, number]}
   */
  #at({ clientX, clientY }) {
    const { left, top, width, height } = this.#image.getBoundingClientRect();
    const { x, y, side } = this.#crop ?? { x: 0, y: 0, side: 0 };
    return [x + ((clientX - left) * side) / width, y + ((clientY - top) * side) / height];
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    if (event.button || !this.#crop) return;
    const [x, y] = this.#at(event);
    const { corner } = /** @type {HTMLElement} */ (event.target).dataset;
    const box = this.#box;
    this.#square.setPointerCapture(event.pointerId);
    if (box && corner) {
      const far = [corner.includes('w') ? box[2] : box[0], corner.includes('n') ? box[3] : box[1]];
      this.#drag = (u, v) => this.#set([...far, u, v]);
    } else if (box && this.#frame.contains(/** @type {Node} */ (event.target))) {
      this.#drag = (u, v) => this.#move(box, u - x, v - y);
    } else {
      this.#drag = (u, v) => this.#set([x, y, u, v]);
    }
  }

  #letGo() {
    if (!this.#drag) return;
    this.#drag = null;
    const box = this.#box;
    if (box && (box[2] - box[0] < 2 || box[3] - box[1] < 2)) this.#drop();
    else this.#tell();
  }

  /**
   * Moves a box as far as the square lets it.
   * @param {Box} box
   * @param {number} dx
   * @param {number} dy
   */
  #move([left, top, right, bottom], dx, dy) {
    if (!this.#crop) return;
    const { x, y, side } = this.#crop;
    const u = Math.min(x + side - right, Math.max(x - left, dx));
    const v = Math.min(y + side - bottom, Math.max(y - top, dy));
    this.#set([left + u, top + v, right + u, bottom + v]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const box = this.#box;
    if (!box || !this.#crop) return;
    const step = Math.max(1, Math.round(this.#crop.side / 50));
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const way = ways[event.key];
    if (event.key === 'Delete' || event.key === 'Backspace') this.#drop();
    else if (way && event.shiftKey) this.#resize(box, ...way);
    else if (way) this.#move(box, ...way);
    else return;
    event.preventDefault();
    if (way) this.#tell(SETTLE_MS);
  }

  /**
   * @param {Box} box
   * @param {number} dx
   * @param {number} dy
   */
  #resize([left, top, right, bottom], dx, dy) {
    this.#set([left, top, Math.max(left + 2, right + dx), Math.max(top + 2, bottom + dy)]);
  }
}

/** @param {Box} box */
const inWords = ([left, top, right, bottom]) => t('box.from-to', { left, top, right, bottom });

/**
 * Two ends in order, whole and inside a range.
 * @param {number} a
 * @param {number} b
 * @param {number} from
 * @param {number} length
 * @returns {[number, number]}
 */
function inside(a, b, from, length) {
  const fit = (/** @type {number} */ v) => Math.round(Math.min(from + length, Math.max(from, v)));
  return [fit(Math.min(a, b)), fit(Math.max(a, b))];
}
