import { parseArgs } from 'node:util';

const text = (/** @type {string} */ usual) => ({ type: /** @type {const} */ ('string'), default: usual });
const { values: given } = parseArgs({
  options: { only: text(''), seed: text('1'), actions: text('3000'), images: text('500'), minutes: text('30') },
});

export const values = {
  only: given.only,
  seed: Number(given.seed),
  actions: Number(given.actions),
  images: Number(given.images),
  minutes: Number(given.minutes),
};

/**
 * Random numbers from 0 to 1 that are the same for each seed (mulberry32).
 * @param {number} seed
 */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
