/** @import { Store } from '../app/store.js' */

const KEY = 'peerlight-tour';

/**
 * Offers the tour on the first visit, and never again once it was begun or declined.
 * @param {Store} store
 */
export function runTour(store) {
  store.subscribe(({ tour }, before) => {
    if (before.tour.offered && !tour.offered) remember();
  });
  if (isNew()) store.dispatch({ type: 'tour-offered' });
}

function isNew() {
  try {
    return localStorage.getItem(KEY) === null;
  } catch {
    return false; // Where nothing can be remembered, nothing is offered anew at every visit.
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, 'known');
  } catch {
    // As above.
  }
}
