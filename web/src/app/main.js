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
  ...SIDES_ELEMENTS,
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
runSides(store, engineNow);
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
/** What all elements show. @type {State | null} */
let drawn = null;
let waiting = false;
/** Where the page was scrolled to before all of it was made anew. @type {[number, number] | null} */
let place = null;
store.subscribe(schedule);

/** Many actions, one drawing. A timer, since a page in the background gets no animation frames. */
function schedule() {
  if (waiting) return;
  waiting = true;
  setTimeout(draw);
}

function draw() {
  const { state } = store;
  waiting = true;
  const { code } = state.language;
  if (code !== document.documentElement.lang) {
    place = [scrollX, scrollY];
    sayAnew();
    document.documentElement.lang = code;
  }
  showSections(state);
  drawFrom(0, state);
}

/**
 * Draws one state in slices. What comes meanwhile is drawn after it, so that no element ever waits for long. The status
 * comes last: what it tells of is then on the page.
 * @param {number} first
 * @param {State} state
 */
function drawFrom(first, state) {
  const end = performance.now() + SLICE_MS;
  for (let i = first; i < elements.length; i += 1) {
    if (i > first && performance.now() > end) return void setTimeout(drawFrom, 0, i, state);
    try {
      elements[i]?.update(state, drawn);
    } catch (thrown) {
      reportError(thrown); // The other elements are drawn all the same.
    }
  }
  drawn = state;
  waiting = false;
  if (place) scrollTo(...place);
  place = null;
  if (store.state !== state) schedule();
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
  drawn = null;
  elements = drawable();
}

draw();

// The networks come after the first paint; someone who saves data loads them with the first image.
const { saveData } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator).connection ?? {};
if (!saveData) requestAnimationFrame(() => setTimeout(() => store.dispatch({ type: 'engine-start' })));
