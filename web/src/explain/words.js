/** Texts on the image, its numbers and its pairs. */

import { decimal, percent, short } from '../shared/format.js';

/** @import { Explanation } from 'peerlight' */

export const CROP = 'Drag to resize the square that the networks see';
export const ZOOM = 'Zoom';
export const ZOOM_OUT = ['−', 'Smaller'];
export const ZOOM_IN = ['+', 'Larger (Ctrl and the wheel, two fingers, or a double click)'];
export const ZOOM_RESET = 'Whole image';
export const PRESENT = ['Present', 'The image and what is said of it, on the whole screen'];
export const END = 'End';
export const PINNED = 'This region is kept. Click it again, or press Escape, to let it go.';
export const NUMBERS = 'Numbers in the regions';
export const ATTENTION = 'Attention';
export const CORRELATION = 'Correlation';
export const REGIONS = 'Regions:';
export const MAP = 'Map';
export const IMAGE = 'Image';
export const MOST = 'most';
export const PAIRS = 'Agreement of each pair';
export const PAIRS_HINT =
  'Press a pair to see its correlations in the regions; press it again for the mean of all pairs.';
export const NETWORK = 'Network';

/**
 * Turbo is no even scale: it shows edges that a map does not have, and fails for people who are color-blind.
 * @param {string} id
 * @param {string} name
 */
export const colorName = (id, name) => (id === 'turbo' ? `${name} (not for judging)` : name);

/** @param {string | null} name of the network whose map is shown; null for all of them */
export const leastOf = (name) => `Color: where ${name ? `${name} looks` : 'the networks look'} least`;
export const ATTENTION_MEANS = 'Numbers: how strongly they look at each region, 0 to 1.';

/** @param {[string, string] | null} pair of networks; null for the mean of all */
export function correlationMeans(pair) {
  const whose = pair ? `the maps of ${both(...pair)}` : 'the networks’ maps';
  return `Numbers: how alike ${whose} are inside each region, −1 to 1.`;
}

/** @param {string} number */
export const mutualLooks = (number) => `mutual attention ${number}`;
/** @param {string} number */
export const pairHas = (number) => `this pair ${number}`;
/** @param {string} a @param {string} b */
export const both = (a, b) => `${a} and ${b}`;

/**
 * What the networks say, in one sentence.
 * @param {Explanation} result
 */
export function answers({ peers }) {
  const first = peers.map(({ name, top: [most] }) => ({
    name: short(name),
    label: most?.label ?? '',
    p: percent(most?.probability ?? 0),
  }));
  const same = first.length > 1 && first.every(({ label }) => label === first[0]?.label);
  const each = new Intl.ListFormat('en', { type: 'conjunction' });
  if (!same) return `${each.format(first.map(({ name, label, p }) => `${name} says ${label} (${p})`))}.`;
  const who = first.length === 2 ? 'Both networks say' : `All ${first.length} networks say`;
  return `${who} ${first[0]?.label} (${each.format(first.map(({ p }) => p))}).`;
}

/**
 * How far the networks look at the same places. Maps that have nothing to do with each other overlap by a ninth.
 * @param {Explanation} result
 */
export function agreement({ overlap, agreement: local }) {
  if (overlap === null || local === null) return '';
  const part = overlap >= 0.5 ? 'mostly the same' : overlap >= 0.25 ? 'partly the same' : 'mostly different';
  return `They look at ${part} places (overlap ${percent(overlap)}, local agreement ${decimal(local)}).`;
}
