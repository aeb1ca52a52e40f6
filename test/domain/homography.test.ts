import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../../src/domain/geometry.ts';
import { homographyOf, type GroundPoint } from '../../src/domain/homography.ts';
import { rectangleScale, seen } from '../fixtures/ground.ts';

const between = (least: number, most: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((n) => least + (n / 1_000_000) * (most - least));
const cameras = fc.record({ heightM: between(2, 12), tiltDeg: between(5, 60), focal: between(0.5, 2) });
const places = fc.record({ xM: between(-20, 20), yM: between(3, 60) });
/** Four corners of a crooked figure in front of the camera. */
const figures = fc
  .tuple(between(0.5, 1.5), between(0.5, 1.5), between(0.5, 1.5), between(0.5, 1.5))
  .map(([a, b, c, d]): GroundPoint[] => [
    { xM: -3 * a, yM: 5 * a },
    { xM: 3 * b, yM: 5 * b },
    { xM: 4 * c, yM: 12 * c },
    { xM: -4 * d, yM: 12 * d },
  ]);

describe('a homography', () => {
  it('gives back the ground that a camera has seen, by any four places of it', () => {
    fc.assert(
      fc.property(cameras, figures, places, (camera, figure, place) => {
        const scale = figure.map((ground) => ({ ground, picture: seen(camera, ground) }));
        const toGround = homographyOf(scale);
        const found = toGround(seen(camera, place));
        expect(found?.xM).toBeCloseTo(place.xM, 4);
        expect(found?.yM).toBeCloseTo(place.yM, 4);
      }),
      { numRuns: 1000 },
    );
  });

  it('has nothing above the horizon', () => {
    const camera = { heightM: 5, tiltDeg: 20, focal: 1 };
    const at = (xM: number, yM: number) => seen(camera, { xM, yM });
    const toGround = homographyOf(rectangleScale([at(0, 8), at(4, 8), at(4, 20), at(0, 20)], 4, 12));
    // The horizon of a camera that looks down by 20° is tan 20° above its middle.
    const horizon = 0.5 - Math.tan((20 * Math.PI) / 180);
    expect(toGround({ x: 0.5, y: horizon - 0.01 })).toBeUndefined();
    expect(toGround({ x: 0.5, y: horizon + 0.01 })?.yM).toBeGreaterThan(100);
    expect(toGround(at(4, 20))?.xM).toBeCloseTo(4);
    expect(toGround(at(4, 20))?.yM).toBeCloseTo(12);
  });

  it.each<[string, Point[], number, RegExp]>([
    ['three places on one line', [{ x: 0, y: 0 }, { x: 0.5, y: 0.5 }, { x: 1, y: 1 }, { x: 0, y: 1 }], 4, /on one line in the picture/], // prettier-ignore
    [
      'a corner too few',
      [
        { x: 0, y: 1 },
        { x: 1, y: 1 },
        { x: 1, y: 0 },
      ],
      4,
      /has 3 places/,
    ],
    ['a rectangle without width', [{ x: 0, y: 1 }, { x: 1, y: 1 }, { x: 1, y: 0 }, { x: 0, y: 0 }], 0, /on one line on the ground/], // prettier-ignore
    ['corners out of order', [{ x: 0, y: 1 }, { x: 1, y: 0 }, { x: 1, y: 1 }, { x: 0, y: 0 }], 4, /same order/], // prettier-ignore
  ])('refuses %s', (_, corners, widthM, message) => {
    expect(() => homographyOf(rectangleScale(corners, widthM, 6))).toThrow(message);
  });
});
