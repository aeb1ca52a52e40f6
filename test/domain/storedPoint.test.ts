import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asStored } from '../../src/domain/storedPoint.ts';
import type { TrackPoint } from '../../src/domain/track.ts';
import { decodeSegment, encodeSegment, segmentStartMs } from '../../src/store/trajectory.ts';

const throughStore = (point: TrackPoint): TrackPoint | undefined => {
  const segment = { continues: false, points: [point] };
  return decodeSegment(encodeSegment(segment), segmentStartMs(segment.points)).points[0];
};

const place = fc.oneof(fc.double({ min: -0.7, max: 1.7, noNaN: true }), fc.constantFrom(-0.5, 0, 1, 1.5));
const length = fc.double({ min: 0, max: 1, noNaN: true });
const anyPoint = fc
  .tuple(
    place,
    place,
    length,
    length,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 2e12, noNaN: true }),
  ) // prettier-ignore
  .map(([x1, y1, w, h, confidence, timeMs]): TrackPoint => ({
    timeMs,
    box: { x1, y1, x2: x1 + w, y2: y1 + h },
    confidence,
  }));

describe('a point as stored', () => {
  it('is bit for bit what the store gives back', () => {
    fc.assert(
      fc.property(anyPoint, (point) => {
        expect(asStored(point)).toEqual(throughStore(point));
      }),
      { numRuns: 20_000 },
    );
  });
});
