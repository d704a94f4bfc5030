/** Which class an image shows, by its folder's name or by a list that was given along. */

/** @import { ManyState } from './state.js' */

/**
 * The text of a file, UTF-8 or, with a byte order mark, UTF-16 as spreadsheets write it; empty if it is neither.
 * @param {ArrayBuffer} bytes
 */
export function textOf(bytes) {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  const wide = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  try {
    return new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return '';
  }
}

/**
 * The lines of a CSV as arrays of fields; fields may be quoted.
 * @param {string} text
 * @param {string} [separator]
 */
export function parseCsv(text, separator = ',') {
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
    else if (!quoted && c === separator) endField();
    else if (!quoted && c === '\n') endRow();
    else if (quoted || c !== '\r') field += c;
  }
  if (field || row.length) endRow();
  return rows;
}

/**
 * What separates the fields, and the lines: a first line `sep=;` says it, else it is the commonest in the head.
 * @param {string} text
 */
function separated(text) {
  const [head = ''] = text.split(/\r?\n|\r/, 1);
  const said = /^sep=(.)$/.exec(head)?.[1];
  if (said) return { separator: said, lines: text.slice(head.length).replace(/^[\r\n]+/, '') };
  const count = (/** @type {string} */ separator) => head.split(separator).length;
  return { separator: [',', ';', '\t'].reduce((a, b) => (count(b) > count(a) ? b : a)), lines: text };
}

/**
 * The classes by path, of a CSV with the columns `path` (or `file`) and `class` (or `label`). An image that gets two
 * classes has none.
 * @param {string} text
 * @returns {Map<string, string>} empty if it has no such columns
 */
export function labelsOf(text) {
  const { separator, lines } = separated(text.replace(/^\ufeff/, ''));
  const [head = [], ...rows] = parseCsv(lines, separator);
  const column = (/** @type {string[]} */ ...names) => head.findIndex((h) => names.includes(h.trim().toLowerCase()));
  const [path, label] = [column('path', 'file', 'filename', 'image'), column('class', 'label')];
  const labels = new Map();
  if (path < 0 || label < 0) return labels;
  for (const row of rows) {
    const name = plainPath(row[path] ?? '');
    const wanted = (row[label] ?? '').trim();
    if (name) labels.set(name, (labels.get(name) ?? wanted) === wanted ? wanted : '');
  }
  return labels;
}

/** A path without what leads nowhere; backslashes separate folders, as on Windows. @param {string} path */
const plainPath = (path) =>
  path
    .trim()
    .replaceAll('\\', '/')
    .split('/')
    .filter((part, i) => part !== '.' && (part || i === 0))
    .join('/');

/**
 * Finds the class that a folder or a list names, as the command line does: by the exact name, else whatever its case,
 * else its Unicode form, else with other separators of words, else by its index. A name that fits several is of none.
 * @param {string[]} classes
 * @returns {(wanted: string) => number | null}
 */
export function classFinder(classes) {
  const ways = [exact, lower, folded, plain].map((way) => {
    /** @type {Map<string, number | null>} */
    const known = new Map();
    classes.forEach((name, i) => known.set(way(name), known.has(way(name)) ? null : i));
    return { way, known };
  });
  // Where all names are numerals, another numeral is no index: it would be another class's name.
  const counted = classes.length > 0 && classes.every(isNumeral);
  return (wanted) => {
    const found = ways.find(({ way, known }) => known.has(way(wanted)));
    if (found) return found.known.get(found.way(wanted)) ?? null;
    if (!isNumeral(wanted)) return null;
    const index = Number(wanted);
    if (!counted) return index < classes.length ? index : null;
    const equal = classes.flatMap((name, i) => (Number(name) === index ? [i] : []));
    return equal.length === 1 ? (equal[0] ?? null) : null;
  };
}

/** @param {string} name */
const exact = (name) => name;
/** @param {string} name */
const lower = (name) => name.toLowerCase();
/** @param {string} name */
const folded = (name) => name.trim().normalize('NFC').toLowerCase().normalize('NFC');
/** @param {string} name */
const plain = (name) =>
  folded(name)
    .replace(/[\s_-]+/g, ' ')
    .trim();
/** @param {string} name */
const isNumeral = (name) => /^\d+$/.test(name.trim());

/**
 * The class that an image is said to show; null where nothing says so.
 * @param {string} path
 * @param {ManyState['labels']} labels
 * @param {(wanted: string) => number | null} find
 */
export function labelOf(path, labels, find) {
  const parts = path.split('/');
  const listed = labels.get(path) ?? labels.get(parts.slice(1).join('/')) ?? labels.get(parts.at(-1) ?? '');
  const wanted = listed ?? parts.at(-2);
  return wanted ? find(wanted) : null;
}
