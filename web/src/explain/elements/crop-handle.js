import { PageElement, changed, make } from '../../shared/element.js';
import { svg } from '../../shared/svg.js';
import { squareMoved, squareResized } from '../square.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Drag, Square } from '../square.js'
 */

/** Arrows to all four sides. */
const ARROWS = 'M12 1l4 5h-3v5h5V8l5 4-5 4v-3h-5v5h3l-4 5-4-5h3v-5H6v3l-5-4 5-4v3h5V6H8z';

/**
 * The square that the networks see, to be dragged: by its corner to another size, by its handle to another place.
 * With the keyboard, the settings “Crop”, “Across” and “Down” do the same.
 */
export class CropHandle extends PageElement {
  #corner = this.#grip('size', 'viewer.crop', squareResized);
  #handle = this.#grip(
    'place',
    'viewer.move',
    squareMoved,
    svg('svg', { viewBox: '0 0 24 24' }, svg('path', { d: ARROWS })),
  );
  #outline = make('span', { class: 'outline', hidden: true });
  /** @type {State | null} */
  #state = null;
  /** Where the drag began, in pixels of the screen. @type {[number, number]} */
  #from = [0, 0];
  /** @type {Square | null} */
  #wanted = null;

  connectedCallback() {
    this.setAttribute('aria-hidden', 'true');
    this.replaceChildren(this.#outline, this.#handle, this.#corner);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    this.#state = state;
    const { result } = state;
    this.hidden = !result || state.whatIf.on || state.view.presenting;
    if (!result || !changed(state, before, (s) => [s.result])) return;
    this.#outline.hidden = true;
    const { width, height, crop } = result.image;
    this.#handle.hidden = crop.side >= Math.max(width, height);
  }

  /**
   * @param {string} name
   * @param {'viewer.crop' | 'viewer.move'} title
   * @param {Drag} drag
   * @param {...Node} inside
   */
  #grip(name, title, drag, ...inside) {
    const grip = make('span', { class: `grip ${name}`, title: t(title), 'data-testid': `crop-${name}` }, ...inside);
    grip.addEventListener('pointerdown', (event) => {
      event.preventDefault(); // A drag of the square does not pan the image.
      grip.setPointerCapture(event.pointerId);
      this.#from = [event.clientX, event.clientY];
      this.#wanted = null;
    });
    grip.addEventListener('pointermove', (event) => {
      if (grip.hasPointerCapture(event.pointerId)) this.#draw(event, drag);
    });
    grip.addEventListener('pointerup', () => this.#end(true));
    grip.addEventListener('pointercancel', () => this.#end(false));
    return grip;
  }

  /**
   * @param {PointerEvent} event
   * @param {Drag} drag
   */
  #draw({ clientX, clientY }, drag) {
    const { result, engine } = /** @type {State} */ (this.#state);
    if (!result) return;
    const { crop } = result.image;
    const scale = crop.side / this.getBoundingClientRect().width;
    const by = /** @type {[number, number]} */ ([scale * (clientX - this.#from[0]), scale * (clientY - this.#from[1])]);
    const setting = engine.catalog?.settings.find(({ id }) => id === 'crop');
    this.#wanted = drag(result.image, by, [setting?.min ?? 0.1, setting?.max ?? 1]);
    const { x, y, side } = this.#wanted.crop;
    const percent = (/** @type {number} */ pixels) => `${(100 * pixels) / crop.side}%`;
    this.#outline.hidden = false;
    Object.assign(this.#outline.style, {
      left: percent(x - crop.x),
      top: percent(y - crop.y),
      width: percent(side),
      height: percent(side),
    });
  }

  /** @param {boolean} good */
  #end(good) {
    if (good && this.#wanted) this.send({ type: 'ask-changed', change: this.#wanted.change });
    else this.#outline.hidden = true;
    this.#wanted = null;
  }
}
