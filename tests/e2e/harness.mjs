import assert from 'node:assert/strict';

const MOST_MS = 120_000;
/** @type {{ name: string, run: (t: Notes) => Promise<void>, ms: number }[]} */
const tests = [];

/**
 * What a test measured, printed beside its name.
 * @typedef {{ note(text: string): void, later(end: () => unknown): void }} Notes
 */

/**
 * @param {string} name
 * @param {(t: Notes) => Promise<void>} run
 * @param {{ ms?: number }} [options]
 */
export function test(name, run, { ms = MOST_MS } = {}) {
  tests.push({ name, run, ms });
}

/**
 * Runs the tests whose names contain `only`, one after the other: they share two cores with the browser.
 * @param {string} only
 */
export async function runAll(only, onFailure = async (/** @type {string} */ _name) => {}) {
  const failed = [];
  let passed = 0;
  for (const { name, run, ms } of tests.filter((t) => t.name.includes(only))) {
    const notes = /** @type {string[]} */ ([]);
    const ends = /** @type {(() => unknown)[]} */ ([]);
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    let error;
    try {
      await within(run({ note: (text) => notes.push(text), later: (end) => ends.push(end) }), ms);
    } catch (thrown) {
      error = thrown;
      await onFailure(name).catch(() => {});
    }
    for (const end of ends.reverse()) await Promise.resolve(end()).catch(() => {});
    console.log(`${error ? 'FAILED' : 'ok    '} ${name} (${[seconds(), ...notes].join('; ')})`);
    if (error)
      console.log(
        `       ${String(error.stack ?? error)
          .split('\n')
          .slice(0, 12)
          .join('\n       ')}`,
      );
    if (error) failed.push(name);
    else passed += 1;
  }
  for (const name of failed) console.log(`failed: ${name}`);
  console.log(`\n${passed} passed, ${failed.length} failed`);
  return failed.length === 0 && passed > 0;
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T>}
 */
async function within(promise, ms) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${ms / 1000} s`)), ms);
  });
  promise.catch(() => {});
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * @param {number} a
 * @param {number} b
 * @param {number} by
 * @param {string} what
 */
export function near(a, b, by, what) {
  assert.ok(Math.abs(a - b) <= by, `${what}: ${a} against ${b}, more than ${by} apart`);
}
