import assert from 'node:assert/strict';
import { test } from 'node:test';
import { squareMoved, squareResized } from './square.js';

const image = { width: 400, height: 200, crop: { x: 120, y: 20, side: 160 } };

test('the square moves inside the image, and says so in fractions of what it leaves free', () => {
  const moved = squareMoved(image, [60, -10]);
  assert.deepEqual(moved, { crop: { x: 180, y: 10, side: 160 }, change: { across: 0.75, down: 0.25 } });
  assert.deepEqual(squareMoved(image, [-999, 999]).change, { across: 0, down: 1 });
  const whole = { width: 400, height: 200, crop: { x: 0, y: 0, side: 200 } };
  assert.deepEqual(squareMoved(whole, [50, 50]).change, { across: 0.25, down: 0.5 }, 'no room above or below');
});

test('the square is resized around its center, and stays inside the image and the limits', () => {
  const smaller = squareResized(image, [-20, -30], [0.1, 1]);
  assert.deepEqual(smaller, { crop: { x: 140, y: 40, side: 120 }, change: { crop: 0.6, across: 0.5, down: 0.5 } });
  const aside = { ...image, crop: { x: 240, y: 40, side: 160 } };
  assert.deepEqual(
    squareResized(aside, [999, 0], [0.1, 1]).crop,
    { x: 200, y: 0, side: 200 },
    'as far as there is room',
  );
  assert.equal(squareResized(image, [-79, -79], [0.1, 1]).change.crop, 0.1);
});
