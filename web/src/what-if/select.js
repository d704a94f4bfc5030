/**
 * @import { State } from '../app/state.js'
 * @import { Places, WhatIfState } from './state.js'
 * @import { WhatIf } from 'peerlight'
 */

/** @param {Places} places */
export const isSomewhere = ({ regions, boxes, brush }) => regions.length > 0 || boxes.length > 0 || brush !== null;

/**
 * The question that could be asked now, by its serial; 0 while there is none, or it is answered.
 * @param {State} state
 */
export function askable({ result, whatIf }) {
  const { on, places, serial, answered, error } = whatIf;
  return on && result && isSomewhere(places) && answered !== serial && !error ? serial : 0;
}

/**
 * The answer to what is asked, if it is there.
 * @param {WhatIfState} whatIf
 */
export const answerOf = ({ on, places, answer }) => (on && isSomewhere(places) ? answer : null);

/**
 * The question in the engine's words.
 * @param {WhatIfState} whatIf
 * @returns {WhatIf}
 */
export function questionOf({ places, keep, baseline, of }) {
  const { regions, boxes, brush } = places;
  const grid = of?.grid ?? 1;
  return {
    regions: regions.map((i) => ({ row: Math.floor(i / grid), column: i % grid })),
    boxes,
    brush: brush ?? [],
    keep,
    baseline,
  };
}

/**
 * The places with one region put in or taken out.
 * @param {Places} places
 * @param {number} region
 */
export function toggled(places, region) {
  const regions = places.regions.includes(region)
    ? places.regions.filter((other) => other !== region)
    : [...places.regions, region];
  return { ...places, regions };
}
