import { Part, changed, make } from '../element.js';
import { paintSquare } from '../paint.js';

/** Changes on each other's heels are measured once. */
const SETTLE_MS = 300;
const SIDES = ['Left', 'Top', 'Right', 'Bottom'];
/** @typedef {import('../gallery.js').Box} Box @typedef {import('../../pkg/index.js').Explanation['image']} Image */

/** The person's own box around the object: drawn with a pointer, moved with the keys, or typed. */
export class BoxEditor extends Part {
  #summary = make('summary', { 'data-testid': 'box' });
  #image = make('canvas', { role: 'img', 'aria-label': 'The square that the networks saw' });
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
      'data-testid': `box-${side.toLowerCase()}`,
      onchange: () => this.#typed(),
    }),
  );
  #add = make(
    'button',
    { type: 'button', 'data-testid': 'box-add', onclick: () => this.#center() },
    'Put a box in the middle',
  );
  #remove = make(
    'button',
    { type: 'button', 'data-testid': 'box-remove', onclick: () => this.#drop() },
    'Remove the box',
  );
  /** As it is drawn; the state's follows when it is let go. @type {Box | null} */
  #box = null;
  /** @type {Image | null} */
  #about = null;
  /** @type {((x: number, y: number) => void) | null} */
  #drag = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  connectedCallback() {
    const fields = SIDES.map((side, i) =>
      make(
        'div',
        { class: 'field' },
        make('label', { for: `box-${i}` }, side),
        /** @type {HTMLElement} */ (this.#inputs[i]),
      ),
    );
    this.replaceChildren(
      make(
        'details',
        {},
        this.#summary,
        make(
          'div',
          { class: 'boxing' },
          this.#square,
          make(
            'div',
            { class: 'fields' },
            make(
              'p',
              { class: 'quiet' },
              'Draw a box around the object: each map is then asked whether it lies in it. Arrow keys move the box, Shift and arrow keys resize it, Delete removes it. Numbers are pixels of the image.',
            ),
            make('div', { class: 'sides' }, ...fields),
            make('div', { class: 'saves' }, this.#add, this.#remove),
          ),
        ),
      ),
    );
    this.#square.addEventListener('pointerdown', (event) => this.#grab(event));
    this.#square.addEventListener('pointermove', (event) => this.#drag?.(...this.#at(event)));
    for (const type of ['pointerup', 'pointercancel']) this.#square.addEventListener(type, () => this.#letGo());
    this.#frame.addEventListener('keydown', (event) => this.#key(event));
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    const { result, image, gallery } = state;
    if (!result || !image.preview) return;
    if (
      changed(
        state,
        before,
        (s) => s.result,
        (s) => s.image.preview,
      )
    ) {
      this.#about = result.image;
      paintSquare(this.#image, image.preview, result, 448);
    }
    if (changed(state, before, (s) => s.gallery.box)) {
      clearTimeout(this.#timer);
      this.#box = gallery.box;
    }
    this.#draw();
  }

  #draw() {
    const [box, about] = [this.#box, this.#about];
    if (!about) return;
    this.#frame.hidden = this.#remove.hidden = !box;
    this.#add.hidden = Boolean(box);
    this.#summary.textContent = box
      ? `Box around the object: ${box[0]}, ${box[1]} to ${box[2]}, ${box[3]}`
      : 'Box around the object: none';
    this.#inputs.forEach((input, i) => {
      if (input !== document.activeElement) input.value = box ? String(box[i]) : '';
    });
    if (!box) return;
    const { x, y, side } = about.crop;
    const part = (/** @type {number} */ v) => `${(100 * v) / side}%`;
    Object.assign(this.#frame.style, {
      left: part(box[0] - x),
      top: part(box[1] - y),
      width: part(box[2] - box[0]),
      height: part(box[3] - box[1]),
    });
    this.#frame.setAttribute(
      'aria-label',
      `Box from ${box[0]}, ${box[1]} to ${box[2]}, ${box[3]}. Arrow keys move it, Shift and arrow keys resize it, Delete removes it.`,
    );
  }

  /** @param {number[]} box any two corners */
  #set([a = 0, b = 0, c = 0, d = 0]) {
    if (!this.#about) return;
    const { x, y, side } = this.#about.crop;
    const inside = (/** @type {number} */ v, /** @type {number} */ from) =>
      Math.round(Math.min(from + side, Math.max(from, v)));
    const [u, v] = [[inside(a, x), inside(c, x)].sort(ascending), [inside(b, y), inside(d, y)].sort(ascending)];
    this.#box = [u[0] ?? 0, v[0] ?? 0, u[1] ?? 0, v[1] ?? 0];
    this.#draw();
  }

  /** Tells of the box as it is now, or soon. @param {number} [after] */
  #tell(after = 0) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.send({ type: 'gallery-set', change: { box: this.#box } }), after);
  }

  #center() {
    const { x, y, side } = /** @type {Image} */ (this.#about).crop;
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
    const values = this.#inputs.map((i) => (i.value === '' ? NaN : Number(i.value)));
    const [left, top, right, bottom] = /** @type {Box} */ (values);
    if (values.some(Number.isNaN) || left >= right || top >= bottom) return; // Not a box yet.
    this.#set(values);
    this.#tell();
  }

  /** Where the pointer is, in pixels of the image. @param {PointerEvent} event @returns {[number, number]} */
  #at({ clientX, clientY }) {
    const { left, top, width, height } = this.#image.getBoundingClientRect();
    const { x, y, side } = /** @type {Image} */ (this.#about).crop;
    return [x + ((clientX - left) * side) / width, y + ((clientY - top) * side) / height];
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    if (event.button || !this.#about) return;
    const [x, y] = this.#at(event);
    const corner = /** @type {HTMLElement} */ (event.target).dataset.corner;
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
    if (box && (box[2] - box[0] < 2 || box[3] - box[1] < 2)) return this.#drop();
    this.#tell();
  }

  /** @param {Box} box @param {number} dx @param {number} dy */
  #move([a, b, c, d], dx, dy) {
    const { x, y, side } = /** @type {Image} */ (this.#about).crop;
    const [u, v] = [Math.min(x + side - c, Math.max(x - a, dx)), Math.min(y + side - d, Math.max(y - b, dy))];
    this.#set([a + u, b + v, c + u, d + v]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const box = this.#box;
    if (!box || !this.#about) return;
    const step = Math.max(1, Math.round(this.#about.crop.side / 50));
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const way = ways[event.key];
    if (event.key === 'Delete' || event.key === 'Backspace') this.#drop();
    else if (!way) return;
    else if (event.shiftKey)
      this.#set([box[0], box[1], Math.max(box[0] + 2, box[2] + way[0]), Math.max(box[1] + 2, box[3] + way[1])]);
    else this.#move(box, ...way);
    event.preventDefault();
    if (way) this.#tell(SETTLE_MS);
  }
}

/** @param {number} a @param {number} b */
const ascending = (a, b) => a - b;
