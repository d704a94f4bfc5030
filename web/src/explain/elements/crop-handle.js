import { PageElement, changed, make } from '../../shared/element.js';
import { t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/**
 * A corner of the square that the networks see, to be dragged: the square grows and shrinks around the image's center.
 * With the keyboard, the setting “Crop” does the same.
 */
export class CropHandle extends PageElement {
  #grip = make('span', { class: 'grip', title: t('viewer.crop'), 'data-testid': 'crop-corner' });
  #outline = make('span', { class: 'outline', hidden: true });
  /** @type {State | null} */
  #state = null;
  #wanted = 0;

  connectedCallback() {
    this.setAttribute('aria-hidden', 'true');
    this.replaceChildren(this.#outline, this.#grip);
    this.#grip.addEventListener('pointerdown', (event) => {
      event.preventDefault(); // A drag of the corner does not pan the image.
      this.#grip.setPointerCapture(event.pointerId);
      this.#wanted = 0;
    });
    this.#grip.addEventListener('pointermove', (event) => {
      if (this.#grip.hasPointerCapture(event.pointerId)) this.#draw(event);
    });
    this.#grip.addEventListener('pointerup', () => this.#end(true));
    this.#grip.addEventListener('pointercancel', () => this.#end(false));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    this.#state = state;
    this.hidden = !state.result || state.whatIf.on || state.view.presenting;
    if (changed(state, before, (s) => [s.result])) this.#outline.hidden = true;
  }

  /** @param {PointerEvent} event */
  #draw(event) {
    const { result, engine } = /** @type {State} */ (this.#state);
    if (!result) return;
    const { min = 0.1, max = 1 } = engine.catalog?.settings.find(({ id }) => id === 'crop') ?? {};
    const { width, height, crop } = result.image;
    const now = crop.side / Math.min(width, height);
    const box = this.getBoundingClientRect();
    const from = (/** @type {number} */ at, /** @type {number} */ middle) => Math.abs(at - middle) / (box.width / 2);
    const far = Math.max(from(event.clientX, box.x + box.width / 2), from(event.clientY, box.y + box.height / 2));
    // In steps of the setting's own control.
    this.#wanted = Math.min(max, Math.max(min, Math.round(now * far * 200) / 200));
    this.#outline.hidden = false;
    this.#outline.style.inset = `${50 * (1 - this.#wanted / now)}%`;
  }

  /** @param {boolean} good */
  #end(good) {
    if (good && this.#wanted) this.send({ type: 'ask-changed', change: { crop: this.#wanted } });
    else this.#outline.hidden = true;
    this.#wanted = 0;
  }
}
