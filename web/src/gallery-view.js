import { DEAR, KINDS, cardOf, open, picked, shares } from './gallery.js';
import { about } from './format.js';

/**
 * What follows from the gallery's state: what is to be done next, what to ask for, and the figures side by side.
 * @typedef {import('./gallery.js').Kind} Kind
 * @typedef {import('./gallery.js').Card} Card
 * @typedef {import('./state.js').State} State
 * @typedef {import('../pkg/index.js').Method} Method
 * @typedef {import('../pkg/index.js').Metric} Metric
 */

/** A metric of more passes than this waits until it is asked for. */
const FEW = 4;

/** With which work a metric is measured. @param {Metric} metric @param {Method} method @returns {Kind} */
function kindOf({ boxes, passes, again }, method) {
  if (boxes) return 'boxes';
  if (passes > FEW) return 'slow';
  return again && method.passes > DEAR ? 'again' : 'figures';
}

/** The metrics that a work measures. @param {State} state @param {Kind} kind @param {Method} method @returns {Metric[]} */
export const metricsOf = (state, kind, method) =>
  (state.engine.catalog?.metrics ?? []).filter((m) => kindOf(m, method) === kind);

/** The metrics that wait until they are asked for, whatever the method. @param {State} state */
export const slowMetrics = (state) => (state.engine.catalog?.metrics ?? []).filter((m) => !m.boxes && m.passes > FEW);

/**
 * The work that is under way, or that could be: one at a time, and none while the main explanation has to be made.
 * @param {State} state
 * @returns {{ id: string, kind: Kind, serial: number } | null}
 */
export function dueWork(state) {
  const { engine, job, result, gallery } = state;
  if (engine.phase !== 'ready' || !result || job.phase === 'due' || job.phase === 'running') return null;
  const ids = picked(state).map((m) => m.id);
  const all = KINDS.flatMap((kind) => ids.map((id) => ({ id, kind, ...cardOf(gallery, id)[kind] })));
  const found = all.find((w) => w.phase === 'running') ?? all.find((w) => w.phase === 'waiting');
  return found ? { id: found.id, kind: found.kind, serial: found.serial } : null;
}

/** How far everything is. @param {State} state */
export function progressOf(state) {
  const works = picked(state).flatMap(({ id }) => Object.values(cardOf(state.gallery, id)));
  const asked = works.filter((w) => w.phase !== 'none');
  return {
    done: asked.filter((w) => !open(w.phase)).length,
    total: asked.length,
    busy: asked.some((w) => open(w.phase)),
  };
}

/** A method's settings: what the person chose for it, and what the page itself explains with where that is the same setting. @param {State} state @param {Method} method */
export function settingsOf(state, method) {
  const { ask: page, gallery } = state;
  const shared = method.settings
    .filter((s) => page[s.id] != null && shares(state, method, s.id))
    .map((s) => [s.id, page[s.id]]);
  return /** @type {Record<string, number | string>} */ ({
    ...Object.fromEntries(shared),
    ...gallery.settings[method.id],
  });
}

/** What the engine is asked for. @param {State} state @param {Method} method @returns {import('../pkg/index.js').MethodRequest} */
export function requestOf(state, method) {
  const { ask: page, gallery } = state;
  return {
    method: method.id,
    settings: settingsOf(state, method),
    peer: gallery.peer,
    target: page.target ?? null,
    contrast: gallery.contrast,
    crop: page.crop ?? null,
    grid: page.grid,
  };
}

/** Where the box lies in the map. @param {State} state @param {number} side @returns {[number, number, number, number][]} */
export function boxesOf({ gallery: { box }, result }, side) {
  if (!box || !result) return [];
  const { x, y, side: square } = result.image.crop;
  const inside = (/** @type {number} */ v) => Math.min(side, Math.max(0, Math.round((v * side) / square)));
  return [[inside(box[0] - x), inside(box[1] - y), inside(box[2] - x), inside(box[3] - y)]];
}

/** What measures a card has. @param {Card} card */
const measuresOf = (card) => [card.figures, card.boxes, card.again, card.slow].flatMap((work) => work.value ?? []);

/** Every figure of a card, in every masking. @param {Card} card */
export const figuresOf = (card) => measuresOf(card).flatMap((m) => m.figures);

/** @param {Card} card */
export const curvesOf = (card) => measuresOf(card).flatMap((m) => m.curves);

/** How the image is masked for the figures shown. @param {State} state */
export const maskingOf = ({ gallery, engine }) => gallery.masking ?? engine.catalog?.maskings?.[0]?.id ?? null;

/** @param {Card} card */
export function passesOf({ map: { value } }) {
  return value ? value.cost.forward + value.cost.partial + value.cost.backward : null;
}

/**
 * What can be compared: the figures that are measured now, and the cost.
 * @typedef {{ key: string, name: string, help: string, unit: string, better: 'lower' | 'higher', cost: boolean, value: (card: Card) => number | null }} Column
 * @param {State} state
 * @returns {Column[]}
 */
export function columnsOf(state) {
  const { gallery, engine } = state;
  const masking = maskingOf(state);
  const shown = (engine.catalog?.metrics ?? []).filter((m) =>
    m.boxes ? gallery.box : gallery.slow || m.passes <= FEW,
  );
  return [
    ...shown.map(({ id, name, help, unit, better }) => {
      const value = (/** @type {Card} */ card) =>
        figuresOf(card).find((f) => f.id === id && (f.masking === null || f.masking === masking))?.value ?? null;
      return { key: id, name, help, unit, better, cost: false, value };
    }),
    {
      key: 'passes',
      name: 'Passes',
      help: 'Forward, partial and backward passes together.',
      unit: 'passes',
      better: 'lower',
      cost: true,
      value: passesOf,
    },
    {
      key: 'ms',
      name: 'Time',
      help: 'Milliseconds of the map on this device.',
      unit: 'ms',
      better: 'lower',
      cost: true,
      value: ({ map }) => map.value?.ms ?? null,
    },
  ];
}

/** The methods in the order chosen; what has no figure comes last. @param {State} state @returns {Method[]} */
export function ordered(state) {
  const { sort } = state.gallery;
  const methods = picked(state);
  const column = columnsOf(state).find((c) => c.key === sort?.by);
  if (!sort || !column) return methods;
  const value = (/** @type {Method} */ m) => column.value(cardOf(state.gallery, m.id));
  return methods.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sort.down ? y - x : x - y;
  });
}

/** What comes of pressing a column: its best first, and at the next press its worst. @param {State} state @param {Column} column @returns {import('./gallery.js').Sort} */
export function sortBy({ gallery: { sort } }, { key, better }) {
  return { by: key, down: sort?.by === key ? !sort.down : better === 'higher' };
}

/** Maps that the test of dependence takes, roughly: the network's own, and one for each depth of shuffling. */
const DEPTHS = 6;

/** How many networks are explained. @param {State} state */
const networks = ({ gallery, engine }) => (gallery.peer === null ? (engine.info?.peers.length ?? 1) : 1);

/** Milliseconds of a forward pass of one network: the middle one of the maps made here, or else from the explanation. @param {State} state */
function pace(state) {
  const times = picked(state).flatMap(({ id, passes }) => {
    const { value } = cardOf(state.gallery, id).map;
    return value && passes ? [value.ms / (passes * value.peers.length)] : [];
  });
  if (times.length) return /** @type {number} */ (times.sort((a, b) => a - b)[times.length >> 1]);
  const whole = state.result?.timings.reduce((sum, t) => sum + t.ms, 0) ?? 0;
  return whole / (state.result?.peers.length || 1);
}

/** Milliseconds that so many passes of each network will take here, roughly. @param {State} state @param {number} passes */
export const estimate = (state, passes) => passes * networks(state) * pace(state);

/** Passes that a work takes for one network, roughly. @param {State} state @param {Kind} kind @param {Method} method */
export function passesOfWork(state, kind, method) {
  if (kind === 'map') return method.passes;
  if (kind === 'sanity') return DEPTHS * method.passes;
  const metrics = metricsOf(state, kind, method);
  // One second map serves all the metrics that ask for it.
  return metrics.reduce((sum, m) => sum + m.passes, 0) + (metrics.some((m) => m.again) ? method.passes : 0);
}

/** Milliseconds that a work will take here, roughly. @param {State} state @param {Kind} kind @param {Method} method */
export const timeOf = (state, kind, method) => estimate(state, passesOfWork(state, kind, method));

/**
 * What can be done about a card now, by a button.
 * @typedef {{ text: string, id: 'run' | 'stop' | 'again' | 'sanity', action: import('./state.js').Action }} Act
 * @param {State} state @param {Method} method @returns {Act[]}
 */
export function actsOf(state, method) {
  const { id } = method;
  const card = cardOf(state.gallery, id);
  const takes = (/** @type {Kind} */ kind) => about(timeOf(state, kind, method));
  const ask = (/** @type {Kind} */ kind) => ({ type: /** @type {const} */ ('work-ask'), id, kind });
  if (Object.values(card).some((work) => open(work.phase)))
    return [{ text: 'Stop', id: 'stop', action: { type: 'work-stop', id } }];
  if (!card.map.value) return [{ text: `Run, ${takes('map')}`, id: 'run', action: ask('map') }];
  const lost = KINDS.find((kind) => card[kind].phase === 'stopped' || card[kind].phase === 'failed');
  if (lost) return [{ text: 'Go on', id: 'run', action: ask(lost) }];
  /** @type {Act[]} */
  const acts = [];
  const again = metricsOf(state, 'again', method);
  if (again.length && !card.again.value)
    acts.push({ text: `${again.map((m) => m.name).join(', ')}: ${takes('again')}`, id: 'again', action: ask('again') });
  const long = timeOf(state, 'sanity', method) > 10_000 ? ` (${takes('sanity')})` : '';
  if (!card.sanity.value)
    acts.push({ text: `Does it depend on the network?${long}`, id: 'sanity', action: ask('sanity') });
  return acts;
}
