/** The closest that the image is looked at. */
const MOST = 8;
/** Pixels that a pointer moves before it drags. */
const DRAG = 4;

/**
 * Enlarges a stage within its frame: by the wheel, two fingers, a double click, keys, or `set`. The frame scrolls, so
 * that fingers, the wheel and the keyboard's focus pan it without more ado; a mouse drags it.
 */
export class Zoom {
  #frame;
  #stage;
  #changed;
  #scale = 1;
  /** Two fingers: how far apart they were, and the scale then. @type {{ apart: number, scale: number } | null} */
  #pinch = null;

  /**
   * @param {HTMLElement} frame
   * @param {HTMLElement} stage
   * @param {(scale: number) => void} changed
   */
  constructor(frame, stage, changed) {
    this.#frame = frame;
    this.#stage = stage;
    this.#changed = changed;
    frame.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    frame.addEventListener('touchstart', (event) => this.#fingers(event), { passive: false });
    frame.addEventListener('touchmove', (event) => this.#fingers(event), { passive: false });
    frame.addEventListener('touchend', () => (this.#pinch = null));
    frame.addEventListener('pointerdown', (event) => this.#drag(event));
  }

  get scale() {
    return this.#scale;
  }

  /**
   * @param {number} scale
   * @param {{ x: number, y: number }} [at] what stays where it is, in the window; the middle of the frame by default
   */
  set(scale, at) {
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    const [x, y] = at ? [at.x - left, at.y - top] : [width / 2, height / 2];
    const by = Math.min(MOST, Math.max(1, scale)) / this.#scale;
    if (by === 1) return;
    const { scrollLeft, scrollTop } = this.#frame;
    this.#scale *= by;
    if (this.#scale < 1.02) this.#scale = 1;
    this.#stage.style.width = this.#stage.style.height = `${100 * this.#scale}%`;
    this.#frame.classList.toggle('zoomed', this.#scale > 1);
    this.#frame.scrollTo({ left: (scrollLeft + x) * by - x, top: (scrollTop + y) * by - y, behavior: 'instant' });
    this.#changed(this.#scale);
  }

  /** @param {number} by */
  step(by) {
    this.set(this.#scale * by);
  }

  /** @param {MouseEvent} event a double click: closer, and back from the closest */
  closer({ clientX: x, clientY: y }) {
    this.set(this.#scale < MOST / 2 ? this.#scale * 2 : 1, { x, y });
  }

  /** The wheel alone scrolls the page, or pans; with Ctrl, as by two fingers on a touch pad, it enlarges. */
  #wheel(/** @type {WheelEvent} */ event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    // Touch pads send many small steps.
    const speed = Math.abs(event.deltaY) < 40 ? 0.01 : 0.0025;
    this.set(this.#scale * Math.exp(-event.deltaY * speed), { x: event.clientX, y: event.clientY });
  }

  #fingers(/** @type {TouchEvent} */ event) {
    const [a, b] = event.touches;
    if (!a || !b) return;
    event.preventDefault();
    const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    if (!this.#pinch) this.#pinch = { apart, scale: this.#scale };
    const at = { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 };
    this.set((this.#pinch.scale * apart) / this.#pinch.apart, at);
  }

  #drag(/** @type {PointerEvent} */ event) {
    // Layers that take drags themselves have prevented the default; the middle button pans above them, too.
    const pans = event.button === 1 || (event.button === 0 && !event.defaultPrevented);
    if (event.pointerType !== 'mouse' || this.#scale === 1 || !pans) return;
    const frame = this.#frame;
    const from = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop };
    let moved = false;
    const move = (/** @type {PointerEvent} */ now) => {
      const [x, y] = [now.clientX - from.x, now.clientY - from.y];
      if (!moved && Math.hypot(x, y) < DRAG) return;
      moved = true;
      frame.scrollTo({ left: from.left - x, top: from.top - y, behavior: 'instant' });
    };
    const end = () => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', end);
      removeEventListener('pointercancel', end);
      if (moved) swallowClick(); // A drag is no click.
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', end);
    addEventListener('pointercancel', end);
  }
}

/** The click that ends what was no click. It comes at once, if at all. */
function swallowClick() {
  const swallow = (/** @type {Event} */ event) => event.stopPropagation();
  addEventListener('click', swallow, { capture: true });
  setTimeout(() => removeEventListener('click', swallow, { capture: true }));
}
