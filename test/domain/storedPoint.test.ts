import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  confidenceKeptWithin,
  createSettler,
  keptWithin,
  positionMax,
  positionMin,
} from '../../src/domain/storedPoint.ts';
import type { TrackPoint } from '../../src/domain/track.ts';

const edges = ['x1', 'y1', 'x2', 'y2'] as const;
const clamped = (v: number) => Math.min(positionMax, Math.max(positionMin, v));

/** Walks, trembles and jumps of a box, also of hardly any size and partly outside the picture. */
const paths: fc.Arbitrary<TrackPoint[]> = fc
  .array(
    fc.record({
      by: fc.oneof(fc.constant(0), fc.constantFrom(0.0004, 0.001, 0.01, 0.3)),
      size: fc.constantFrom(0, 0.0005, 0.002, 0.2),
      times: fc.integer({ min: 1, max: 30 }),
      noise: fc.array(fc.tuple(...edges.map(() => fc.double({ min: -1, max: 1, noNaN: true }))), {
        minLength: 30,
        maxLength: 30,
      }),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((legs) => {
    let x = 0.5;
    let timeMs = 0;
    return legs.flatMap(({ by, size, times, noise, confidence }) =>
      Array.from({ length: times }, (_, n): TrackPoint => {
        const [a = 0, b = 0, c = 0, d = 0] = noise[n] ?? [];
        const at = (x += by * a);
        timeMs += 33.3 + Math.abs(b);
        return {
          timeMs,
          box: { x1: at, y1: 0.4 + by * b, x2: at + size * Math.abs(c), y2: 0.4 + by * b + size },
          confidence: Math.min(1, Math.max(0, confidence + 0.15 * d)),
        };
      }),
    );
  });

describe('a point as stored', () => {
  it('is within 1/2000 of the picture, 0.1 of confidence and 0.5 ms of what was given, and no box is inside out', () => {
    fc.assert(
      fc.property(paths, (given) => {
        const settle = createSettler();
        for (const want of given) {
          const got = settle(want);
          for (const edge of edges)
            expect(Math.abs(got.box[edge] - clamped(want.box[edge]))).toBeLessThanOrEqual(keptWithin);
          expect(Math.abs(got.confidence - want.confidence)).toBeLessThanOrEqual(confidenceKeptWithin);
          expect(Math.abs(got.timeMs - want.timeMs)).toBeLessThanOrEqual(0.5);
          expect(got.box.x1).toBeLessThanOrEqual(got.box.x2);
          expect(got.box.y1).toBeLessThanOrEqual(got.box.y2);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('comes to rest where a box trembles by less than 1/2000 to either side', () => {
    const settle = createSettler();
    const places = Array.from({ length: 500 }, (_, n) => {
      const off = Math.sin(n * 12.9898) * 0.00045;
      const point = {
        timeMs: n * 100,
        box: { x1: 0.3 + off, y1: 0.2, x2: 0.4 - off, y2: 0.6 },
        confidence: 0.8,
      };
      return JSON.stringify(settle(point).box);
    });
    expect(new Set(places).size).toBeLessThan(10);
    expect(new Set(places.slice(100)).size).toBe(1);
  });

  it('is exact to half of 1/32000 while the box really moves', () => {
    const settle = createSettler();
    for (let n = 0; n < 100; n++) {
      const x1 = 0.1 + n * 0.0051;
      const got = settle({ timeMs: n * 100, box: { x1, y1: 0.2, x2: x1 + 0.1, y2: 0.6 }, confidence: 0.8 });
      expect(Math.abs(got.box.x1 - x1)).toBeLessThanOrEqual(1 / 64_000);
    }
  });

  it.each([
    ['a position', { timeMs: 0, box: { x1: NaN, y1: 0, x2: 1, y2: 1 }, confidence: 0.5 }],
    ['a confidence', { timeMs: 0, box: { x1: 0, y1: 0, x2: 1, y2: 1 }, confidence: NaN }],
  ])('is not made of %s that is not a number', (what, point) => {
    expect(() => createSettler()(point)).toThrow(
      new RegExp(`${what[0]?.toUpperCase()}${what.slice(1)} is a number`),
    );
  });
});
