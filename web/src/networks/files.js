import { refusal } from '../shared/refusal.js';
import { named } from '../images/left-out.js';
import { aboutOf, isBundle } from './choice.js';

/** What files say of networks, and which say nothing. */

/**
 * @import { Failure } from '../shared/refusal.js'
 * @import { DraftFile, NetworkSource, Said } from './choice.js'
 */

/** Where a JSON file has names of classes, or the name of a file of them. */
const NAMES = ['labels', 'label_names', 'class_names', 'classes', 'id2label'];
/** What a JSON file says of a network, unlike one that lists names of classes. */
const ABOUT = ['name', 'size', 'output', 'preprocess', 'pretrained_cfg', ...NAMES, 'mean', 'image_mean'];

/**
 * What files say together: one of labels that a JSON file names goes with that file, and is no file of its own.
 * @param {Said[]} said
 * @returns {Said[]}
 */
export function joined(said) {
  const wanted = new Set();
  const all = said.map((file) => {
    const labels = file.wants ? said.find(({ name }) => name === file.wants)?.options.labels : undefined;
    if (!labels) return file;
    wanted.add(file.wants);
    return { name: file.name, options: { ...file.options, labels } };
  });
  return all.filter(({ name }) => !wanted.has(name));
}

/**
 * That some files say nothing of any network, if there are such.
 * @param {NetworkSource[]} networks that came with them
 * @param {Said[]} said
 * @param {DraftFile[]} draft the networks that were there
 */
export function unusedOf(networks, said, draft) {
  const all = [...draft, ...networks];
  const fresh = networks.map(({ name }) => aboutOf({ name, saidBy: '', wants: '' }, said, all));
  const old = draft.map((file) => !isBundle(file) && aboutOf(file, said, all, networks.length > 0));
  const unused = said.filter((file) => ![...fresh, ...old].includes(file));
  const names = unused.map(({ name }) => name).join(', ');
  return names ? refusal('ask-invalid', 'networks.unused', 'networks.unused.help', { names, n: unused.length }) : null;
}

/**
 * That some files are neither networks nor about them, if there are such.
 * @param {string[]} paths
 */
export const unknownOf = (paths) =>
  paths.length ? refusal('ask-invalid', 'networks.others', null, { names: named(paths), n: paths.length }) : null;

/**
 * What the text of such a file says.
 * @param {string} name
 * @param {string} text
 * @returns {Said}
 */
export function saidIn(name, text) {
  /** @type {unknown} */
  let json = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Then it is a list of names.
  }
  const about = json !== null && typeof json === 'object' && ABOUT.some((key) => key in /** @type {object} */ (json));
  if (!about) return { name, options: { labels: text } };
  // Labels that are a text are the name of a file, which may lie in a folder.
  const file = NAMES.map((key) => /** @type {Record<string, unknown>} */ (json)[key]).find((value) => value);
  const wants = typeof file === 'string' ? file.split(/[\\/]/).pop() : '';
  return { name, options: { beside: text }, ...(wants ? { wants } : {}) };
}

/**
 * Several errors told as one; null for none.
 * @param {(Failure | null)[]} all
 * @returns {Failure | null}
 */
export function together(all) {
  const errors = all.filter((error) => error !== null);
  const [first, ...others] = errors;
  if (!first || !others.length) return first ?? null;
  return {
    code: first.code,
    get message() {
      return first.message;
    },
    get help() {
      return [first.help, ...others.flatMap(({ message, help }) => [message, help])].filter(Boolean).join(' ');
    },
  };
}
