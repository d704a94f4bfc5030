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
