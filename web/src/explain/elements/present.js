import { PageElement, changed, make, setText } from '../../shared/element.js';
import { t } from '../../words/index.js';
import { agreement, answers } from '../words.js';

/** @import { State } from '../../app/state.js' */

/** The image on the whole screen, with two sentences below it: what it is, and how far the networks agree. */
export class Present extends PageElement {
  #on = false;
  #first = make('p', { 'data-testid': 'present-answers' });
  #second = make('p', { 'data-testid': 'present-agreement' });
  #end = make(
    'button',
    { type: 'button', 'data-testid': 'present-end', title: 'Escape', onclick: () => this.#leave() },
    t('present.end'),
  );

  connectedCallback() {
    this.replaceChildren(make('div', {}, this.#first, this.#second), this.#end);
    addEventListener('fullscreenchange', () => {
      if (!document.fullscreenElement && this.#on) this.#leave();
    });
    // Where the browser gives no full screen, the page fills its window.
    addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || !this.#on) return;
      event.preventDefault();
      this.#leave();
    });
  }

  #leave() {
    this.send({ type: 'view-changed', view: { presenting: false } });
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { result, view } = state;
    const on = view.presenting && Boolean(result);
    this.hidden = !on;
    document.documentElement.classList.toggle('presenting', on);
    if (on !== this.#on) this.#turn(on);
    if (!result || !changed(state, before, (s) => [s.result])) return;
    setText(this.#first, answers(result));
    setText(this.#second, agreement(result));
  }

  /** @param {boolean} on */
  #turn(on) {
    this.#on = on;
    const page = document.documentElement;
    if (on) page.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    const next = on ? this.#end : document.querySelector('[data-testid=present]');
    /** @type {HTMLElement | null} */ (next)?.focus({ preventScroll: true });
  }
}
