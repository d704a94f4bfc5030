import { findKept } from '../networks/kept.js';

/**
 * @import { Store } from '../app/store.js'
 * @import { Engine } from 'peerlight'
 */

/**
 * Runs the right side from the first time that something is compared: until then none of its code is loaded.
 * @param {Store} store
 * @param {() => Engine | null} engineNow
 */
export function runSides(store, engineNow) {
  let started = false;
  store.subscribe(async ({ sides }) => {
    if (started || !sides.open) return;
    started = true;
    const { followSides } = await import('./effects.js');
    followSides(store, engineNow, findKept);
  });
}
