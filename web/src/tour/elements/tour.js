import { PageElement, changed, make, setText } from '../../shared/element.js';
import { t } from '../../words/index.js';
import { STOPS } from '../state.js';

/** @import { State } from '../../app/state.js' */

/** What the stop about the image does for whoever has none: the sample that it names. */
const SAMPLE = 'sample-1';

/**
 * The guided tour: a button that begins it, and a note at the window's edge that goes from control to control. The page
 * stays usable meanwhile.
 */
export class Tour extends PageElement {
  #begin = make(
    'button',
    { type: 'button', class: 'theme', 'data-testid': 'tour', onclick: () => this.send({ type: 'tour-started' }) },
    t('tour'),
  );
  #title = make('h2', { id: 'tour-title', tabindex: -1, 'data-testid': 'tour-title' });
  #text = make('p', { id: 'tour-text', 'data-testid': 'tour-text' });
  #count = make('span', { class: 'quiet', 'data-testid': 'tour-count' });
  #back = make(
    'button',
    { type: 'button', 'data-testid': 'tour-back', onclick: () => this.send({ type: 'tour-moved', by: -1 }) },
    t('tour.back'),
  );
  #next = make('button', { type: 'button', class: 'strong', 'data-testid': 'tour-next', onclick: () => this.#go() });
  #end = make(
    'button',
    { type: 'button', 'data-testid': 'tour-end', onclick: () => this.send({ type: 'tour-ended' }) },
    t('tour.end'),
  );
  #note = make(
    'div',
    { class: 'tour', role: 'dialog', 'aria-labelledby': 'tour-title', 'aria-describedby': 'tour-text', hidden: true },
    this.#title,
    this.#text,
    make('div', { class: 'line' }, this.#count, this.#back, this.#next, this.#end),
  );
  /** @type {State | null} */
  #state = null;
  /** @type {Element | null} */
  #about = null;
  /** What a stop is about may still be on its way: an explanation, say. */
  #seen = new ResizeObserver((entries) => {
    const about = entries.at(-1)?.target;
    if (about instanceof HTMLElement) this.#mark(about.offsetParent ? about : null);
  });

  connectedCallback() {
    this.replaceChildren(this.#begin, this.#note);
    const escape = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || this.#note.hidden) return;
      event.preventDefault(); // Ends the tour and nothing else.
      this.send({ type: 'tour-ended' });
    };
    this.listen(window, 'keydown', escape, { capture: true });
  }

  disconnectedCallback() {
    this.#mark(null);
    this.#seen.disconnect();
    super.disconnectedCallback();
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    this.#state = state;
    const { at } = state.tour;
    const stop = at === null ? undefined : STOPS[at];
    const moved = changed(state, before, (s) => [s.tour.at]);
    if (moved && stop) {
      setText(this.#title, t(`tour.${stop.id}`));
      setText(this.#text, t(`tour.${stop.id}.text`));
      this.#count.textContent = t('far.count', { done: (at ?? 0) + 1, total: STOPS.length });
      this.#back.hidden = at === 0;
      this.#next.textContent = t(at === STOPS.length - 1 ? 'tour.done' : 'tour.next');
    }
    const held = this.#note.contains(document.activeElement);
    this.#note.hidden = !stop;
    if (moved && stop && before) this.#title.focus({ preventScroll: true });
    if (moved && !stop && held) this.#begin.focus({ preventScroll: true });
    if (!moved) return;
    this.#mark(null);
    this.#seen.disconnect();
    const about = stop && document.querySelector(stop.at);
    if (about) this.#seen.observe(about);
  }

  /** The note's own button: on, and before the second stop to an image, if there is none yet. */
  #go() {
    const { tour, image } = this.#state ?? {};
    const sample = /** @type {HTMLElement | null} */ (document.querySelector(`[data-testid=${SAMPLE}]`));
    if (tour?.at === 0 && !image?.chosen && !image?.next) sample?.click();
    this.send({ type: 'tour-moved', by: 1 });
  }

  /** @param {Element | null} about */
  #mark(about) {
    if (about === this.#about) return;
    this.#about?.classList.remove('toured');
    this.#about = about;
    if (!about) return;
    about.classList.add('toured');
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    about.scrollIntoView({ block: 'start', behavior: still ? 'instant' : 'smooth' });
  }
}
