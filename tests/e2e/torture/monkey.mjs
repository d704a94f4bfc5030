import { test } from '../harness.mjs';
import { monkey } from '../monkey.mjs';
import { values } from './options.mjs';

const { actions, seed } = values;
test(
  `monkey: ${actions} random actions with seed ${seed}, and not an error on the console`,
  (t) => monkey(t, { actions, seed }),
  { ms: 90 * 60_000 },
);
