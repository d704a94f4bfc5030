import { pageWords } from './index.js';

/**
 * The texts that stand in `index.html`. An element names its text's key in `data-words`, and an attribute's in
 * `data-words-` and the attribute's name. `{0}`, `{1}` stand for the elements within a text.
 */

const ATTRIBUTES = ['aria-label', 'content', 'href'];

/** The English texts by key, as they were found. @type {Map<string, string>} */
const english = new Map();

/**
 * Says everything within a part of the page in the language that is spoken now.
 * @param {ParentNode} root
 */
export function sayPage(root) {
  for (const node of root.querySelectorAll('[data-words]')) {
    const children = [...node.children];
    const found = [...node.childNodes].map((child) =>
      child instanceof Element ? `{${children.indexOf(child)}}` : child.textContent,
    );
    const text = words(node.getAttribute('data-words') ?? '', found.join('').replace(/\s+/g, ' ').trim());
    node.replaceChildren(...text.split(/\{(\d+)\}/).map((part, i) => (i % 2 && children[Number(part)]) || part));
  }
  for (const name of ATTRIBUTES) {
    for (const node of root.querySelectorAll(`[data-words-${name}]`)) {
      const key = node.getAttribute(`data-words-${name}`) ?? '';
      node.setAttribute(name, words(key, node.getAttribute(name) ?? ''));
    }
  }
}

/**
 * @param {string} key
 * @param {string} found what stands there now: English, the first time
 */
function words(key, found) {
  if (!english.has(key)) english.set(key, found);
  return pageWords()[key] ?? english.get(key) ?? found;
}
