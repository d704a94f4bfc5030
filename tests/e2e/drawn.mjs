/** @import { Locator, Page } from 'playwright-core' */

/** What reads off the page at once, or types into it. */
const PAGE = new Set(['evaluate', 'evaluateHandle', 'content', 'screenshot', 'title']);
const KEYBOARD = new Set(['press', 'type', 'insertText']);
const LOCATOR = new Set(
  (
    'all allInnerTexts allTextContents boundingBox count evaluate evaluateAll getAttribute innerHTML innerText ' +
    'inputValue isChecked isDisabled isEditable isEnabled isHidden isVisible screenshot textContent'
  ).split(' '),
);
/** What types into an element: the driver does not wait until one is there that is hidden so far. */
const TYPED = new Set(['press', 'pressSequentially', 'focus']);
/** Longer than this a page that draws on and on is not waited for. */
const MOST_MS = 5000;
/**
 * Runs in the page: waits until nothing is on its way, and still nothing is a frame later, when observers of sizes and
 * places were told. A page that is not in front has no frames.
 * @param {number} most milliseconds
 */
async function atRest(most) {
  const end = performance.now() + most;
  const after = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  do {
    while (window.seen?.turns && performance.now() < end) await after(10);
    await Promise.race([frame(), after(200)]);
  } while (window.seen?.turns && performance.now() < end);
}

/**
 * A page that is read off, and typed into, when it shows what it knows. It draws in later turns, so whoever reads right
 * after a click reads what was there before; a person waits without knowing it.
 * @param {Page} page one that `countTurns` was added to
 * @returns {Page}
 */
export function whenDrawn(page) {
  const rest = () => page.evaluate(atRest, MOST_MS);
  // A page may go to another meanwhile. Of one that is closed, or that draws on, what comes next tells.
  const drawn = () =>
    rest()
      .catch(rest)
      .catch(() => {});

  /** @type {<T extends object>(target: T, names: Set<string>, before: () => Promise<unknown>) => T} */
  const wrap = (target, names, before) =>
    new Proxy(target, {
      get(_, key) {
        const value = target[key];
        if (key === 'keyboard') return wrap(value, KEYBOARD, drawn);
        if (typeof value !== 'function') return value;
        return (/** @type {unknown[]} */ ...args) => {
          if (names.has(String(key))) return before().then(() => value.apply(target, args));
          if (isLocator(target) && TYPED.has(String(key))) {
            return target.waitFor().then(() => value.apply(target, args));
          }
          const result = value.apply(target, args);
          return isLocator(result) ? wrap(result, LOCATOR, drawn) : result;
        };
      },
    });
  return wrap(page, PAGE, drawn);
}

/**
 * @param {any} value
 * @returns {value is Locator}
 */
const isLocator = (value) => typeof value?.allTextContents === 'function';

/**
 * Runs in the page before anything else: counts the turns that are on their way, which the page draws in, and what
 * observers of sizes and places have to tell.
 * @param {number} late milliseconds by which all of it comes later
 */
export function countTurns(late) {
  const Native = MessageChannel;
  window.MessageChannel = class {
    constructor() {
      const { port1, port2 } = new Native();
      const post = port2.postMessage.bind(port2);
      port2.postMessage = (/** @type {any[]} */ ...args) => {
        seen.turns += 1;
        if (late) setTimeout(post, late, ...args);
        else post(...args);
      };
      port1.addEventListener('message', () => (seen.turns -= 1));
      Object.assign(this, { port1, port2 });
    }
  };
  if (!late) return;
  for (const name of /** @type {const} */ (['ResizeObserver', 'IntersectionObserver'])) {
    const Observer = /** @type {any} */ (window[name]);
    window[name] = /** @type {any} */ (
      class extends Observer {
        constructor(/** @type {Function} */ tell, /** @type {any[]} */ ...rest) {
          super(
            (/** @type {any[]} */ ...told) => {
              seen.turns += 1;
              setTimeout(() => {
                seen.turns -= 1;
                tell(...told);
              }, late);
            },
            ...rest,
          );
        }
      }
    );
  }
}
