/**
 * @import { Action, State } from '../app/state.js'
 * @import { Failure } from '../shared/refusal.js'
 * @import { Given } from '../images/gather.js'
 * @import { Explanation, PeerMap } from 'peerlight'
 */

/**
 * Many images: a queue that is worked through one by one, and what came out.
 *
 * @typedef {object} Outcome the numbers that are kept of an explanation: no maps, so that memory stays flat
 * @property {Explanation['image']} image
 * @property {Explanation['target']} target
 * @property {number | null} agreement null for one network alone
 * @property {Pick<PeerMap, 'id' | 'name' | 'top'>[]} peers
 * @property {number} ms from the file to the answer
 *
 * @typedef {object} Item
 * @property {number} id
 * @property {File} file
 * @property {string} path with its folders, as it was given
 * @property {'waiting' | 'running' | 'done' | 'failed'} phase
 * @property {Outcome | null} outcome
 * @property {Failure | null} error
 *
 * @typedef {'order' | 'path' | 'difference' | 'agreement' | `peer-${number}`} SortKey
 * @typedef {'all' | 'differ' | 'same' | 'wrong' | 'failed'} Only
 * @typedef {{ sort: SortKey, down: boolean, text: string, only: Only, grouped: boolean, page: number }} ManyView
 *
 * @typedef {object} ManyState
 * @property {'idle' | 'running' | 'paused'} phase
 * @property {Item[]} items
 * @property {number} lastId
 * @property {File[]} lists of labels, not read yet
 * @property {Map<string, string>} labels the classes' names by path or file name, of the lists that were read
 * @property {Map<string, number | null>} classes which the folders' and the labels' names mean, as far as it is known
 * @property {string[]} leftOut paths of files that were given and are neither images nor lists
 * @property {string[]} unread names of lists without the columns of images and classes
 * @property {ManyView} view
 *
 * @typedef {{ type: 'many-given', files: Given[], lists: File[], leftOut?: string[] }
 *   | { type: 'many-labeled', list: string, labels: Map<string, string> }
 *   | { type: 'many-classes', classes: Map<string, number | null> }
 *   | { type: 'many-started', id: number }
 *   | { type: 'many-done', id: number, outcome: Outcome }
 *   | { type: 'many-failed', id: number, error: Failure }
 *   | { type: 'many-returned', id: number }
 *   | { type: 'many-paused' } | { type: 'many-resumed' } | { type: 'many-cancelled' } | { type: 'many-cleared' }
 *   | { type: 'many-view', view: Partial<ManyView> }} ManyAction
 */

/** Those where the networks differ most come first. @type {ManyView} */
const plainView = { sort: 'difference', down: true, text: '', only: 'all', grouped: false, page: 0 };
/** @type {ManyState} */
export const noMany = {
  phase: 'idle',
  items: [],
  lastId: 0,
  lists: [],
  labels: new Map(),
  classes: new Map(),
  leftOut: [],
  unread: [],
  view: plainView,
};

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceMany(page, action) {
  const many = reduceOwn(page.many, action);
  return many === page.many ? page : { ...page, many };
}

/**
 * @param {ManyState} own
 * @param {Action} action
 * @returns {ManyState}
 */
function reduceOwn(own, action) {
  switch (action.type) {
    case 'engine-ready':
      return anew(own.classes.size ? { ...own, classes: new Map() } : own);
    case 'many-given': {
      const items = action.files.map(({ file, path }, i) => waiting(own.lastId + 1 + i, file, path));
      const lastId = own.lastId + items.length;
      const phase = items.length ? 'running' : own.phase;
      const leftOut = [...own.leftOut, ...(action.leftOut ?? [])];
      return { ...own, items: [...own.items, ...items], lists: action.lists, leftOut, lastId, phase };
    }
    case 'many-labeled':
      if (!action.labels.size) return { ...own, unread: [...own.unread, action.list] };
      return { ...own, labels: new Map([...own.labels, ...action.labels]) };
    case 'many-classes':
      return { ...own, classes: new Map([...own.classes, ...action.classes]) };
    case 'many-started':
      return changedItem(own, action.id, { phase: 'running' });
    case 'many-done':
      return settled(changedItem(own, action.id, { phase: 'done', outcome: action.outcome }));
    case 'many-failed':
      return settled(changedItem(own, action.id, { phase: 'failed', error: action.error }));
    case 'many-returned':
      return changedItem(own, action.id, { phase: 'waiting' });
    case 'many-paused':
      return own.phase === 'running' ? { ...own, phase: 'paused' } : own;
    case 'many-resumed':
      return own.phase === 'paused' ? { ...own, phase: 'running' } : own;
    case 'many-cancelled': {
      const items = own.items.filter(({ phase }) => phase === 'done' || phase === 'failed');
      return { ...own, phase: 'idle', items };
    }
    case 'many-cleared':
      return { ...noMany, lastId: own.lastId };
    case 'many-view': {
      const page = action.view.page ?? 0; // Whatever changes what is listed shows its beginning.
      return { ...own, view: { ...own.view, ...action.view, page } };
    }
    default:
      return own;
  }
}

/**
 * @param {number} id
 * @param {File} file
 * @param {string} path
 * @returns {Item}
 */
const waiting = (id, file, path) => ({ id, file, path, phase: 'waiting', outcome: null, error: null });

/**
 * @param {ManyState} own
 * @param {number} id
 * @param {Partial<Item>} change
 */
function changedItem(own, id, change) {
  const items = own.items.map((item) => (item.id === id ? { ...item, ...change } : item));
  return { ...own, items };
}

/**
 * Other networks: what the earlier ones answered goes, and the images wait until they are wanted again.
 * @param {ManyState} own
 * @returns {ManyState}
 */
function anew(own) {
  if (!own.items.some(({ phase }) => phase === 'done' || phase === 'failed')) return own;
  return { ...own, phase: 'paused', items: own.items.map(({ id, file, path }) => waiting(id, file, path)) };
}

/** @param {ManyState} own */
function settled(own) {
  const left = own.items.some(({ phase }) => phase === 'waiting' || phase === 'running');
  return left ? own : { ...own, phase: /** @type {const} */ ('idle') };
}
