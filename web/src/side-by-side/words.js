/** Every text of this folder. */

import { decimal, percent, short } from '../shared/format.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Kind, Other } from './state.js'
 * @import { Explanation, PeerMap } from 'peerlight'
 */

export const OPENING = 'Opening the other networks';
export const ENTRY = 'Compare with…';
export const TITLE = 'Side by side';
export const CLOSE = 'Close';
export const RETRY = 'Try again';
export const CLASS_HELP = 'Press one to compare with it, or search for another.';
export const CLASS_LABEL = 'Class on the right';
export const NO_CLASS = 'None';
export const CHOOSE_IMAGE = 'Choose another image';
export const SAMPLES = 'Samples';
export const SAME_CLASS = 'Explain both for the same class';
export const NO_NETWORKS = 'There are no others here. Networks of your own that are kept on this device appear here.';
export const MAP = 'Map';
export const SEEN = 'The square that the networks see, with the map';
export const REGIONS = 'Correlation by region; the numbers are in the table of the regions';
export const REGIONS_NAME = 'Correlation by region';
export const DIFFERENCE = 'Difference';
export const DIFFERENCE_LABEL = 'The right map less the left one, over the image';
/** @param {number} most */
export const differenceNote = (most) =>
  `Right map less left map, each on its own scale from 0 to 1. They differ by ${decimal(most)} at most.`;
export const ENDS = /** @type {const} */ (['Brighter on the left', 'brighter on the right']);
export const NUMBERS = 'The numbers beside each other';
export const HEADS = ['Number', 'Left', 'Right', 'Change'];
export const MAPS_ALIKE = 'Correlation of the whole maps';
export const TABLE = 'Every region, left and right, as a table';
export const TABLE_HEADS = [
  'Row',
  'Column',
  'Correlation, left',
  'Correlation, right',
  'Attention, left',
  'Attention, right',
];
export const AGREEMENT = 'Local agreement';
export const OVERLAP = 'Overlap of the brightest fifths';
export const MUTUAL = 'Mutual map';
export const ALONE = 'One network alone has nothing to agree with.';
export const BLANK = 'Blank: nothing stands out';

/** @type {{ kind: Kind, name: string, hint: string }[]} */
export const KINDS = [
  { kind: 'class', name: 'Another class', hint: 'The same image and networks, explained for another class.' },
  {
    kind: 'image',
    name: 'Another image',
    hint: 'The same networks and settings on another image. It stays on your device.',
  },
  {
    kind: 'networks',
    name: 'Other networks',
    hint: 'The same image and class, seen by other networks. They are loaded beside these.',
  },
];

/**
 * What the two sides are called.
 * @param {State} state
 * @param {Explanation} left
 * @param {Explanation} right
 * @returns {[string, string]}
 */
export function namesOf({ sides: { other }, image }, left, right) {
  if (other?.kind === 'image') return [image.chosen?.name || 'This image', other.name];
  if (other?.kind === 'networks') return [left.bundle.name, right.bundle.name];
  return [left.target.label, right.target.label];
}

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/**
 * What differs between the sides, in sentences made of the numbers.
 * @param {State} state
 * @param {{ left: Explanation, right: Explanation }} both
 * @param {{ id: string, name: string, rho: number | null }[]} maps those of both sides; none if they cannot be compared
 */
export function sentences(state, { left, right }, maps) {
  const kind = state.sides.other?.kind;
  const [first, second] = namesOf(state, left, right);
  const said =
    kind === 'networks'
      ? changes(left, right)
      : kind === 'class'
        ? between(left, right)
        : each([first, left], [second, right]);
  const agreement = kind === 'image' ? '' : agreements(kind, left, right);
  return [said, agreement, kind === 'image' ? APART : alikeness(maps)].filter(Boolean).join(' ');
}

const APART = 'They are different images, so their maps have no places in common.';

/**
 * Other networks: what becomes of the probabilities.
 * @param {Explanation} left
 * @param {Explanation} right
 */
function changes(left, right) {
  const shared = left.peers.flatMap((peer) => {
    const other = right.peers.find(({ id }) => id === peer.id);
    return other ? [{ name: short(peer.name), before: peer.target, after: other.target }] : [];
  });
  if (!shared.length) return each([left.bundle.name, left], [right.bundle.name, right]);
  const same = shared.every(({ before, after }) => before.label === after.label);
  const of = (/** @type {{ label: string, probability: number }} */ answer) =>
    same ? percent(answer.probability) : `${answer.label} ${percent(answer.probability)}`;
  const parts = shared.map(({ name, before, after }) => `from ${of(before)} to ${of(after)} in ${name}`);
  return `From left to right, ${same ? left.target.label : 'the class'} goes ${list.format(parts)}.`;
}

/**
 * Two classes of one image: what each network gives them.
 * @param {Explanation} left
 * @param {Explanation} right
 */
function between(left, right) {
  const parts = left.peers.map((peer, k) => {
    const other = right.peers[k];
    return `${percent(peer.target.probability)} and ${percent(other?.target.probability ?? 0)} in ${short(peer.name)}`;
  });
  return `${capital(left.target.label)} and ${right.target.label} have ${list.format(parts)}.`;
}

/**
 * Two images, or networks that have nothing in common.
 * @param {[string, Explanation][]} sides
 */
function each(...sides) {
  const parts = sides.map(([name, result]) => {
    const [first] = result.peers;
    const same = result.peers.every((peer) => peer.target.label === first?.target.label);
    const answers = result.peers.map((peer, k) => {
      const label = same && k ? '' : `${peer.target.label} `;
      return `${label}${percent(peer.target.probability)} in ${short(peer.name)}`;
    });
    const agreement = result.agreement === null ? '' : `, local agreement ${decimal(result.agreement)}`;
    return `${name}: ${list.format(answers)}${agreement}.`;
  });
  return parts.join(' ');
}

/**
 * @param {Kind | undefined} kind
 * @param {Explanation} left
 * @param {Explanation} right
 */
function agreements(kind, left, right) {
  if (left.agreement === null || right.agreement === null) return '';
  const [a, b] = [left.agreement, right.agreement].map(decimal);
  if (kind === 'class')
    return `The local agreement is ${a} for ${left.target.label} and ${b} for ${right.target.label}.`;
  if (a === b) return `The local agreement stays at ${a}.`;
  return `The local agreement ${right.agreement < left.agreement ? 'falls' : 'rises'} from ${a} to ${b}.`;
}

/** @param {{ id: string, name: string, rho: number | null }[]} maps */
function alikeness(maps) {
  const [first, ...others] = maps;
  if (!first || first.rho === null) return '';
  const rest = others.map(({ name, rho }) => `${short(name)} ${rho === null ? '–' : decimal(rho)}`);
  const which = first.id === 'mutual' ? 'mutual maps' : 'maps';
  const more = rest.length ? ` (${rest.join(', ')})` : '';
  return `The two ${which} correlate at ${decimal(first.rho)}${more}: ${places(first.rho)}.`;
}

/** @param {number} rho */
function places(rho) {
  if (rho >= 0.9) return 'they are bright at nearly the same places';
  if (rho >= 0.6) return 'they share most of their bright places';
  if (rho >= 0.3) return 'they share some of their bright places';
  return rho > -0.3 ? 'their bright places have little in common' : 'one is bright where the other is dark';
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * A change of a number from left to right.
 * @param {number | null} a
 * @param {number | null} b
 * @param {'points' | 'plain'} unit
 */
export function changeOf(a, b, unit) {
  if (a === null || b === null) return '–';
  const by = unit === 'points' ? 100 * (b - a) : b - a;
  const text = unit === 'points' ? `${Math.abs(by).toFixed(1)} points` : Math.abs(by).toFixed(2);
  return by < 0 && Number.parseFloat(text) !== 0 ? `−${text}` : `+${text}`;
}

/**
 * A network's answer as a row's name.
 * @param {PeerMap} peer
 */
export const answerOf = ({ name, target }) => `${short(name)}: ${target.label}`;

/** @param {Other} other */
export const waitingFor = (other) =>
  other.kind === 'networks' ? 'Opening the other networks and explaining the image…' : 'Explaining the right side…';
