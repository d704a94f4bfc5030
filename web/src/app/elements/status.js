import { PageElement, errorLine, make, setProgress, setText } from '../../shared/element.js';
import { statusOf } from '../status.js';
import { t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** One sentence on what is going on, the bar, and the ways out: cancel or try again. */
export class StatusLine extends PageElement {
  #text = make('p', { class: 'text', role: 'status', 'aria-live': 'polite', 'data-testid': 'status' });
  #bar = make('progress', { 'data-testid': 'progress', 'aria-label': t('progress') });
  #amount = make('span', { class: 'amount', 'data-testid': 'amount' });
  #cancel = make(
    'button',
    { type: 'button', 'data-testid': 'cancel', title: t('key.escape'), onclick: () => this.send({ type: 'cancel' }) },
    t('status.cancel'),
  );
  #retry = make('button', {
    type: 'button',
    class: 'strong',
    'data-testid': 'retry',
    onclick: () => this.send({ type: 'retry' }),
  });
  #error = errorLine('error');
  #notice = make('p', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  #busy = false;

  connectedCallback() {
    const line = make('div', { class: 'line' }, this.#text, this.#amount, this.#cancel, this.#retry);
    this.replaceChildren(line, this.#bar, this.#error.node, this.#notice);
    this.listen(window, 'keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Escape' && !event.defaultPrevented && this.#busy) this.send({ type: 'cancel' });
    });
  }

  /** @param {State} state */
  update(state) {
    const { text, bar, error, cancel, notice, retry } = statusOf(state);
    this.#busy = cancel;
    setText(this.#text, text);
    this.#amount.textContent = bar?.text ?? '';
    this.#bar.hidden = !bar;
    setProgress(this.#bar, bar);
    this.#show(this.#cancel, cancel);
    this.#show(this.#retry, Boolean(retry));
    this.#retry.textContent = retry;
    this.#error.show(error);
    this.#error.node.dataset.code = error?.code ?? '';
    this.#notice.hidden = !notice;
    setText(this.#notice, notice);
  }

  /**
   * A button that vanishes under the keyboard's focus hands it on.
   * @param {HTMLElement} button
   * @param {boolean} on
   */
  #show(button, on) {
    const focused = !on && button === document.activeElement;
    button.hidden = !on;
    if (focused) document.querySelector('main')?.focus({ preventScroll: true });
  }
}
