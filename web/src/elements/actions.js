import { make } from '../element.js';

/** The buttons of one method: run it, stop it, put it to the test. */
export class Actions {
  node = make('div', { class: 'acts' });
  #part;
  #method;
  #shown = '';

  /** @param {import('../element.js').Part} part who sends @param {import('../gallery.js').Method} method */
  constructor(part, method) {
    this.#part = part;
    this.#method = method;
  }

  /** @param {import('../gallery-view.js').Act[]} acts */
  update(acts) {
    const shown = acts.map((a) => a.text).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = this.node.contains(document.activeElement);
    const { id: method, name } = this.#method;
    this.node.replaceChildren(
      ...acts.map(({ text, id, action }) =>
        make(
          'button',
          {
            type: 'button',
            'data-testid': `${id}-${method}`,
            'aria-label': `${name}: ${text}`,
            onclick: () => this.#part.send(action),
          },
          text,
        ),
      ),
    );
    // A button that gives way to another hands on the keyboard's focus.
    if (focused)
      /** @type {HTMLElement | null} */ (
        this.node.firstElementChild ?? this.node.closest('article, tr')?.querySelector('summary, button') ?? null
      )?.focus();
  }
}
