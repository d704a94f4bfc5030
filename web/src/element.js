/**
 * The base of every element of the page: it is given the state, draws itself, and sends actions; it keeps no state of its own
 * but what the person is doing in it right now.
 * @typedef {import('./state.js').State} State
 * @typedef {import('./state.js').Action} Action
 */
export class Part extends HTMLElement {
  /** @param {State} _state @param {State | null} _before null the first time */
  update(_state, _before) {}

  /** @param {Action} detail */
  send(detail) {
    this.dispatchEvent(new CustomEvent('peerlight', { detail, bubbles: true }));
  }
}

/**
 * Makes an element. Text stays text: nothing is ever parsed as markup.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | ((event: any) => void) | undefined>} [props] `on…` listens, the rest are attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === 'function') node.addEventListener(key.slice(2), value);
    else if (key.startsWith('aria-') && value !== undefined)
      node.setAttribute(key, String(value)); // “false” is a value there.
    else if (value === true) node.setAttribute(key, '');
    else if (value !== false && value !== undefined) node.setAttribute(key, String(value));
  }
  node.append(...children);
  return node;
}

/** Whether any of the parts picked from the state differs. @param {State} state @param {State | null} before @param {((s: State) => unknown)[]} picks */
export const changed = (state, before, ...picks) => !before || picks.some((pick) => pick(state) !== pick(before));
