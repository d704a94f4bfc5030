/**
 * @import { State } from '../app/state.js'
 * @import { Explanation, ImageRequest } from 'peerlight'
 */

/**
 * Whether an explanation is under way, or will be as soon as the image is there.
 * @param {State} state
 */
export const explaining = ({ engine, job }) =>
  engine.phase === 'ready' && (job.phase === 'due' || job.phase === 'running');

/**
 * The explanation that could run now, by its serial; 0 while something that it needs is missing.
 * @param {State} state
 */
export const runnable = (state) => (explaining(state) && state.image.preview ? state.job.serial : 0);

/**
 * The map laid over the image: a network's by its id, or the mutual one.
 * @param {Explanation} result
 * @param {string} id
 */
export const mapOf = (result, id) => result.peers.find((p) => p.id === id) ?? result;

/**
 * A request for any image: the class and the square's place belong to one.
 * @param {ImageRequest} ask
 * @returns {ImageRequest}
 */
export function ofAnyImage({ target: _, across: _x, down: _y, ...ask }) {
  return ask;
}

/** The settings that stand in the request itself; the others are the mutual map's. */
const OWN = /** @type {const} */ (['grid', 'crop', 'across', 'down']);

/**
 * One setting as a change of the request.
 * @param {string} id
 * @param {number | string} value
 * @returns {ImageRequest}
 */
export function changeOf(id, value) {
  const own = OWN.find((key) => key === id);
  return own ? { [own]: value } : { settings: { [id]: value } };
}

/**
 * What was chosen for a setting, if anything.
 * @param {ImageRequest} ask
 * @param {string} id
 */
function chosenIn(ask, id) {
  const own = OWN.find((key) => key === id);
  return own ? ask[own] : ask.settings?.[id];
}

/**
 * What the engine was, or would be, asked for one setting.
 * @param {State} state
 * @param {string} id
 */
export const settingOf = ({ ask, engine }, id) =>
  chosenIn(ask, id) ?? engine.catalog?.settings.find((s) => s.id === id)?.default ?? null;

/**
 * Whether a change asks for nothing that is not asked for already.
 * @param {ImageRequest} ask
 * @param {ImageRequest} change
 */
export function asksSame(ask, { settings = {}, ...own }) {
  const same = (/** @type {Record<string, any>} */ all, /** @type {object} */ some) =>
    Object.entries(some).every(([key, value]) => all[key] === value);
  return same(ask, own) && same(ask.settings ?? {}, settings);
}

/** While there is no catalog there is no map either. */
const BARE = { color: '', opacity: 0, dim: 0 };

/**
 * How a map is painted over the image: as the person chose, and else as the catalog says.
 * @param {State} state
 */
export function overlayOf({ engine, view }) {
  const { color, opacity, dim } = engine.catalog?.overlay ?? BARE;
  return { color: view.color ?? color, opacity: view.opacity ?? opacity, dim };
}

/**
 * The chosen color map.
 * @param {State} state
 * @returns {Uint8Array | null}
 */
export function lutOf(state) {
  const colors = state.engine.catalog?.colors ?? [];
  const { color } = overlayOf(state);
  return (colors.find((c) => c.id === color) ?? colors[0])?.lut ?? null;
}

/**
 * The region that the networks together look at most.
 * @param {Explanation} result
 */
export function brightest({ regions }) {
  const sums = regions.map(({ attention }) => attention.reduce((a, b) => a + b, 0));
  return sums.length ? sums.indexOf(Math.max(...sums)) : null;
}

/**
 * A region's correlation: of all pairs of networks in the mean, or of one pair.
 * @param {Explanation['regions'][number]} region
 * @param {number | null} pair
 */
export const rhoOf = ({ rho, pairs }, pair) => (pair === null ? rho : (pairs[pair] ?? rho));

/**
 * The agreement of each pair of networks: the mean over the regions, as of the whole.
 * @param {Explanation} result
 */
export function pairsOf({ peers, regions }) {
  const pairs = peers.flatMap((_, a) => peers.slice(a + 1).map((_, k) => ({ a, b: a + 1 + k })));
  return pairs.map((pair, k) => {
    const sum = regions.reduce((all, region) => all + (region.pairs[k] ?? 0), 0);
    return { ...pair, agreement: regions.length ? sum / regions.length : 0 };
  });
}

/**
 * How strongly the shown map looks at each region, 0 to 1.
 * @param {Explanation} result
 * @param {string} shown
 */
export function attentionOf(result, shown) {
  const { regions, peers, grid, side, map } = result;
  const k = peers.findIndex(({ id }) => id === shown);
  if (k >= 0) return regions.map(({ attention }) => attention[k] ?? 0);
  const edge = (/** @type {number} */ n) => Math.round((n * side) / grid);
  return regions.map(({ row, column }) => {
    const [left, right, top, bottom] = [edge(column), edge(column + 1), edge(row), edge(row + 1)];
    let sum = 0;
    for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) sum += map[y * side + x] ?? 0;
    return sum / ((right - left) * (bottom - top) || 1);
  });
}
