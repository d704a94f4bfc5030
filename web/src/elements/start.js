import { Part, changed, make } from '../element.js';
import { about } from '../format.js';
import { cardOf, missing, picked } from '../gallery.js';
import { progressOf, timeOf } from '../gallery-view.js';

/** Starts the comparison and says beforehand how long it will take; then how far it is, and the way to stop it. */
export class Start extends Part {
  #go = make('button', {
    type: 'button',
    class: 'strong',
    'data-testid': 'compare',
    onclick: () => this.send({ type: 'gallery-start' }),
  });
  #stop = make(
    'button',
    {
      type: 'button',
      'data-testid': 'compare-stop',
      title: 'Escape',
      onclick: () => this.send({ type: 'gallery-stop' }),
    },
    'Stop all',
  );
  #text = make('p', { class: 'quiet', role: 'status', 'data-testid': 'compare-status' });
  #count = make('span', { class: 'amount', 'data-testid': 'compare-count' });
  #bar = make('progress', { 'aria-label': 'Progress of the comparison', hidden: true });
  #busy = false;

  connectedCallback() {
    this.replaceChildren(make('div', { class: 'line' }, this.#go, this.#stop, this.#text, this.#count), this.#bar);
    this.closest('section')?.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || !this.#busy) return;
      event.preventDefault(); // Not the explanation too.
      this.send({ type: 'gallery-stop' });
    });
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    if (
      !changed(
        state,
        before,
        (s) => s.gallery,
        (s) => s.result,
        (s) => s.engine.catalog,
      )
    )
      return;
    const methods = picked(state);
    const { done, total, busy } = progressOf(state);
    const lacking = methods.filter((m) => missing(state.gallery, m.id).length);
    const had = document.activeElement;
    this.#busy = busy;
    this.#go.hidden = busy || (!lacking.length && methods.length > 0);
    this.#go.disabled = !methods.length;
    this.#stop.hidden = !busy;
    const [first, plural] = [lacking.length === methods.length, methods.length === 1 ? 'method' : 'methods'];
    this.#go.textContent = first
      ? `Compare ${methods.length} ${plural}`
      : `Run the other ${lacking.length === 1 ? 'one' : lacking.length}`;
    this.#say(
      busy
        ? ''
        : !methods.length
          ? 'Pick a method.'
          : lacking.length
            ? this.#cost(state, lacking)
            : methods.length === 1
              ? 'Done.'
              : `All ${methods.length} are done.`,
    );
    this.#count.textContent = busy ? `${done} of ${total}` : '';
    this.#bar.hidden = !busy;
    this.#bar.max = total || 1;
    this.#bar.value = done;
    // A button that gives way to the other hands on the keyboard's focus.
    if (had === this.#go && this.#go.hidden) (busy ? this.#stop : this.#text).focus();
    if (had === this.#stop && this.#stop.hidden) (this.#go.hidden ? this.#text : this.#go).focus();
  }

  /** @param {string} text */
  #say(text) {
    this.#text.tabIndex = -1;
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }

  /** @param {import('../element.js').State} state @param {import('../gallery.js').Method[]} lacking */
  #cost(state, lacking) {
    /** @type {import('../gallery.js').Kind[]} */
    const kinds = ['map', 'figures', ...(state.gallery.slow ? [/** @type {const} */ ('slow')] : [])];
    const works = lacking.flatMap((m) =>
      kinds.filter((kind) => !cardOf(state.gallery, m.id)[kind].value).map((kind) => timeOf(state, kind, m)),
    );
    return `Takes ${about(works.reduce((a, b) => a + b, 0))} on this device.`;
  }
}
