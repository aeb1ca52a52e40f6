import { expect, test } from 'vitest';
import { blur } from '../../src/draw/blur.ts';
import { colourDistance, pixelsOf } from '../fixtures/pixels.ts';
import { stripes } from '../fixtures/stripes.ts';

test('what is in a box becomes flat tiles, what is outside stays', async () => {
  const jpeg = stripes(640, 480);
  const box = { x1: 0.25, y1: 0.25, x2: 0.75, y2: 0.75 };
  const [before, after] = [await pixelsOf(jpeg), await pixelsOf(await blur(jpeg, [box]))];
  const contrast = (pixels: typeof before, x: number, y: number) =>
    colourDistance(pixels.at(x / 640, y / 480), pixels.at((x + 4) / 640, y / 480));
  expect(contrast(before, 322, 240)).toBeGreaterThan(300);
  expect(contrast(after, 322, 240)).toBeLessThan(60);
  // A tenth around the box, as boxes are never exact.
  expect(contrast(after, 146, 240)).toBeLessThan(60);
  expect(contrast(after, 42, 240)).toBeGreaterThan(300);
});

test.each([
  ['outside the picture', { x1: 1.2, y1: 0, x2: 1.4, y2: 1 }],
  ['beyond its edges', { x1: -0.5, y1: -0.5, x2: 0.2, y2: 0.2 }],
  ['without a size', { x1: 0.5, y1: 0.5, x2: 0.5, y2: 0.5 }],
])('a box %s does no harm', async (_, box) => {
  const { width, height } = await pixelsOf(await blur(stripes(64, 48), [box]));
  expect([width, height]).toEqual([64, 48]);
});
