import { COMPARE_ELEMENTS } from '../compare/elements/index.js';
import { runCompare } from '../compare/effects.js';
import { EXPLAIN_ELEMENTS } from '../explain/elements/index.js';
import { runExplain } from '../explain/effects.js';
import { IMAGES_ELEMENTS } from '../images/elements/index.js';
import { runImages } from '../images/effects.js';
import { KEEP_ELEMENTS } from '../keep/elements/index.js';
import { runKeep } from '../keep/effects.js';
import { MANY_ELEMENTS } from '../many/elements/index.js';
import { runMany } from '../many/effects.js';
import { NETWORKS_ELEMENTS } from '../networks/elements/index.js';
import { runNetworks } from '../networks/effects.js';
import { SIDES_ELEMENTS } from '../side-by-side/elements/index.js';
import { runSides } from '../side-by-side/start.js';
import { WHAT_IF_ELEMENTS } from '../what-if/elements/index.js';
import { runWhatIf } from '../what-if/effects.js';
import { OfflineLine } from './elements/offline.js';
import { StatusLine } from './elements/status.js';
import { ThemeButton } from './elements/theme.js';
import { runOffline } from './offline.js';
import { Store } from './store.js';

/**
 * @import { PageElement } from '../shared/element.js'
 * @import { Action, State } from './state.js'
 */

/** Every element of the page, by its tag. */
const ELEMENTS = {
  'peer-offline': OfflineLine,
  'peer-status': StatusLine,
  'peer-theme': ThemeButton,
  ...NETWORKS_ELEMENTS,
  ...IMAGES_ELEMENTS,
  ...EXPLAIN_ELEMENTS,
  ...WHAT_IF_ELEMENTS,
  ...SIDES_ELEMENTS,
  ...MANY_ELEMENTS,
  ...KEEP_ELEMENTS,
  ...COMPARE_ELEMENTS,
};
for (const [tag, element] of Object.entries(ELEMENTS)) customElements.define(tag, element);
const elements = /** @type {NodeListOf<PageElement>} */ (document.querySelectorAll(Object.keys(ELEMENTS).join()));

const store = new Store();
const engineNow = runNetworks(store);
runImages(store);
runExplain(store, engineNow);
runWhatIf(store, engineNow);
runSides(store, engineNow);
runMany(store, engineNow);
runKeep(store);
runCompare(store, engineNow);
runOffline(store);
document.addEventListener('peerlight', (event) => {
  store.dispatch(/** @type {CustomEvent<Action>} */ (event).detail);
});

/** @type {State | null} */
let drawn = null;
let waiting = false;
store.subscribe(() => {
  // Many actions, one drawing. A timer, since a page in the background gets no animation frames.
  if (waiting) return;
  waiting = true;
  setTimeout(draw);
});

function draw() {
  waiting = false;
  const before = drawn;
  const state = (drawn = store.state);
  const { catalog, phase } = state.engine;
  /** What the style sheets show the page's sections by. */
  const has = {
    'has-image': state.image.preview,
    'has-result': state.result,
    'has-methods': state.result && catalog?.methods.length && catalog.metrics.length,
    'has-failed': phase === 'failed',
  };
  for (const [name, on] of Object.entries(has)) document.documentElement.classList.toggle(name, Boolean(on));
  for (const element of elements) element.update(state, before);
}

draw();

// The networks come after the first paint; someone who saves data loads them with the first image.
const { saveData } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator).connection ?? {};
if (!saveData) requestAnimationFrame(() => setTimeout(() => store.dispatch({ type: 'engine-start' })));
