import { PageElement, changed, make, setText } from '../../shared/element.js';
import { about } from '../../shared/format.js';
import { timeOf } from '../cost.js';
import { progressOf } from '../select.js';
import { missing, picked } from '../state.js';
import { cardOf } from '../work.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Kind } from '../work.js'
 * @import { Method } from 'peerlight'
 */

/** Starts the comparison and says beforehand how long it will take; then how far it is, and the way to stop it. */
export class Start extends PageElement {
  #go = make('button', {
    type: 'button',
    class: 'strong',
    'data-testid': 'compare',
    onclick: () => this.send({ type: 'compare-start' }),
  });
  #stop = make(
    'button',
    {
      type: 'button',
      'data-testid': 'compare-stop',
      title: t('key.escape'),
      onclick: () => this.send({ type: 'compare-stop' }),
    },
    t('compare.stop'),
  );
  #text = make('p', { class: 'quiet', role: 'status', tabindex: -1, 'data-testid': 'compare-status' });
  #count = make('span', { class: 'amount', 'data-testid': 'compare-count' });
  #bar = make('progress', { 'aria-label': t('compare.progress'), hidden: true });
  #busy = false;

  connectedCallback() {
    this.replaceChildren(make('div', { class: 'line' }, this.#go, this.#stop, this.#text, this.#count), this.#bar);
    this.listen(this.closest('section'), 'keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || !this.#busy) return;
      event.preventDefault(); // Not the explanation too.
      this.send({ type: 'compare-stop' });
    });
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.comparison, s.result, s.engine.catalog])) return;
    const methods = picked(state);
    const lacking = methods.filter(({ id }) => missing(state.comparison, id).length);
    const { done, total, busy } = progressOf(state);
    const focused = document.activeElement;
    this.#busy = busy;
    this.#go.hidden = busy || (!lacking.length && methods.length > 0);
    this.#go.disabled = !methods.length;
    this.#go.textContent =
      lacking.length === methods.length
        ? t('compare.go', { n: methods.length })
        : t('compare.rest', { n: lacking.length });
    this.#stop.hidden = !busy;
    setText(this.#text, busy ? '' : inWords(state, methods, lacking));
    this.#count.textContent = busy ? t('far.count', { done, total }) : '';
    this.#bar.hidden = !busy;
    this.#bar.max = total || 1;
    this.#bar.value = done;
    this.#handOn(focused);
  }

  /**
   * A button that gives way to the other one hands on the keyboard's focus.
   * @param {Element | null} focused what had it
   */
  #handOn(focused) {
    const [go, stop, text] = [this.#go, this.#stop, this.#text];
    if (focused === go && go.hidden) (stop.hidden ? text : stop).focus();
    if (focused === stop && stop.hidden) (go.hidden ? text : go).focus();
  }
}

/**
 * @param {State} state
 * @param {Method[]} methods
 * @param {Method[]} lacking those of them that are not done
 */
function inWords(state, methods, lacking) {
  if (!methods.length) return t('compare.pick');
  if (lacking.length) return t('compare.takes', { time: about(timeFor(state, lacking)) });
  return t('compare.done', { n: methods.length });
}

/**
 * @param {State} state
 * @param {Method[]} methods
 */
function timeFor(state, methods) {
  /** @type {Kind[]} */
  const kinds = state.comparison.slow ? ['map', 'fast', 'slow'] : ['map', 'fast'];
  const works = methods.flatMap((method) =>
    kinds.filter((kind) => !cardOf(state.comparison, method.id)[kind].value).map((kind) => timeOf(state, kind, method)),
  );
  return works.reduce((a, b) => a + b, 0);
}
