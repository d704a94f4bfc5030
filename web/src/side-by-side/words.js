import { decimal, percent, short } from '../shared/format.js';
import { fixed, heard, listed, t } from '../words/index.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Kind } from './state.js'
 * @import { Explanation, PeerMap } from 'peerlight'
 */

/** @typedef {{ id: string, name: string, rho: number | null }} SharedMap */

/**
 * What the two sides are called.
 * @param {State} state
 * @param {Explanation} left
 * @param {Explanation} right
 * @returns {[string, string]}
 */
export function namesOf({ sides: { other }, image }, left, right) {
  if (other?.kind === 'image') return [heard(image.chosen?.name ?? '') || t('sides.image.this'), heard(other.name)];
  if (other?.kind === 'networks') return [left.bundle.name, right.bundle.name];
  return [left.target.label, right.target.label];
}

/**
 * What differs between the sides, in sentences made of the numbers.
 * @param {State} state
 * @param {{ left: Explanation, right: Explanation }} both
 * @param {SharedMap[]} maps those of both sides; none if they cannot be compared
 */
export function sentences(state, { left, right }, maps) {
  const [first, second] = namesOf(state, left, right);
  switch (state.sides.other?.kind) {
    case 'networks':
      return joined(changes(left, right), agreements(left, right), alikeness(maps));
    case 'class':
      return joined(between(left, right), agreementOfClasses(left, right), alikeness(maps));
    default:
      return joined(side(first, left), side(second, right), t('sides.say-apart'));
  }
}

/** @param {...string} said */
const joined = (...said) => said.filter(Boolean).join(' ');

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
  if (!shared.length) return joined(side(left.bundle.name, left), side(right.bundle.name, right));
  const same = shared.every(({ before, after }) => before.label === after.label);
  const of = (/** @type {{ label: string, probability: number }} */ answer) =>
    same ? percent(answer.probability) : `${answer.label} ${percent(answer.probability)}`;
  const parts = shared.map(({ name, before, after }) =>
    t('sides.from-to', { name, before: of(before), after: of(after) }),
  );
  return t(same ? 'sides.say-change' : 'sides.say-changes', { label: left.target.label, changes: listed(parts) });
}

/**
 * Two classes of one image: what each network gives them.
 * @param {Explanation} left
 * @param {Explanation} right
 */
function between(left, right) {
  const parts = left.peers.map(({ name, target }, k) => {
    const other = right.peers[k]?.target.probability ?? 0;
    return t('sides.in-both', { name: short(name), one: percent(target.probability), other: percent(other) });
  });
  return t('sides.say-between', { one: left.target.label, other: right.target.label, each: listed(parts) });
}

/**
 * One of two images, or of networks that have nothing in common.
 * @param {string} name
 * @param {Explanation} result
 */
function side(name, { peers, agreement }) {
  const same = peers.every(({ target }) => target.label === peers[0]?.target.label);
  const parts = peers.map((peer, k) => {
    const label = same && k ? '' : `${peer.target.label} `;
    return t('sides.in', { answer: label + percent(peer.target.probability), name: short(peer.name) });
  });
  const answers = listed(parts);
  if (agreement === null) return t('sides.say-side', { name, answers });
  return t('sides.say-side-alike', { name, answers, agreement: decimal(agreement) });
}

/**
 * @param {Explanation} left
 * @param {Explanation} right
 */
function agreements(left, right) {
  if (left.agreement === null || right.agreement === null) return '';
  const [a, b] = [decimal(left.agreement), decimal(right.agreement)];
  if (a === b) return t('sides.agree-stays', { a });
  return t(right.agreement < left.agreement ? 'sides.agree-falls' : 'sides.agree-rises', { a, b });
}

/**
 * @param {Explanation} left
 * @param {Explanation} right
 */
function agreementOfClasses(left, right) {
  if (left.agreement === null || right.agreement === null) return '';
  const [a, b] = [decimal(left.agreement), decimal(right.agreement)];
  return t('sides.agree-classes', { a, b, one: left.target.label, other: right.target.label });
}

/** @param {SharedMap[]} maps */
function alikeness(maps) {
  const [first, ...others] = maps;
  if (!first || first.rho === null) return '';
  const rest = others.map(({ name, rho }) => `${short(name)} ${rho === null ? '–' : decimal(rho)}`);
  const more = rest.length ? ` (${rest.join(', ')})` : '';
  const numbers = { rho: decimal(first.rho), more, places: places(first.rho) };
  return t(first.id === 'mutual' ? 'sides.alike-mutual' : 'sides.alike-maps', numbers);
}

/** @param {number} rho */
function places(rho) {
  if (rho >= 0.9) return t('sides.places-same');
  if (rho >= 0.6) return t('sides.places-most');
  if (rho >= 0.3) return t('sides.places-some');
  return rho > -0.3 ? t('sides.places-little') : t('sides.places-opposite');
}

/**
 * A change of a number from left to right.
 * @param {number | null} a
 * @param {number | null} b
 * @param {'points' | 'plain'} unit
 */
export function changeOf(a, b, unit) {
  if (a === null || b === null) return '–';
  const points = unit === 'points';
  const digits = points ? 1 : 2;
  const by = Number((points ? 100 * (b - a) : b - a).toFixed(digits));
  const n = `${by < 0 ? '' : '+'}${fixed(by, digits)}`;
  return points ? t('sides.points', { n }) : n;
}

/**
 * A network's answer as a row's name.
 * @param {PeerMap} peer
 */
export const answerOf = ({ name, target }) => t('sides.answer', { name: short(name), label: target.label });

/** @param {Kind} kind */
export const waitingFor = (kind) => t(kind === 'networks' ? 'sides.wait-networks' : 'sides.wait');
