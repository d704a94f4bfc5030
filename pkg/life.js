/**
 * How a page learns at once that a worker has ended without a word, as by the browser's hand: the worker holds a lock
 * of a name of its own for as long as it lives, and the page waits for that lock. A worker that computes for long still
 * holds it. Browsers lend locks to secure pages only; elsewhere nobody learns anything, and a time limit has to do.
 */

/**
 * In the worker: the name of its lock, once it holds it; empty where there are no locks.
 * @returns {Promise<string>}
 */
export function holdLife() {
  const { locks } = navigator;
  if (!locks) return Promise.resolve('');
  const name = `peerlight ${performance.timeOrigin} ${Math.random()}`; // Of its own in all of the origin.
  return new Promise((resolve) => {
    const forLife = () => new Promise(() => resolve(name));
    locks.request(name, forLife).catch(() => resolve('')); // Some pages may not, as those without an origin.
  });
}

/**
 * In the page: calls back when the worker with this lock has ended.
 * @param {string} name
 * @param {AbortSignal} signal ends the waiting
 * @param {() => void} then
 */
export function whenEnded(name, signal, then) {
  const waiting = globalThis.navigator?.locks?.request(name, { signal }, then);
  waiting?.catch(() => {}); // Ended by the signal, or never allowed.
}
