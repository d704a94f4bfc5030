import { PageElement, changed, errorLine, make, setProgress, setText } from '../shared/element.js';
import { Chooser } from './elements/chooser.js';
import { OtherClass } from './elements/class.js';
import { Difference } from './elements/difference.js';
import { Numbers } from './elements/numbers.js';
import { RegionsBeside } from './elements/regions.js';
import { Side } from './elements/side.js';
import { bothOf, comparable, sharedMaps } from './select.js';
import { sentences, waitingFor } from './words.js';
import { t } from '../words/index.js';

/** @import { State } from '../app/state.js' */

/** Everything about two sides: what to compare with, a sentence, both sides, and what differs between them. */
export class Panel extends PageElement {
  #title = make('h2', { id: 'sides-title', tabindex: -1 }, t('sides'));
  #chooser = new Chooser();
  #sentence = make('p', { class: 'sentence', role: 'status', 'data-testid': 'sides-sentence' });
  #bar = make('progress', { 'aria-label': t('progress'), hidden: true });
  #error = errorLine('sides-error');
  #retry = make('button', { type: 'button', onclick: () => this.send({ type: 'sides-retry' }) }, t('try-again'));
  #parts = [new Side('left'), new Side('right'), new Difference()];
  #sides = make('div', { class: 'pair', hidden: true }, ...this.#parts);
  #more = [new Numbers(), new RegionsBeside()];

  connectedCallback() {
    const onclick = () => this.send({ type: 'sides-open', open: false });
    const close = { type: 'button', 'data-testid': 'sides-close', onclick };
    const head = make('div', { class: 'head' }, this.#title, make('button', close, t('sides.close')));
    this.setAttribute('role', 'region');
    this.setAttribute('aria-labelledby', 'sides-title');
    const said = [this.#sentence, this.#bar, this.#error.node, this.#retry];
    this.replaceChildren(head, this.#chooser, ...said, this.#sides, ...this.#more);
  }

  /**
   * Shows itself to someone who has just opened it, by the button or by an address.
   * @param {boolean} focus
   */
  arrive(focus) {
    if (focus) this.#title.focus({ preventScroll: true });
    this.scrollIntoView({ block: 'start' });
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    this.#chooser.update(state, before);
    const both = bothOf(state);
    this.#sides.hidden = !both;
    for (const part of [...this.#parts, ...this.#more]) part.update(state, before);
    if (!changed(state, before, (s) => [s.sides])) return;
    const { other, phase, step, error } = state.sides;
    const waits = phase === 'due' || phase === 'running';
    this.#bar.hidden = !waits;
    this.toggleAttribute('aria-busy', waits);
    setProgress(this.#bar, step && { value: step.done, max: step.total });
    this.#error.show(phase === 'failed' ? error : null);
    this.#retry.hidden = phase !== 'failed';
    // What is said of the last pair stays until the next is there.
    if (both)
      setText(this.#sentence, sentences(state, both, comparable(state) ? sharedMaps(both.left, both.right) : []));
    else setText(this.#sentence, waits && other ? waitingFor(other.kind) : '');
  }
}

customElements.define('peer-sides-class', OtherClass);
customElements.define('peer-sides-chooser', Chooser);
customElements.define('peer-side', Side);
customElements.define('peer-sides-difference', Difference);
customElements.define('peer-sides-numbers', Numbers);
customElements.define('peer-sides-regions', RegionsBeside);
customElements.define('peer-sides-panel', Panel);
