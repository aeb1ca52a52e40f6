import { describe, expect, it } from 'vitest';
import type { TrackPoint } from '../../src/domain/track.ts';
import { fillGaps } from '../../bench/fillGaps.ts';

const point = (timeMs: number, x = timeMs / 1000, confidence = 0.8): TrackPoint => ({
  timeMs,
  box: { x1: x, y1: 0.2, x2: x + 0.1, y2: 0.5 },
  confidence,
});
const frames = [0, 100, 200, 300, 400, 500, 600];
const timesOf = (points: TrackPoint[]) => points.map((p) => p.timeMs);

describe('fillGaps', () => {
  it.each([
    ['no gap', [0, 100, 200], 1000, [0, 100, 200]],
    ['a gap of one frame', [0, 200], 1000, [0, 100, 200]],
    ['two gaps', [0, 200, 500], 1000, [0, 100, 200, 300, 400, 500]],
    ['a gap just short enough', [0, 300], 300, [0, 100, 200, 300]],
    ['a gap too long', [0, 300, 500], 250, [0, 300, 400, 500]],
    ['nothing before the first point or after the last', [200, 300], 1000, [200, 300]],
    ['one point', [300], 1000, [300]],
    ['no points', [], 1000, []],
  ])('%s', (_, times, maxGapMs, expected) =>
    expect(
      timesOf(
        fillGaps(
          times.map((t) => point(t)),
          frames,
          maxGapMs,
        ),
      ),
    ).toEqual(expected),
  );

  it('puts points on the straight path, in time', () => {
    const [, , middle] = fillGaps([point(100, 0, 0.8), point(500, 0.8, 0.4)], [100, 200, 300, 500], 1000);
    expect(middle).toMatchObject({ timeMs: 300 });
    expect(middle?.box.x1).toBeCloseTo(0.4);
    expect(middle?.box.x2).toBeCloseTo(0.5);
    expect(middle?.confidence).toBeCloseTo(0.6);
  });

  it('leaves the given points as they are', () => {
    const points = [point(100), point(400)];
    const filled = fillGaps(points, frames, 1000);
    expect(filled[0]).toBe(points[0]);
    expect(filled.at(-1)).toBe(points[1]);
  });
});
