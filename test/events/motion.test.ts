import { describe, expect, it } from 'vitest';
import { homographyOf } from '../../src/domain/homography.ts';
import type { TrackPoint } from '../../src/domain/track.ts';
import { motionOf } from '../../src/events/motion.ts';
import { rectangleScale } from '../fixtures/ground.ts';

/** Seen from straight above: the picture is 20 m wide and 10 m deep. */
const corners = [{ x: 0, y: 1 }, { x: 1, y: 1 }, { x: 1, y: 0 }, { x: 0, y: 0 }] as const; // prettier-ignore
const fromAbove = homographyOf(rectangleScale(corners, 20, 10));
const always = { fromMs: -Infinity, toMs: Infinity };

/** A point each 100 ms; `tremble` metres off to both sides by turns. */
const walk = (from: [number, number], mps: [number, number], seconds: number, tremble = 0): TrackPoint[] =>
  Array.from({ length: seconds * 10 + 1 }, (_, n) => {
    const off = n % 2 === 0 ? tremble : -tremble;
    const x = (from[0] + (mps[0] * n) / 10 + off) / 20;
    const y = 1 - (from[1] + (mps[1] * n) / 10) / 10;
    return { timeMs: n * 100, box: { x1: x - 0.01, y1: y - 0.1, x2: x + 0.01, y2: y }, confidence: 0.9 };
  });

describe('the motion of a track', () => {
  it.each<[string, [number, number], number, number]>([
    ['ahead', [0, 1.5], 1.5, 0],
    ['to the right', [1.2, 0], 1.2, 90],
    ['back', [0, -1], 1, 180],
    ['ahead and to the left', [-0.6, 0.6], 0.8485, 315],
  ])('has its speed and heading: %s', (_, mps, speed, heading) => {
    const motion = motionOf(walk([5, 5], mps, 3), always, fromAbove);
    expect(motion?.speedMps).toBeCloseTo(speed, 3);
    expect(motion?.headingDeg).toBeCloseTo(heading, 3);
  });

  it('does not take trembling for way made', () => {
    // The steps of 10 cm to and fro add up to 2 m/s.
    const motion = motionOf(walk([5, 5], [0, 1], 10, 0.1), always, fromAbove);
    expect(motion?.speedMps).toBeCloseTo(1, 2);
    const standing = motionOf(walk([5, 5], [0, 0], 10, 0.1), always, fromAbove);
    expect(standing?.speedMps).toBeLessThan(0.05);
    expect(standing?.headingDeg).toBeUndefined();
  });

  it('is that of the interval asked for', () => {
    const points = [...walk([5, 2], [0, 1], 3), ...walk([5, 5], [2, 0], 3).map((p) => ({ ...p, timeMs: p.timeMs + 3100 }))]; // prettier-ignore
    const early = motionOf(points, { fromMs: 0, toMs: 3000 }, fromAbove);
    const late = motionOf(points, { fromMs: 3100, toMs: 6000 }, fromAbove);
    expect([early?.speedMps, late?.speedMps].map((v) => v?.toFixed(3))).toEqual(['1.000', '2.000']);
    expect(motionOf(points, { fromMs: 0, toMs: 50 }, fromAbove)).toBeUndefined();
  });

  it('is not told by boxes that the picture cuts off, nor by a moment', () => {
    // In 1.9 s from 2 m before the right edge to where only half of the box is in the picture.
    const out = walk([18, 5], [1.05, 0], 1.9).map((p) => ({
      ...p,
      box: { ...p.box, x2: Math.min(p.box.x2, 1) },
    }));
    expect(motionOf(out, always, fromAbove)?.speedMps).toBeCloseTo(1.05, 3);
    expect(motionOf(out.slice(-5), always, fromAbove)).toBeUndefined();
    const below = walk([5, 0], [1, 0], 3);
    expect(motionOf(below, always, fromAbove)).toBeUndefined();
    expect(motionOf(walk([5, 5], [1, 0], 0.4), always, fromAbove)).toBeUndefined();
  });
});
