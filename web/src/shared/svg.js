/**
 * Makes an element of a drawing.
 * @param {string} tag
 * @param {Record<string, string | number>} [props]
 * @param {...(Node | string)} children
 */
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}
