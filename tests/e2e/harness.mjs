import assert from 'node:assert/strict';

/** Ends a case that this run cannot do, for a reason that is told. */
export class Skip extends Error {}

const MOST_MS = 120_000;
/** @typedef {{ name: string, run: (t: Notes) => Promise<void>, ms: number }} Test */
/** @type {Test[]} */
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
 * @param {{ only: string, names?: string[], again?: boolean }} which `names`: these and no others, each must be there;
 *   `again`: what failed has a second try at the end, and is told apart from what passed at once
 */
export async function runAll({ only, names, again = false }, onFailure = async (/** @type {string} */ _name) => {}) {
  for (const name of names ?? []) {
    if (!tests.some((t) => t.name === name)) throw new Error(`no test is called “${name}”`);
  }
  const chosen = tests.filter(({ name }) => name.includes(only) && (names?.includes(name) ?? true));
  const { passed, skipped, failed } = await runEach(chosen, onFailure);
  const second = again && failed.length ? await runEach(failed, onFailure) : { passed: [], failed, skipped: [] };
  for (const { name } of second.failed) console.log(`failed: ${name}`);
  for (const { name } of second.passed) console.log(`passed only at the second try: ${name}`);
  const notes = [
    `${passed.length + second.passed.length} passed`,
    ...(second.passed.length ? [`${second.passed.length} of them only at the second try`] : []),
    `${second.failed.length} failed`,
    ...(skipped.length ? [`${skipped.length} skipped for the reasons above`] : []),
  ];
  console.log(`\n${notes.join(', ')}`);
  return second.failed.length === 0 && passed.length > 0;
}

/**
 * @param {Test[]} chosen
 * @param {(name: string) => Promise<unknown>} onFailure
 */
async function runEach(chosen, onFailure) {
  /** @type {Record<'passed' | 'skipped' | 'failed', Test[]>} */
  const outcome = { passed: [], skipped: [], failed: [] };
  for (const one of chosen) {
    const notes = /** @type {string[]} */ ([]);
    const ends = /** @type {(() => unknown)[]} */ ([]);
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    let error;
    try {
      await within(one.run({ note: (text) => notes.push(text), later: (end) => ends.push(end) }), one.ms);
    } catch (thrown) {
      error = thrown;
      if (!(thrown instanceof Skip)) await onFailure(one.name).catch(() => {});
    }
    for (const end of ends.reverse()) await Promise.resolve(end()).catch(() => {});
    const skip = error instanceof Skip;
    if (skip) notes.unshift(error.message);
    const word = skip ? 'skip  ' : error ? 'FAILED' : 'ok    ';
    console.log(`${word} ${one.name} (${[seconds(), ...notes].join('; ')})`);
    if (error && !skip) {
      const lines = String(error.stack ?? error).split('\n');
      console.log(`       ${lines.slice(0, 12).join('\n       ')}`);
    }
    outcome[skip ? 'skipped' : error ? 'failed' : 'passed'].push(one);
  }
  return outcome;
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
