import { PageElement, changed, make } from '../../shared/element.js';
import { fetchSample } from '../../images/transfer.js';
import { rivals } from '../select.js';
import { t } from '../../words/index.js';
import { OtherClass } from './class.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Sample } from '../../images/state.js'
 * @import { Kind, Other } from '../state.js'
 */

/** @type {Kind[]} */
const KINDS = ['class', 'image', 'networks'];

/** What to compare with: another class, another image, or other networks. */
export class Chooser extends PageElement {
  #kinds = KINDS.map((kind) =>
    make(
      'button',
      { type: 'button', 'data-testid': `with-${kind}`, onclick: () => this.send({ type: 'sides-kind', kind }) },
      t(`sides.${kind}`),
    ),
  );
  #hint = make('p', { class: 'quiet' });
  #rivals = make('div', { class: 'chips' });
  #picker = new OtherClass();
  #samples = make('ul', { class: 'few', 'aria-label': t('sides.image.samples') });
  #same = make('input', {
    type: 'checkbox',
    'data-testid': 'with-same-class',
    onchange: () => this.send({ type: 'sides-same-class', on: this.#same.checked }),
  });
  #file = make('input', { type: 'file', accept: 'image/*', 'data-testid': 'with-file', onchange: () => this.#take() });
  #networks = make('div', { class: 'chips' });
  /** What each kind shows. */
  #ways = {
    class: make('div', { class: 'way' }, this.#rivals, this.#picker),
    image: make(
      'div',
      { class: 'way' },
      make('label', { class: 'file' }, this.#file, t('sides.image.choose')),
      this.#samples,
      make('label', { class: 'check' }, this.#same, make('span', {}, t('sides.image.same'))),
    ),
    networks: make('div', { class: 'way' }, this.#networks),
  };
  /** Grows with each choice, so that a slow sample never replaces a later one. */
  #choice = 0;

  connectedCallback() {
    const kinds = make('div', { class: 'segments', role: 'group', 'aria-label': t('sides') }, ...this.#kinds);
    this.replaceChildren(make('div', { class: 'kinds' }, kinds, this.#hint), ...Object.values(this.#ways));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { sides, samples, result, choice } = state;
    this.#picker.update(state, before);
    KINDS.forEach((kind, i) => {
      this.#kinds[i]?.setAttribute('aria-pressed', String(kind === sides.kind));
      this.#ways[kind].hidden = kind !== sides.kind;
      if (kind === sides.kind) this.#hint.textContent = t(`sides.${kind}.hint`);
    });
    this.#same.checked = sides.sameClass;
    if (result && changed(state, before, (s) => [s.result, s.sides.other])) {
      const chips = rivals(result).map(({ index, label }) =>
        this.#chip(label, { kind: 'class', target: index }, sides.other),
      );
      this.#rivals.replaceChildren(...chips);
    }
    if (changed(state, before, (s) => [s.samples])) {
      this.#samples.replaceChildren(...samples.map((sample, i) => this.#sample(sample, i)));
    }
    if (changed(state, before, (s) => [s.samples, s.sides.other])) {
      const chosen = sides.other?.kind === 'image' ? sides.other.name : '';
      [...this.#samples.querySelectorAll('button')].forEach((button, i) => {
        button.setAttribute('aria-pressed', String(samples[i]?.name === chosen));
      });
    }
    if (!changed(state, before, (s) => [s.choice, s.sides.other])) return;
    const { open } = choice;
    /** @type {{ from: 'shipped' | 'kept', id: string, name: string }[]} */
    const all = [
      ...choice.shipped.map(({ id, name }) => ({ from: /** @type {const} */ ('shipped'), id, name })),
      ...choice.kept.map(({ id, name }) => ({ from: /** @type {const} */ ('kept'), id, name })),
    ];
    const others = all.filter(({ from, id }) => open?.kind !== from || open.id !== id);
    const chips = others.map((networks) => this.#chip(networks.name, { kind: 'networks', ...networks }, sides.other));
    this.#networks.replaceChildren(
      ...(chips.length ? chips : [make('p', { class: 'quiet' }, t('sides.networks.none'))]),
    );
  }

  /**
   * @param {string} name
   * @param {Other} other
   * @param {Other | null} chosen
   */
  #chip(name, other, chosen) {
    const key = (/** @type {Other | null} */ o) =>
      o?.kind === 'class' ? o.target : o?.kind === 'networks' ? o.id : '';
    const pressed = chosen?.kind === other.kind && key(chosen) === key(other);
    const onclick = () => this.#choose(other);
    return make('button', { type: 'button', 'aria-pressed': pressed, 'data-key': key(other), onclick }, name);
  }

  /** @param {Other} other */
  #choose(other) {
    this.#choice += 1;
    const key = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
    this.send({ type: 'sides-chosen', other });
    // The buttons are drawn anew: the keyboard stays at the one that was pressed.
    if (key)
      setTimeout(() => /** @type {HTMLElement} */ (this.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus());
  }

  #take() {
    const [file] = this.#file.files ?? [];
    if (file) this.#choose({ kind: 'image', source: file, name: file.name, alt: '' });
    this.#file.value = ''; // So that the same file can be chosen again.
  }

  /**
   * @param {Sample} sample
   * @param {number} i
   */
  #sample({ url, name, alt }, i) {
    const onclick = async () => {
      const choice = (this.#choice += 1);
      const source = await fetchSample(url);
      if (source && choice === this.#choice) this.#choose({ kind: 'image', source, name, alt });
    };
    const image = make('img', { src: url, alt, width: 88, height: 66, loading: 'lazy', decoding: 'async' });
    return make(
      'li',
      {},
      make('button', { type: 'button', title: name, 'data-testid': `with-sample-${i}`, onclick }, image),
    );
  }
}
