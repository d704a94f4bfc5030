import { PageElement, make, setProgress, setText } from '../../shared/element.js';
import { download } from '../../shared/download.js';
import { about, percent, short } from '../../shared/format.js';
import { leftOut, named } from '../../images/left-out.js';
import { csvOf, jsonOf } from '../export.js';
import { unusedLabels } from '../labels.js';
import { accuracyOf, countsOf, rowsOf } from '../select.js';
import { t } from '../../words/index.js';

/**
 * @import { Action, State } from '../../app/state.js'
 * @import { ManyState, Only } from '../state.js'
 */

/** @type {Only[]} */
const ONLY = ['all', 'differ', 'same', 'wrong', 'failed'];

/** The queue of images: how far it is, how to stop it, what is listed, and how to save it. */
export class Queue extends PageElement {
  /** @type {State | null} */
  #state = null;
  /** What was last found of the labels that are not used, and from what. */
  #unused = { key: /** @type {unknown[]} */ ([]), words: '' };
  #text = make('p', { role: 'status', 'data-testid': 'many-status' });
  #accuracy = make('p', { class: 'quiet', 'data-testid': 'many-accuracy' });
  #bar = make('progress', { 'aria-label': t('many.progress') });
  #pause = this.#button('many-pause', () =>
    this.send({ type: this.#state?.many.phase === 'paused' ? 'many-resumed' : 'many-paused' }),
  );
  #cancel = this.#button('many-cancel', () => this.send({ type: 'many-cancelled' }), t('many.cancel'));
  #clear = this.#button('many-clear', () => this.send({ type: 'many-cleared' }), t('many.close'));
  #filter = make('input', {
    type: 'text',
    id: 'many-filter',
    placeholder: t('many.filter'),
    'aria-label': t('many.filter-label'),
    'data-testid': 'many-filter',
    oninput: () => this.send({ type: 'many-view', view: { text: this.#filter.value } }),
  });
  #only = make('select', {
    'aria-label': t('many.only'),
    'data-testid': 'many-only',
    onchange: () => this.send({ type: 'many-view', view: { only: /** @type {Only} */ (this.#only.value) } }),
  });
  #grouped = make('input', {
    type: 'checkbox',
    'data-testid': 'many-grouped',
    onchange: () => this.send({ type: 'many-view', view: { grouped: this.#grouped.checked } }),
  });

  connectedCallback() {
    const list = this.querySelector('peer-images') ?? '';
    this.#only.replaceChildren(...ONLY.map((value) => make('option', { value }, t(`many.only-${value}`))));
    const csv = this.#button('many-csv', () => this.#save('csv'), t('many.csv'));
    const json = this.#button('many-json', () => this.#save('json'), t('many.json'));
    const title = make('h2', { id: 'many-title' }, t('many'));
    const check = make('label', { class: 'check' }, this.#grouped, make('span', {}, t('many.grouped')));
    this.setAttribute('role', 'region');
    this.setAttribute('aria-labelledby', 'many-title');
    this.replaceChildren(
      make('div', { class: 'head' }, title, this.#text, this.#pause, this.#cancel, this.#clear),
      this.#bar,
      make('div', { class: 'controls' }, this.#filter, this.#only, check, make('div', { class: 'saves' }, csv, json)),
      this.#accuracy,
      list,
    );
  }

  /**
   * What the labels say in vain, in words.
   * @param {ManyState} many
   */
  #unusedOf(many) {
    const { lastId, items, labels, classes } = many;
    const key = [lastId, items.length, labels, classes];
    if (!key.every((part, i) => part === this.#unused.key[i])) {
      const { images, names } = unusedLabels(many);
      const words = [
        images.length ? t('many.no-image', { names: named(images) }) : '',
        names.length ? t('many.no-class', { names: named(names) }) : '',
      ];
      this.#unused = { key, words: words.map((said) => said && ` ${said}`).join('') };
    }
    return this.#unused.words;
  }

  /** @param {State} state */
  update(state) {
    const before = this.#state;
    this.#state = state;
    const { many } = state;
    this.hidden = !many.items.length;
    if (this.hidden || (before?.many === many && before.engine.phase === state.engine.phase)) return;
    const { all, done, failed, left, leftMs } = countsOf(many);
    const lists = many.unread.length ? ` ${t('many.no-list', { names: many.unread.join(', ') })}` : '';
    const out = many.leftOut.length ? ` ${leftOut(many.leftOut)}` : '';
    const unused = this.#unusedOf(many);
    setText(this.#text, statusOf(state, { all, done, failed, left, leftMs }) + lists + unused + out);
    this.#bar.hidden = !left;
    setProgress(this.#bar, { value: all - left, max: all });
    this.#pause.hidden = this.#cancel.hidden = !left;
    this.#clear.hidden = left > 0;
    this.#pause.textContent = t(many.phase === 'paused' ? 'many.go-on' : 'many.pause');
    this.#only.value = many.view.only;
    this.#grouped.checked = many.view.grouped;
    if (this.#filter.value !== many.view.text) this.#filter.value = many.view.text;
    const accuracy = accuracyOf(rowsOf(state)).map(({ name, right, of, share }) =>
      t('many.correct', { name: short(name), share: percent(share), n: right, of }),
    );
    this.#accuracy.hidden = !accuracy.length;
    setText(this.#accuracy, t('many.accuracy', { each: accuracy.join(', ') }));
  }

  /**
   * @param {string} id
   * @param {() => void} onclick
   * @param {string} [name]
   */
  #button(id, onclick, name = '') {
    return make('button', { type: 'button', 'data-testid': id, onclick }, name);
  }

  /** @param {'csv' | 'json'} kind */
  #save(kind) {
    if (!this.#state) return;
    const [text, type] = kind === 'csv' ? [csvOf(this.#state), 'text/csv'] : [jsonOf(this.#state), 'application/json'];
    download(new Blob([text], { type }), `images-peerlight.${kind}`);
  }
}

/**
 * @param {State} state
 * @param {ReturnType<typeof countsOf>} counts
 */
function statusOf({ many, engine }, { all, done, failed, left, leftMs }) {
  const bad = failed ? t('many.bad', { n: failed }) : '';
  if (!left) return t('many.done', { n: done, bad });
  const far = t('far.count', { done: done + failed, total: all }) + bad;
  if (many.phase === 'paused') return t('many.paused', { far });
  if (engine.phase !== 'ready') return t('many.waits', { n: all });
  return leftMs ? t('many.left', { far, time: about(leftMs) }) : t('many.far', { far });
}
