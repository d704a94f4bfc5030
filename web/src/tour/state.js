/** @import { Action, State } from '../app/state.js' */

/**
 * The guided tour: where it is, and whether it is offered.
 *
 * @typedef {object} TourState
 * @property {number | null} at the stop, counted from 0; null while there is no tour
 * @property {boolean} offered whether a line offers it: on the first visit only
 *
 * @typedef {{ type: 'tour-offered' } | { type: 'tour-started' } | { type: 'tour-moved', by: number }
 *   | { type: 'tour-ended' }} TourAction
 */

/** The tour's stops: a text each, and the control that it is about. */
export const STOPS = /** @type {const} */ ([
  { id: 'image', at: 'peer-intake' },
  { id: 'answers', at: 'peer-predictions' },
  { id: 'map', at: 'peer-viewer' },
  { id: 'agreement', at: 'peer-agreement' },
  { id: 'what-if', at: 'peer-tools' },
  { id: 'settings', at: 'section[aria-labelledby=settings-title]' },
  { id: 'compare', at: 'peer-start' },
  { id: 'keep', at: 'peer-keep' },
]);

/** @type {TourState} */
export const noTour = { at: null, offered: false };

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceTour(page, action) {
  const tour = reduceOwn(page.tour, action);
  return tour === page.tour ? page : { ...page, tour };
}

/**
 * @param {TourState} tour
 * @param {Action} action
 * @returns {TourState}
 */
function reduceOwn(tour, action) {
  switch (action.type) {
    case 'tour-offered':
      return { ...tour, offered: true };
    case 'tour-started':
      return { at: 0, offered: false };
    case 'tour-moved': {
      const at = Math.max(0, (tour.at ?? 0) + action.by);
      return tour.at === null ? tour : { ...tour, at: at < STOPS.length ? at : null };
    }
    case 'tour-ended':
      return noTour;
    default:
      return tour;
  }
}
