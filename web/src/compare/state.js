import { asked, cardOf, emptied, isOpen, stopped, withWorks, KINDS } from './work.js';

/**
 * @import { Action, State } from '../app/state.js'
 * @import { Failure } from '../shared/refusal.js'
 * @import { Step } from '../explain/state.js'
 * @import { Card, Kind, Work } from './work.js'
 * @import { Method } from 'peerlight'
 */

/**
 * The comparison of methods: each method that is picked has a card, and a card has pieces of work.
 *
 * @typedef {[number, number, number, number]} Box left, top, right and bottom in pixels of the image
 * @typedef {{ by: string, down: boolean }} Sort `by`: a column's key
 * @typedef {Record<string, number | string>} Values of a method's settings
 *
 * @typedef {object} Comparison
 * @property {boolean} started whether cheap methods run anew by themselves when something changes
 * @property {string[] | null} picks ids of methods; null: the cheap ones
 * @property {Record<string, Values>} settings by method, only what the person changed
 * @property {number | null} peer the network that is explained; null: all
 * @property {{ class: number, weight: number } | null} versus the class that the explained one is told from
 * @property {Box | null} box
 * @property {boolean} slow whether metrics of many passes are measured
 * @property {string | null} masking null: the first
 * @property {Sort | null} sort null: the mutual map first, then the cheap ones
 * @property {'cards' | 'table'} view
 * @property {string[]} hidden methods whose curves are not drawn
 * @property {number} serial of the last work asked for
 * @property {Record<string, Card>} cards
 *
 * @typedef {Pick<Comparison, 'peer' | 'versus' | 'box' | 'slow' | 'masking' | 'sort' | 'view' | 'hidden'>} Choices
 *
 * @typedef {{ id: string, kind: Kind, serial: number }} WorkId
 * @typedef {WorkId & ({ type: 'work-started' } | { type: 'work-step', step: Step }
 *   | { type: 'work-done', value: any } | { type: 'work-failed', error: Failure })} News
 *
 * @typedef {{ type: 'compare-start' } | { type: 'compare-stop' }
 *   | { type: 'compare-set', change: Partial<Choices> }
 *   | { type: 'compare-pick', ids: string[], on: boolean }
 *   | { type: 'compare-tune', id: string, setting: string, value: number | string }
 *   | { type: 'work-ask', id: string, kind: Kind } | { type: 'work-stop', id: string }
 *   | News} CompareAction
 */

/** @type {Comparison} */
export const noComparison = {
  started: false,
  picks: null,
  settings: {},
  peer: null,
  versus: null,
  box: null,
  slow: false,
  masking: null,
  sort: null,
  view: 'cards',
  hidden: [],
  serial: 0,
  cards: {},
};

/** @param {State} state */
export const methodsOf = (state) => state.engine.catalog?.methods ?? [];

/**
 * Whether a method takes so many passes that it waits until it is asked for.
 * @param {Method} method
 */
export const isExpensive = ({ passes }) => passes > 60;

/**
 * The methods picked, the mutual map first, then the cheap ones.
 * @param {State} state
 */
export function picked(state) {
  const { picks } = state.comparison;
  const unasked = (/** @type {Method} */ method) => method.family !== 'control' && !isExpensive(method);
  const chosen = methodsOf(state).filter((method) => (picks ? picks.includes(method.id) : unasked(method)));
  return chosen.sort((a, b) => Number(b.joint) - Number(a.joint) || a.passes - b.passes);
}

/**
 * Whether a setting of the page is this method's too: the mutual map here is then the one above.
 * @param {State} state
 * @param {Method} method
 * @param {string} id
 */
export function shares({ engine }, { settings }, id) {
  const own = settings.find((s) => s.id === id);
  return own !== undefined && own.name === engine.catalog?.settings.find((s) => s.id === id)?.name;
}

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceCompare(page, action) {
  const comparison = reduceComparison(page.comparison, action, page);
  return comparison === page.comparison ? page : { ...page, comparison };
}

/**
 * @param {Comparison} comparison
 * @param {Action} action
 * @param {State} page
 * @returns {Comparison}
 */
function reduceComparison(comparison, action, page) {
  switch (action.type) {
    case 'engine-ready':
      return { ...comparison, started: false, cards: {}, peer: null, versus: null, hidden: [] };
    case 'image-ready':
      if (page.image.serial !== action.serial) return comparison;
      // Class and box belonged to the last image.
      return { ...comparison, started: false, cards: {}, box: null, versus: null, hidden: [] };
    case 'ask-changed': {
      const { settings = {}, ...own } = action.change;
      const all = ['target', 'crop', 'across', 'down'].some((key) => key in own);
      const ids = Object.keys(settings);
      const concerns = (/** @type {Method} */ method) =>
        (method.joint && 'grid' in own) || ids.some((id) => shares(page, method, id));
      return anew(comparison, page, (method) => all || concerns(method));
    }

    case 'compare-start': {
      const next = { ...comparison, started: true };
      return picked(page).reduce((all, { id }) => asked(all, id, missing(all, id)), next);
    }
    case 'compare-stop':
      return { ...stopped(comparison, Object.keys(comparison.cards)), started: false };
    case 'compare-set':
      return set(comparison, action.change, page);
    case 'compare-pick':
      return pick(comparison, action, page);
    case 'compare-tune': {
      const { id, setting, value } = action;
      const own = { ...comparison.settings[id], [setting]: value };
      const next = { ...comparison, settings: { ...comparison.settings, [id]: own } };
      const ran = cardOf(comparison, id).map.phase !== 'none';
      return ran ? asked(emptied(next, id), id, ['map']) : next;
    }

    case 'work-ask':
      return asked(comparison, action.id, [action.kind]);
    case 'work-stop':
      return stopped(comparison, [action.id]);
    case 'work-started':
    case 'work-step':
    case 'work-done':
    case 'work-failed':
      return heard(comparison, action);
    default:
      return comparison;
  }
}

/**
 * Some cards are about something else now: they start again, by themselves if they are cheap and all was started.
 * @param {Comparison} comparison
 * @param {State} page
 * @param {(method: Method) => boolean} which
 */
function anew(comparison, page, which) {
  const methods = methodsOf(page).filter((method) => comparison.cards[method.id] && which(method));
  return methods.reduce((all, method) => {
    const next = emptied(all, method.id);
    return all.started && !isExpensive(method) ? asked(next, method.id, ['map']) : next;
  }, comparison);
}

/**
 * @param {Comparison} comparison
 * @param {Partial<Choices>} change
 * @param {State} page
 */
function set(comparison, change, page) {
  const next = { ...comparison, ...change };
  if ('peer' in change || 'versus' in change) return anew(next, page, () => true);
  if ('box' in change) return measuredAnew(next, 'boxes');
  return change.slow ? measuredAnew(next, 'slow') : next;
}

/**
 * Measures every map again by some metrics, or no longer.
 * @param {Comparison} comparison
 * @param {Kind} kind
 */
function measuredAnew(comparison, kind) {
  return Object.keys(comparison.cards).reduce((all, id) => {
    const wanted = cardOf(all, id).map.value && measuredBy(all).includes(kind);
    return wanted ? asked(all, id, [kind]) : emptied(all, id, [kind]);
  }, comparison);
}

/**
 * Picks methods or drops them. What is picked while all runs, runs along if it is cheap.
 * @param {Comparison} comparison
 * @param {{ ids: string[], on: boolean }} choice
 * @param {State} page
 */
function pick(comparison, { ids, on }, page) {
  const others = picked(page)
    .map((method) => method.id)
    .filter((id) => !ids.includes(id));
  const picks = on ? [...others, ...ids] : others;
  const cards = Object.fromEntries(Object.entries(comparison.cards).filter(([id]) => picks.includes(id)));
  const next = { ...comparison, picks, cards };
  if (!comparison.started) return next;
  const due = picked({ ...page, comparison: next }).filter((m) => !isExpensive(m) && !cards[m.id]);
  return due.reduce((all, { id }) => asked(all, id, ['map']), next);
}

/**
 * What every finished map is measured by.
 * @param {Comparison} comparison
 * @returns {Kind[]}
 */
const measuredBy = ({ box, slow }) =>
  KINDS.filter((kind) => kind === 'fast' || (kind === 'boxes' && box) || (kind === 'slow' && slow));

/**
 * What a card lacks.
 * @param {Comparison} comparison
 * @param {string} id
 * @returns {Kind[]}
 */
export function missing(comparison, id) {
  const card = cardOf(comparison, id);
  if (!card.map.value) return isOpen(card.map.phase) ? [] : ['map'];
  return measuredBy(comparison).filter((kind) => !card[kind].value && !isOpen(card[kind].phase));
}

/**
 * News of a work, unless it is of an older one.
 * @param {Comparison} comparison
 * @param {News} news
 * @returns {Comparison}
 */
function heard(comparison, news) {
  const { id, kind, serial } = news;
  const work = comparison.cards[id]?.[kind];
  if (!work || work.serial !== serial || !isOpen(work.phase)) return comparison;
  const become = (/** @type {Partial<Work<any>>} */ change) =>
    withWorks(comparison, id, { [kind]: { ...work, step: null, ...change } });
  switch (news.type) {
    case 'work-started':
      return become({ phase: 'running' });
    case 'work-step':
      return become({ step: news.step });
    case 'work-done': {
      const next = become({ phase: 'done', value: news.value });
      return kind === 'map' ? asked(next, id, measuredBy(next)) : next;
    }
    case 'work-failed':
      // Whoever stopped it has said so already: this one only stood aside, and takes its turn again.
      return become(news.error.code === 'cancelled' ? { phase: 'waiting' } : { phase: 'failed', error: news.error });
  }
}
