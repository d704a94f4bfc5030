import { explaining } from '../explain/select.js';
import { EXPLAIN_ELEMENTS } from '../explain/elements/index.js';
import { runExplain } from '../explain/effects.js';
import { IMAGES_ELEMENTS } from '../images/elements/index.js';
import { runImages } from '../images/effects.js';
import { runKeep } from '../keep/effects.js';
import { NETWORKS_ELEMENTS } from '../networks/elements/index.js';
import { runNetworks } from '../networks/effects.js';
import { PageElement } from '../shared/element.js';
import { speak } from '../words/index.js';
import { sayPage } from '../words/page.js';
import { LanguageMenu } from './elements/language.js';
import { OfflineLine } from './elements/offline.js';
import { StatusLine } from './elements/status.js';
import { ThemeButton } from './elements/theme.js';
import { keptLanguage, languageOf, runLanguage, usualOf } from './language.js';
import { runOffline } from './offline.js';
import { Store } from './store.js';

/** @import { Action, State } from './state.js' */

/** What the first map takes, by its tags. `later.js` has the page's other elements. */
const ELEMENTS = {
  'peer-status': StatusLine,
  ...IMAGES_ELEMENTS,
  'peer-language': LanguageMenu,
  'peer-theme': ThemeButton,
  'peer-offline': OfflineLine,
  ...NETWORKS_ELEMENTS,
  ...EXPLAIN_ELEMENTS,
};

/** Longer work at a time would keep waiting clicks and keys out. */
const SLICE_MS = 8;
/** So long without work before more of the page is loaded. */
const REST_MS = 200;

// The networks first: nothing that they need is drawn. Someone who saves data loads them with the first image.
const store = new Store();
const { engineNow, addOwn } = runNetworks(store);
const { saveData } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator).connection ?? {};
if (!saveData) store.dispatch({ type: 'engine-start' });

const first = languageOf(location, keptLanguage(), navigator.languages);
const code = first === 'en' ? first : await speak(first); // English is there, and does not wait.

const isOurs = (/** @type {Element} */ { localName }) => localName.startsWith('peer-');
/** The elements that say something, as they stand in the page before they are drawn. */
const said = [...document.body.getElementsByTagName('*')].filter((node) => {
  if (node.localName === 'peer-language' || !isOurs(node)) return false;
  for (let up = node.parentElement; up; up = up.parentElement) if (isOurs(up)) return false;
  return true;
});
const undrawn = said.map((node) => node.cloneNode(true));
if (code !== 'en') sayPage(document);
document.documentElement.lang = code;

/** @type {PageElement[]} */
let elements = [];
/** What each of them shows. @type {WeakMap<PageElement, State>} */
const shown = new WeakMap();
/** Whether a drawing is under way or on its way. */
let waiting = true;
/** Where the page was scrolled to before all of it was made anew. @type {[number, number] | null} */
let place = null;

/** Brings the next turn: a page in the background gets no animation frames, and timers within timers wait longer. */
const turns = new MessageChannel();
/** What is done in it. @type {() => void} */
let next = () => {};
turns.port1.onmessage = () => next();

store.dispatch({ type: 'language-changed', code, usual: usualOf(navigator.languages) });
runImages(store);
runExplain(store, engineNow);
runKeep(store);
runOffline(store);
runLanguage(store);
store.subscribe(schedule);
document.addEventListener('peerlight', (event) => {
  store.dispatch(/** @type {CustomEvent<Action>} */ (event).detail);
});
define(ELEMENTS, addLater);

/** The rest of the page comes behind the first map, or when the page rests before there is any. */
function addLater() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let begun = false;
  store.subscribe((state) => {
    clearTimeout(timer);
    // Someone who brings networks does not wait for others.
    const loading = state.engine.phase === 'loading' && !state.choice.shown;
    if (begun || loading || state.image.next || explaining(state)) return;
    const begin = () => {
      if (waiting) return void (timer = setTimeout(begin, REST_MS)); // What was last said is still being drawn.
      begun = true;
      loadLater();
    };
    timer = setTimeout(begin, REST_MS);
  });
}

async function loadLater() {
  const later = await import('./later.js').catch(() => null);
  if (!later) return store.dispatch({ type: 'page-incomplete' });
  const { LATER_ELEMENTS, runLater } = later;
  const add = () => {
    if (waiting) return void setTimeout(add);
    waiting = true;
    define(LATER_ELEMENTS, () => runLater(store, engineNow, addOwn));
  };
  add();
}

/**
 * Makes elements of what stands in the page, and draws them.
 * @param {Record<string, CustomElementConstructor>} made by their tags
 * @param {() => void} then
 */
function define(made, then) {
  const tasks = Object.entries(made).map(
    ([tag, element]) =>
      () =>
        customElements.define(tag, element),
  );
  inSlices(tasks, () => {
    elements = drawable();
    draw();
    then();
  });
}

/** The elements in the order in which they are drawn. The status comes last: what it tells of is then on the page. */
function drawable() {
  const all = [...document.body.getElementsByTagName('*')].filter((node) => node instanceof PageElement);
  return [...all.filter((node) => !(node instanceof StatusLine)), ...all.filter((node) => node instanceof StatusLine)];
}

/** Many actions, one drawing. */
function schedule() {
  if (waiting) return;
  waiting = true;
  inTurn(draw);
}

/** @param {() => void} act */
function inTurn(act) {
  next = act;
  turns.port2.postMessage(null);
}

/**
 * Does one thing after the other, in slices between which the page can answer.
 * @param {(() => void)[]} tasks
 * @param {() => void} then
 * @param {number} [first]
 */
function inSlices(tasks, then, first = 0) {
  const end = performance.now() + SLICE_MS;
  for (let i = first; i < tasks.length; i += 1) {
    if (i > first && performance.now() > end) return inTurn(() => inSlices(tasks, then, i));
    try {
      tasks[i]?.();
    } catch (thrown) {
      reportError(thrown); // The others are done all the same.
    }
  }
  then();
}

/** Draws one state. What comes meanwhile is drawn after it, so that no element ever waits for long. */
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
  const tasks = elements.map((element) => () => {
    const before = shown.get(element) ?? null;
    shown.set(element, state);
    element.update(state, before);
  });
  inSlices(tasks, () => {
    waiting = false;
    if (place) scrollTo(...place);
    place = null;
    if (store.state !== state) schedule();
  });
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
  elements = drawable();
}
