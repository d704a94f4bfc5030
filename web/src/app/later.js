import { COMPARE_ELEMENTS } from '../compare/elements/index.js';
import { runCompare } from '../compare/effects.js';
import { runRehearsal } from '../explain/rehearse.js';
import { KEEP_ELEMENTS } from '../keep/elements/index.js';
import { MANY_ELEMENTS } from '../many/elements/index.js';
import { runMany } from '../many/effects.js';
import { SIDES_ELEMENTS } from '../side-by-side/elements/index.js';
import { runKept } from '../networks/kept.js';
import { runOwnNetworks } from '../networks/own-effects.js';
import { runSides } from '../side-by-side/start.js';
import { runSteps } from '../steps/effects.js';
import { STEPS_ELEMENTS } from '../steps/elements/index.js';
import { runTour } from '../tour/effects.js';
import { TOUR_ELEMENTS } from '../tour/elements/index.js';
import { WHAT_IF_ELEMENTS } from '../what-if/elements/index.js';
import { runWhatIf } from '../what-if/effects.js';

/**
 * @import { Store } from './store.js'
 * @import { Engine } from 'peerlight'
 */

/** What the page can do besides showing an image's maps: it is loaded behind them. */
export const LATER_ELEMENTS = {
  ...TOUR_ELEMENTS,
  ...WHAT_IF_ELEMENTS,
  ...SIDES_ELEMENTS,
  ...MANY_ELEMENTS,
  ...KEEP_ELEMENTS,
  ...COMPARE_ELEMENTS,
  ...STEPS_ELEMENTS,
};

/**
 * @param {Store} store
 * @param {() => Engine | null} engineNow
 * @param {(run: typeof runOwnNetworks) => void} addOwn
 */
export function runLater(store, engineNow, addOwn) {
  addOwn(runOwnNetworks);
  runWhatIf(store, engineNow);
  runSides(store, engineNow);
  runMany(store, engineNow);
  runCompare(store, engineNow);
  runSteps(store, engineNow);
  runTour(store);
  runKept(store);
  runRehearsal(store, engineNow);
}
