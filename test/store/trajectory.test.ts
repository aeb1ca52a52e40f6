import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrackPoint } from '../../src/domain/track.ts';
import { decodeSegment, encodeSegment, maxSegmentMs, segmentStartMs } from '../../src/store/trajectory.ts';
import { boxAt, complaintOf, t0 } from './fixture.ts';

const position = fc.double({ min: -0.5, max: 1.5, noNaN: true });
const box = fc.tuple(position, position, position, position).map(([a, b, c, d]) => ({
  x1: Math.min(a, b),
  x2: Math.max(a, b),
  y1: Math.min(c, d),
  y2: Math.max(c, d),
}));
const points: fc.Arbitrary<TrackPoint[]> = fc
  .array(
    fc.record({
      offset: fc.double({ min: 0, max: maxSegmentMs - 1, noNaN: true }),
      box,
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 50 },
  )
  .map((drafts) =>
    drafts
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, ...rest }) => ({ timeMs: t0 + offset, ...rest })),
  );
const point = (timeMs: number, x = 0.1): TrackPoint => ({ timeMs, box: boxAt(x), confidence: 0.5 });

describe('a trajectory segment', () => {
  it('comes back with times to 0.5 ms and edges to 1/30000 of the picture', () => {
    fc.assert(
      fc.property(points, fc.boolean(), (given, continues) => {
        const decoded = decodeSegment(encodeSegment({ continues, points: given }), segmentStartMs(given));
        expect(decoded.continues).toBe(continues);
        expect(decoded.points).toHaveLength(given.length);
        decoded.points.forEach((got, index) => {
          const want = given[index];
          if (!want) throw new Error('no point');
          expect(Math.abs(got.timeMs - want.timeMs)).toBeLessThanOrEqual(0.5);
          expect(Math.abs(got.confidence - want.confidence)).toBeLessThanOrEqual(1 / 65_535);
          for (const edge of ['x1', 'y1', 'x2', 'y2'] as const) {
            expect(Math.abs(got.box[edge] - want.box[edge])).toBeLessThan(1 / 30_000);
          }
          expect(got.box.x1).toBeLessThanOrEqual(got.box.x2);
          expect(got.box.y1).toBeLessThanOrEqual(got.box.y2);
        });
      }),
    );
  });

  it('takes 12 bytes a point and 4 for the segment', () => {
    expect(encodeSegment({ continues: false, points: [point(t0), point(t0 + 1)] })).toHaveLength(4 + 2 * 12);
  });

  it('does not change when what was decoded is encoded again', () => {
    fc.assert(
      fc.property(points, (given) => {
        const data = encodeSegment({ continues: false, points: given });
        expect(encodeSegment(decodeSegment(data, segmentStartMs(given)))).toEqual(data);
      }),
    );
  });

  it('moves a position far outside the picture to the edge of its range', () => {
    const far = { timeMs: t0, box: { x1: -9, y1: 0, x2: 9, y2: Infinity }, confidence: 1.2 };
    const [got] = decodeSegment(encodeSegment({ continues: false, points: [far] }), t0).points;
    expect(got?.box.x1).toBeCloseTo(-0.5, 4);
    expect(got?.box.x2).toBeCloseTo(1.5, 4);
    expect(got?.box.y2).toBeCloseTo(1.5, 4);
    expect(got?.confidence).toBe(1);
  });

  it.each([
    ['no points', []],
    ['a point before the first', [point(t0), point(t0 - 1)]],
    ['a point too long after the first', [point(t0), point(t0 + maxSegmentMs + 1)]],
    ['a position that is not a number', [point(t0, NaN)]],
    ['a confidence that is not a number', [{ ...point(t0), confidence: NaN }]],
    ['a time that is not a number', [point(NaN)]],
  ])('is not made of %s', (_, given) => {
    expect(() => encodeSegment({ continues: false, points: given })).toThrow(RangeError);
  });

  it('of an unknown format is refused by its number', () => {
    const data = encodeSegment({ continues: false, points: [point(t0)] });
    data.writeUInt8(2, 0);
    expect(complaintOf(() => decodeSegment(data, t0))).toMatch(/format 2; .* reads format 1.*Update Argus/);
  });

  it('is refused however it is cut short or lengthened', () => {
    const data = encodeSegment({ continues: false, points: [point(t0), point(t0 + 100)] });
    for (let length = 0; length < data.length; length++) {
      expect(complaintOf(() => decodeSegment(data.subarray(0, length), t0))).toMatch(/damaged/);
    }
    expect(complaintOf(() => decodeSegment(Buffer.concat([data, data]), t0))).toMatch(
      /56 bytes where 28 belong/,
    );
  });
});
