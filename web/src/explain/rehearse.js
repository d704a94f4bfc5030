import { explaining } from './select.js';

/**
 * @import { Store } from '../app/store.js'
 * @import { Engine } from 'peerlight'
 */

/** So long nothing happens before a rehearsal. */
const REST_MS = 1500;
/** What the comparison offers and a processor does in a moment. */
const METHODS = ['grad-cam', 'gradient-x-input', 'layer-cam', 'recipro-cam', 'eigen-cam', 'hires-cam'];
/** A browser optimizes what runs again and again. */
const TIMES = 3;
/** Which version of the page has rehearsed here. */
const KEY = 'peerlight-rehearsed';

/**
 * Rehearses methods of the comparison once, when the page rests after its first explanation: the browser then optimizes
 * the engine's code for them, too. From a megabyte on, Chromium keeps what it has optimized, so the next visit begins
 * with fast code; the first explanation alone makes half as much. Whatever happens on the page ends the rehearsal at
 * once.
 * @param {Store} store
 * @param {() => Engine | null} engineNow
 */
export function runRehearsal(store, engineNow) {
  let due = isDue();
  let job = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  store.subscribe((state) => {
    clearTimeout(timer);
    job.abort();
    const { phase, device } = state.engine;
    if (!due || !state.result || explaining(state) || phase !== 'ready' || device?.kind !== 'cpu') return;
    timer = setTimeout(rehearse, REST_MS);
  });

  async function rehearse() {
    const { image, ask } = store.state;
    const engine = engineNow();
    if (!engine || !image.chosen) return;
    const { signal } = (job = new AbortController());
    const known = METHODS.filter((id) => engine.catalog.methods.some((method) => method.id === id));
    try {
      for (const method of known) {
        for (let i = 0; i < TIMES; i += 1) await engine.explain(image.chosen.source, { ...ask, method }, { signal });
      }
    } catch {
      return; // Ended, or not to be had: nobody has asked for it.
    }
    due = false;
    localStorage.setItem(KEY, import.meta.url);
  }
}

/** Whether this version has not rehearsed yet; not where a browser remembers nothing. */
function isDue() {
  try {
    return localStorage.getItem(KEY) !== import.meta.url;
  } catch {
    return false;
  }
}
