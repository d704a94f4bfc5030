import { t } from '../words/index.js';

/**
 * @import { Action, State } from '../app/state.js'
 * @import { Failure } from './refusal.js'
 */

/**
 * The base of every element of the page. It gets the state, draws itself, and sends actions. It keeps no state of its
 * own but what the person is doing in it right now.
 */
export class PageElement extends HTMLElement {
  /**
   * @param {State} _state
   * @param {State | null} _before null the first time
   */
  update(_state, _before) {}

  #gone = new AbortController();

  /**
   * Listens as long as the element is in the page: another language replaces it.
   * @template {Event} E
   * @param {EventTarget | null | undefined} target
   * @param {string} type
   * @param {(event: E) => void} listener
   * @param {AddEventListenerOptions} [options]
   */
  listen(target, type, listener, options) {
    const { signal } = this.#gone;
    target?.addEventListener(type, /** @type {EventListener} */ (listener), { ...options, signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
    this.#gone = new AbortController();
  }

  /** @param {Action} detail */
  send(detail) {
    this.dispatchEvent(new CustomEvent('peerlight', { detail, bubbles: true }));
  }
}

/**
 * Makes an element. Text stays text: nothing is ever parsed as markup.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | ((event: any) => void) | undefined>} [props] `on…` listens, the
 *   rest are attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === 'function') node.addEventListener(key.slice(2), value);
    else if (value === undefined) continue;
    else if (key.startsWith('aria-') || typeof value !== 'boolean') node.setAttribute(key, String(value));
    else node.toggleAttribute(key, value);
  }
  node.append(...children);
  return node;
}

/**
 * A table's row.
 * @param {{ head?: string, cells: (Node | string)[], props?: Record<string, string> }} row `head`: its own heading
 */
export function tableRow({ head, cells, props }) {
  const heads = head === undefined ? [] : [make('th', { scope: 'row' }, head)];
  return make('tr', props, ...heads, ...cells.map((cell) => make('td', {}, cell)));
}

/**
 * A table's row of column headings.
 * @param {string[]} heads
 */
export const headRow = (heads) => make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, head)));

/**
 * Sets an element's text, unless it says so already: a screen reader would read it again.
 * @param {HTMLElement} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * A line for an error: what is wrong, and what to do about it.
 * @param {string} testid
 */
export function errorLine(testid) {
  const [what, help, detail] = [make('strong'), make('span'), make('span', { lang: 'en' })];
  const more = make('small');
  const node = make('p', { class: 'error', role: 'alert', 'data-testid': testid, hidden: true }, what, ' ', help, more);
  /** @param {Failure | null} error */
  const show = (error) => {
    node.hidden = !error;
    if (!error) return;
    setText(what, error.message);
    setText(help, error.help);
    setText(detail, error.detail ?? '');
    more.replaceChildren(...(error.detail ? [` ${t('error.detail')} `, detail] : []));
  };
  return { node, show };
}

/**
 * Places an element over another one, by percent of its sides.
 * @param {HTMLElement} node
 * @param {{ left: number, top: number, width: number, height: number }} box
 */
export function place(node, box) {
  for (const [side, value] of Object.entries(box)) node.style.setProperty(side, `${value}%`);
}

/**
 * Sets a progress bar; one without an end moves on its own.
 * @param {HTMLProgressElement} bar
 * @param {{ value: number, max: number } | null} progress
 */
export function setProgress(bar, progress) {
  if (progress?.max) Object.assign(bar, { max: progress.max, value: progress.value });
  else bar.removeAttribute('value');
}

/**
 * Whether any of the values picked from the state differs from before.
 * @param {State} state
 * @param {State | null} before
 * @param {(state: State) => unknown[]} pick
 */
export function changed(state, before, pick) {
  if (!before) return true;
  const old = pick(before);
  return pick(state).some((value, i) => value !== old[i]);
}
