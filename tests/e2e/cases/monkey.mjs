import { test } from '../harness.mjs';
import { monkey } from '../monkey.mjs';

test('monkey: a hundred random actions, and not an error on the console', (t) => monkey(t, { actions: 100, seed: 3 }));
