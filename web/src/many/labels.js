/** Which class an image shows, by its folder's name or by a list that was given along. */

/** @import { ManyState } from './state.js' */

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
  const [head = [], ...rows] = parseCsv(lines.replace(/\r\n?/g, '\n'), separator);
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
 * Where a list may name an image: by its path, without the folder that was given, or by its name.
 * @param {string} path
 */
function placesOf(path) {
  const parts = path.split('/');
  return [path, parts.slice(1).join('/'), parts.at(-1) ?? ''];
}

/**
 * The name of the class that an image is said to show: by a list, else by its folder; empty where nothing says so.
 * @param {string} path
 * @param {ManyState['labels']} labels
 */
export function wantedOf(path, labels) {
  const place = placesOf(path).find((at) => labels.has(at));
  return (place !== undefined ? labels.get(place) : path.split('/').at(-2)) ?? '';
}

/**
 * What the lists say in vain: the images that are not here, and the names that are no class of these networks. A name
 * of a folder counts once another folder's is a class.
 * @param {Pick<ManyState, 'items' | 'labels' | 'classes'>} many
 */
export function unusedLabels({ items, labels, classes }) {
  const here = new Set(items.flatMap(({ path }) => placesOf(path).find((at) => labels.has(at)) ?? []));
  const wanted = [...new Set(items.map(({ path }) => wantedOf(path, labels)))];
  const some = labels.size > 0 || wanted.some((name) => (classes.get(name) ?? null) !== null);
  return {
    images: [...labels.keys()].filter((path) => !here.has(path)),
    names: some ? wanted.filter((name) => name && classes.get(name) === null) : [],
  };
}
