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
import { runSteps } from '../steps/effects.js';
import { STEPS_ELEMENTS } from '../steps/elements/index.js';
import { runTour } from '../tour/effects.js';
import { TOUR_ELEMENTS } from '../tour/elements/index.js';
import { WHAT_IF_ELEMENTS } from '../what-if/elements/index.js';
import { runWhatIf } from '../what-if/effects.js';
import { speak } from '../words/index.js';
import { sayPage } from '../words/page.js';
import { LanguageMenu } from './elements/language.js';
import { OfflineLine } from './elements/offline.js';
import { StatusLine } from './elements/status.js';
import { ThemeButton } from './elements/theme.js';
import { keptLanguage, languageOf, runLanguage, usualOf } from './language.js';
import { runOffline } from './offline.js';
import { Store } from './store.js';

/**
 * @import { PageElement } from '../shared/element.js'
 * @import { Action, State } from './state.js'
 */

/** Every element of the page, by its tag. */
const ELEMENTS = {
  'peer-language': LanguageMenu,
  'peer-offline': OfflineLine,
  'peer-status': StatusLine,
  'peer-theme': ThemeButton,
  ...NETWORKS_ELEMENTS,
  ...IMAGES_ELEMENTS,
  ...EXPLAIN_ELEMENTS,
  ...WHAT_IF_ELEMENTS,
  ...MANY_ELEMENTS,
  ...KEEP_ELEMENTS,
  ...COMPARE_ELEMENTS,
  ...STEPS_ELEMENTS,
  ...TOUR_ELEMENTS,
};
const tags = Object.keys(ELEMENTS).join();

const first = languageOf(location, keptLanguage(), navigator.languages);
const code = first === 'en' ? first : await speak(first); // English is there, and does not wait.

/** The elements that say something, as they stand in the page before they are drawn. */
const said = [...document.querySelectorAll(tags)].filter(
  (node) => node.localName !== 'peer-language' && !node.parentElement?.closest(tags),
);
const undrawn = said.map((node) => node.cloneNode(true));
if (code !== 'en') sayPage(document);
document.documentElement.lang = code;
for (const [tag, element] of Object.entries(ELEMENTS)) customElements.define(tag, element);

const isStatus = (/** @type {PageElement} */ element) => Number(element instanceof StatusLine);
const drawable = () =>
  [.../** @type {NodeListOf<PageElement>} */ (document.querySelectorAll(tags))].sort(
    (a, b) => isStatus(a) - isStatus(b),
  );
let elements = drawable();

const store = new Store();
store.dispatch({ type: 'language-changed', code, usual: usualOf(navigator.languages) });
const engineNow = runNetworks(store);
runImages(store);
runExplain(store, engineNow);
runWhatIf(store, engineNow);
runMany(store, engineNow);
runKeep(store);
runCompare(store, engineNow);
runOffline(store);
runLanguage(store);
runSteps(store, engineNow);
runTour(store);
document.addEventListener('peerlight', (event) => {
  store.dispatch(/** @type {CustomEvent<Action>} */ (event).detail);
});

/** Longer drawing lets waiting clicks and keys in. */
const SLICE_MS = 10;
/** The state that each element shows. @type {Map<PageElement, State>} */
const drawn = new Map();
let waiting = false;
/** Where the page was scrolled to before all of it was made anew. @type {[number, number] | null} */
let place = null;
store.subscribe(() => {
  // Many actions, one drawing. A timer, since a page in the background gets no animation frames.
  if (waiting) return;
  waiting = true;
  setTimeout(draw);
});

/**
 * Draws in slices, each element in its turn from the newest state. The status comes last: what it tells of is then on
 * the page.
 */
function draw() {
  waiting = false;
  const end = performance.now() + SLICE_MS;
  const { code } = store.state.language;
  if (code !== document.documentElement.lang) {
    place = [scrollX, scrollY];
    sayAnew();
    document.documentElement.lang = code;
  }
  showSections(store.state);
  for (const element of elements) {
    const { state } = store;
    if (drawn.get(element) === state) continue;
    if (performance.now() > end) {
      waiting = true;
      setTimeout(draw);
      return;
    }
    const before = drawn.get(element) ?? null;
    drawn.set(element, state);
    element.update(state, before);
  }
  if (place) scrollTo(...place);
  place = null;
}

/** @param {State} state */
function showSections(state) {
  const { catalog, phase } = state.engine;
  /** What the style sheets show the page's sections by. */
  const has = {
    'has-image': state.image.preview,
    'has-result': state.result,
    'has-methods': state.result && catalog?.methods.length && catalog.metrics.length,
    'has-failed': phase === 'failed',
  };
  for (const [name, on] of Object.entries(has)) document.documentElement.classList.toggle(name, Boolean(on));
}

/** An element's words are chosen when it is made: another language makes all of them anew, and the state stays. */
function sayAnew() {
  sayPage(document);
  said.forEach((node, i) => {
    const fresh = /** @type {Element} */ (undrawn[i]?.cloneNode(true));
    sayPage(fresh);
    node.replaceWith(fresh);
    said[i] = fresh;
  });
  drawn.clear();
  elements = drawable();
}

draw();

// The networks come after the first paint; someone who saves data loads them with the first image.
const { saveData } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator).connection ?? {};
if (!saveData) requestAnimationFrame(() => setTimeout(() => store.dispatch({ type: 'engine-start' })));
