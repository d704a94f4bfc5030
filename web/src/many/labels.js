/** Which class an image shows, by its folder's name or by a list that was given along. */

/** @import { ManyState } from './state.js' */

/**
 * The lines of a CSV as arrays of fields; fields may be quoted.
 * @param {string} text
 */
export function parseCsv(text) {
  /** @type {string[][]} */
  const rows = [];
  let row = /** @type {string[]} */ ([]);
  let field = '';
  let quoted = false;
  const endField = () => {
    row.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (row.length > 1 || row[0]) rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (quoted && c === '"' && text[i + 1] === '"') {
      field += c;
      i += 1;
    } else if (c === '"') quoted = !quoted;
    else if (!quoted && c === ',') endField();
    else if (!quoted && c === '\n') endRow();
    else if (quoted || c !== '\r') field += c;
  }
  if (field || row.length) endRow();
  return rows;
}

/**
 * The classes by path, of a CSV with the columns `path` (or `file`) and `class` (or `label`).
 * @param {string} text
 * @returns {Map<string, string>} empty if it has no such columns
 */
export function labelsOf(text) {
  const [head = [], ...rows] = parseCsv(text.replace(/^\ufeff/, ''));
  const column = (/** @type {string[]} */ ...names) => head.findIndex((h) => names.includes(h.trim().toLowerCase()));
  const [path, label] = [column('path', 'file', 'filename', 'image'), column('class', 'label')];
  if (path < 0 || label < 0) return new Map();
  return new Map(rows.map((row) => [(row[path] ?? '').trim(), (row[label] ?? '').trim()]));
}

/**
 * The classes by what a folder or a list may call them: an index or a whole name.
 * @param {string[]} classes
 */
export function classIndex(classes) {
  /** @type {Map<string, number>} */
  const known = new Map();
  classes.forEach((name, i) => known.set(String(i), i));
  [...classes.keys()].reverse().forEach((i) => known.set(plain(classes[i] ?? ''), i));
  return known;
}

/** @param {string} name */
const plain = (name) =>
  name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();

/**
 * The class that an image is said to show; null where nothing says so.
 * @param {string} path
 * @param {ManyState['labels']} labels
 * @param {Map<string, number>} index
 */
export function labelOf(path, labels, index) {
  const parts = path.split('/');
  const listed = labels.get(path) ?? labels.get(parts.slice(1).join('/')) ?? labels.get(parts.at(-1) ?? '');
  const wanted = listed ?? parts.at(-2);
  return wanted === undefined ? null : (index.get(plain(wanted)) ?? null);
}
