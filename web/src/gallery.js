/**
 * The comparison of methods: its state, and every way it can change. As pure as state.js, which it is a part of.
 *
 * Each method picked has a card, and a card has pieces of work: its map, the test whether it depends on the network, its
 * figures, how it lies in the box, figures for which a dear method has to run again, and figures of many passes. Each is asked for by a serial of its own, so a late answer to an older
 * question is known as such.
 *
 * @typedef {import('../pkg/index.js').Method} Method
 * @typedef {import('../pkg/index.js').Metric} Metric
 * @typedef {import('./state.js').State} State
 * @typedef {'map' | 'sanity' | 'figures' | 'boxes' | 'again' | 'slow'} Kind
 * @typedef {{ map: import('../pkg/index.js').Attribution, figures: import('../pkg/index.js').Measures, boxes: import('../pkg/index.js').Measures,
 *   again: import('../pkg/index.js').Measures, slow: import('../pkg/index.js').Measures, sanity: import('../pkg/index.js').Sanity }} Values
 * @typedef {'none' | 'waiting' | 'running' | 'done' | 'failed' | 'stopped'} Phase
 */

/**
 * @template T
 * @typedef {{ phase: Phase, serial: number, step: import('./state.js').Step | null, value: T | null, error: import('./state.js').Failure | null }} Work
 */

/**
 * @typedef {{ [K in Kind]: Work<Values[K]> }} Card
 * @typedef {[number, number, number, number]} Box left, top, right and bottom in pixels of the image
 * @typedef {{ by: string, down: boolean }} Sort `by`: a column's key
 *
 * @typedef {object} Gallery
 * @property {boolean} on the person has started it: what is cheap runs anew by itself when something changes
 * @property {string[] | null} picks ids of methods; null: the cheap ones
 * @property {Record<string, Record<string, number | string>>} settings by method, only what the person changed
 * @property {number | null} peer the network that is explained; null: all
 * @property {{ class: number, gamma: number } | null} contrast
 * @property {Box | null} box
 * @property {boolean} slow whether figures of many passes are measured
 * @property {string | null} masking null: the first
 * @property {Sort | null} sort null: the mutual map first, then what is cheap
 * @property {'cards' | 'table'} view
 * @property {string[]} hidden methods whose curves are not drawn
 * @property {number} serial of the last work asked for
 * @property {Record<string, Card>} cards
 *
 * @typedef {Partial<Pick<Gallery, 'peer' | 'contrast' | 'box' | 'slow' | 'masking' | 'sort' | 'view' | 'hidden'>>} Change
 * @typedef {{ type: 'gallery-start' } | { type: 'gallery-stop' }
 *   | { type: 'gallery-set', change: Change }
 *   | { type: 'gallery-pick', ids: string[], on: boolean }
 *   | { type: 'gallery-tune', id: string, setting: string, value: number | string }
 *   | { type: 'work-ask', id: string, kind: Kind } | { type: 'work-stop', id: string }
 *   | { type: 'work-started', id: string, kind: Kind, serial: number }
 *   | { type: 'work-step', id: string, kind: Kind, serial: number, step: import('./state.js').Step }
 *   | { type: 'work-done', id: string, kind: Kind, serial: number, value: any }
 *   | { type: 'work-failed', id: string, kind: Kind, serial: number, error: import('./state.js').Failure }} GalleryAction
 */

/** In the order in which they are done: every map comes before the first figure. @type {Kind[]} */
export const KINDS = ['map', 'sanity', 'figures', 'boxes', 'again', 'slow'];
/** A method of more passes than this waits until it is picked. */
export const DEAR = 60;

/** @type {Gallery} */
export const emptyGallery = {
  on: false,
  picks: null,
  settings: {},
  peer: null,
  contrast: null,
  box: null,
  slow: false,
  masking: null,
  sort: null,
  view: 'cards',
  hidden: [],
  serial: 0,
  cards: {},
};

/** @type {Work<any>} */
const NONE = { phase: 'none', serial: 0, step: null, value: null, error: null };
/** @type {Card} */
const NEW = { map: NONE, sanity: NONE, figures: NONE, boxes: NONE, again: NONE, slow: NONE };

/** @param {Gallery} gallery @param {string} id @returns {Card} */
export const cardOf = (gallery, id) => gallery.cards[id] ?? NEW;

/** @param {State} state @returns {Method[]} */
export const methodsOf = (state) => state.engine.catalog?.methods ?? [];

/** What is no explanation, or costs much, is not picked unasked. @param {Method} method */
const cheap = ({ family, passes }) => family !== 'control' && passes <= DEAR;

/** The methods picked, the mutual map first, then the cheap ones. @param {State} state @returns {Method[]} */
export function picked(state) {
  const { picks } = state.gallery;
  const chosen = methodsOf(state).filter((m) => (picks ? picks.includes(m.id) : cheap(m)));
  return chosen.sort((a, b) => Number(b.joint) - Number(a.joint) || a.passes - b.passes);
}

/** Whether a setting of the page is this method's too: the mutual map here is then the one above. @param {State} state @param {Method} method @param {string} id */
export function shares(state, { settings }, id) {
  const [own, page] = [settings, state.engine.catalog?.settings ?? []].map((all) => all.find((s) => s.id === id));
  return own !== undefined && own.name === page?.name;
}

/** @param {Phase} phase */
export const open = (phase) => phase === 'waiting' || phase === 'running';

/** @param {Gallery} gallery @param {string} id @param {{ [K in Kind]?: Work<any> }} works @returns {Gallery} */
const withCard = (gallery, id, works) => ({
  ...gallery,
  cards: { ...gallery.cards, [id]: { ...cardOf(gallery, id), ...works } },
});

/** Asks for works of one card. @param {Gallery} gallery @param {string} id @param {Kind[]} kinds @returns {Gallery} */
function ask(gallery, id, kinds) {
  let { serial } = gallery;
  const works = Object.fromEntries(kinds.map((kind) => [kind, { ...NONE, phase: 'waiting', serial: (serial += 1) }]));
  return withCard({ ...gallery, serial }, id, works);
}

/** What a finished map is measured by. @param {Gallery} gallery @returns {Kind[]} */
const wanted = ({ box, slow }) =>
  KINDS.filter((kind) => kind === 'figures' || (kind === 'boxes' && box) || (kind === 'slow' && slow));

/** Some cards are about something else now: they start again, by themselves if they are cheap and all was started. @param {Gallery} gallery @param {State} page @param {(m: Method) => boolean} which */
function anew(gallery, page, which) {
  let next = gallery;
  for (const method of methodsOf(page).filter((m) => gallery.cards[m.id] && which(m))) {
    next = withCard(next, method.id, NEW);
    if (gallery.on && method.passes <= DEAR) next = ask(next, method.id, ['map']);
  }
  return next;
}

/** Changes the works of every card. @param {Gallery} gallery @param {(work: Work<any>) => Work<any>} change @param {string[]} [ids] @returns {Gallery} */
function eachWork(gallery, change, ids = Object.keys(gallery.cards)) {
  let next = gallery;
  for (const id of ids) {
    const works = Object.entries(cardOf(gallery, id)).map(([kind, work]) => [kind, change(work)]);
    next = withCard(next, id, Object.fromEntries(works));
  }
  return next;
}

/** @param {Work<any>} work @returns {Work<any>} */
const stopped = (work) => (open(work.phase) ? { ...work, phase: 'stopped', step: null } : work);

/**
 * @param {Gallery} gallery
 * @param {import('./state.js').Action} action
 * @param {State} page the page as it is after the action
 * @returns {Gallery}
 */
export function reduceGallery(gallery, action, page) {
  switch (action.type) {
    case 'image-ready':
      // Class and box belonged to the last image.
      return page.image.serial === action.serial
        ? { ...gallery, on: false, cards: {}, box: null, contrast: null, hidden: [] }
        : gallery;
    case 'ask-changed': {
      const all = action.id === 'target' || action.id === 'crop';
      return anew(gallery, page, (m) => all || shares(page, m, action.id));
    }

    case 'gallery-start': {
      let next = { ...gallery, on: true };
      for (const { id } of picked(page)) next = ask(next, id, missing(next, id));
      return next;
    }
    case 'gallery-stop':
      return { ...eachWork(gallery, stopped), on: false };
    case 'gallery-set':
      return set(gallery, action.change, page);
    case 'gallery-pick': {
      const before = picked(page).map((m) => m.id);
      const picks = action.on
        ? [...before, ...action.ids.filter((id) => !before.includes(id))]
        : before.filter((id) => !action.ids.includes(id));
      const cards = Object.fromEntries(Object.entries(gallery.cards).filter(([id]) => picks.includes(id)));
      return startCheap({ ...gallery, picks, cards }, page);
    }
    case 'gallery-tune': {
      const { id, setting, value } = action;
      const settings = { ...gallery.settings, [id]: { ...gallery.settings[id], [setting]: value } };
      const ran = cardOf(gallery, id).map.phase !== 'none';
      const next = { ...gallery, settings };
      return ran ? ask(withCard(next, id, NEW), id, ['map']) : next;
    }

    case 'work-ask':
      return ask(gallery, action.id, [action.kind]);
    case 'work-stop':
      return eachWork(gallery, stopped, [action.id]);
    case 'work-started':
    case 'work-step':
    case 'work-done':
    case 'work-failed':
      return answer(gallery, action);
    default:
      return gallery;
  }
}

/** @param {Gallery} gallery @param {Change} change @param {State} page @returns {Gallery} */
function set(gallery, change, page) {
  const next = { ...gallery, ...change };
  if ('peer' in change || 'contrast' in change) return anew(next, page, () => true);
  /** @type {Kind | null} */
  const kind = 'box' in change ? 'boxes' : change.slow ? 'slow' : null;
  if (!kind) return next;
  // Measured anew, as far as there are maps.
  return Object.keys(next.cards).reduce((all, id) => {
    const { map } = cardOf(all, id);
    return map.value && wanted(next).includes(kind) ? ask(all, id, [kind]) : withCard(all, id, { [kind]: NONE });
  }, next);
}

/** What a card lacks. @param {Gallery} gallery @param {string} id @returns {Kind[]} */
export function missing(gallery, id) {
  const card = cardOf(gallery, id);
  if (!card.map.value) return open(card.map.phase) ? [] : ['map'];
  return wanted(gallery).filter((kind) => !card[kind].value && !open(card[kind].phase));
}

/** What was picked while all runs, runs along if it is cheap. @param {Gallery} gallery @param {State} page @returns {Gallery} */
function startCheap(gallery, page) {
  if (!gallery.on) return gallery;
  const due = picked({ ...page, gallery }).filter((m) => m.passes <= DEAR && !gallery.cards[m.id]);
  return due.reduce((next, { id }) => ask(next, id, ['map']), gallery);
}

/** News of a work, unless it is of an older one. @param {Gallery} gallery @param {Extract<GalleryAction, { serial: number }>} news @returns {Gallery} */
function answer(gallery, news) {
  const { id, kind, serial } = news;
  const work = gallery.cards[id]?.[kind];
  if (!work || work.serial !== serial || !open(work.phase)) return gallery;
  const become = (/** @type {Partial<Work<any>>} */ change) =>
    withCard(gallery, id, { [kind]: { ...work, step: null, ...change } });
  switch (news.type) {
    case 'work-started':
      return become({ phase: 'running' });
    case 'work-step':
      return become({ step: news.step });
    case 'work-done': {
      const next = become({ phase: 'done', value: news.value });
      return kind === 'map' ? ask(next, id, wanted(next)) : next;
    }
    case 'work-failed':
      // Whoever stopped it has said so already: this one only stood aside, and takes its turn again.
      return become(news.error.code === 'cancelled' ? { phase: 'waiting' } : { phase: 'failed', error: news.error });
  }
}
