import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSettler } from '../../src/domain/storedPoint.ts';
import type { TrackPoint } from '../../src/domain/track.ts';
import { Tail } from '../../src/store/tail.ts';
import { SegmentView, unseenMs } from '../../src/store/trajectory.ts';
import { boxAt, complaintOf, t0 } from './fixture.ts';

/** The segments that the points are stored as. */
function stored(points: readonly TrackPoint[]): SegmentView[] {
  const tails: Tail[] = [];
  for (const point of points) {
    const timeMs = Math.round(point.timeMs);
    const last = tails.at(-1);
    const tail = last && !last.isFullAt(timeMs) ? last : new Tail(1, timeMs, last);
    if (tail !== last) tails.push(tail);
    tail.add(timeMs, point);
  }
  return tails.map((tail) => new SegmentView(tail.bytes(), tail.startMs));
}

const pointsOf = (views: readonly SegmentView[]): TrackPoint[] =>
  views.flatMap((view) =>
    Array.from({ length: view.count }, (_, index) => view.point(index)).slice(view.continues ? 1 : 0),
  );

const point = (timeMs: number, x = 0.1): TrackPoint => ({ timeMs, box: boxAt(x), confidence: 0.5 });
const bytesOf = (points: readonly TrackPoint[]): Buffer => {
  const tail = new Tail(0, t0);
  for (const one of points) tail.add(one.timeMs, one);
  return Buffer.from(tail.bytes());
};

/** Walks, stands and jumps, at any rate, with pauses in which nothing is seen. */
const paths: fc.Arbitrary<TrackPoint[]> = fc
  .array(
    fc.record({
      stepMs: fc.oneof(
        { weight: 20, arbitrary: fc.double({ min: 1, max: 400, noNaN: true }) },
        { weight: 1, arbitrary: fc.double({ min: 400, max: 80_000, noNaN: true }) },
      ),
      by: fc.oneof(
        fc.constant(0),
        fc.double({ min: -0.001, max: 0.001, noNaN: true }),
        fc.double({ min: -0.2, max: 0.2, noNaN: true }),
      ),
      size: fc.oneof(fc.constant(0.2), fc.double({ min: 0.199, max: 0.201, noNaN: true })),
      confidence: fc.oneof(fc.constant(0.5), fc.double({ min: 0, max: 1, noNaN: true })),
      times: fc.integer({ min: 1, max: 40 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((legs) => {
    let timeMs = t0;
    let x = 0.5;
    return legs.flatMap(({ stepMs, by, size, confidence, times }) =>
      Array.from({ length: times }, () => {
        timeMs += Math.max(1, stepMs);
        x = Math.min(1.2, Math.max(-0.2, x + by / times));
        return { timeMs, box: { x1: x, y1: 0.4 - size, x2: x + size, y2: 0.4 }, confidence };
      }),
    );
  });

/** The points as the event engine sees them live. */
function settled(given: readonly TrackPoint[]): TrackPoint[] {
  const settle = createSettler();
  return given.map(settle).filter((point, n, all) => point.timeMs !== all[n - 1]?.timeMs);
}

describe('a stored trajectory', () => {
  it('has every point that the event engine saw live, bit for bit, but of a stand only both ends', () => {
    fc.assert(
      fc.property(paths, (given) => {
        const kept = pointsOf(stored(given));
        let at = 0;
        for (const want of settled(given)) {
          while ((kept[at + 1]?.timeMs ?? Infinity) <= want.timeMs) at++;
          const [before, after] = [kept[at], kept[at + 1]];
          expect(before?.box).toEqual(want.box);
          expect(before?.confidence).toBe(want.confidence);
          if (before?.timeMs !== want.timeMs)
            expect({ ...after, timeMs: 0 }).toEqual({ ...before, timeMs: 0 });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has the first and the last point and both ends of every pause, which it marks', () => {
    fc.assert(
      fc.property(paths, (given) => {
        const views = stored(given);
        const times = new Set(pointsOf(views).map(({ timeMs }) => timeMs));
        const whole = given.map(({ timeMs }) => Math.round(timeMs));
        expect(times).toContain(whole[0]);
        expect(times).toContain(whole.at(-1));
        const pauses = whole.flatMap((timeMs, n) =>
          n > 0 && timeMs - (whole[n - 1] ?? 0) > unseenMs ? [[whole[n - 1], timeMs]] : [],
        );
        for (const ends of pauses) for (const end of ends) expect(times).toContain(end);
        const pauseEnds = new Set(pauses.map(([, end]) => end));
        for (const view of views) {
          for (let index = 0; index < view.count; index++) {
            const isMarked =
              view.isUnseenBefore(index) || (index === 0 && !view.continues && view !== views[0]);
            if (index > 0 || !view.continues) expect(isMarked).toBe(pauseEnds.has(view.timeMs(index)));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of what stands still for an hour takes a segment of two points a minute', () => {
    const still = Array.from({ length: 36_000 }, (_, n) => point(t0 + n * 100, 0.1 + ((n % 7) - 3) / 15_000));
    const views = stored(still);
    expect(views.length).toBeLessThanOrEqual(61);
    expect(pointsOf(views).length).toBeLessThanOrEqual(2 * 61);
  });

  it('takes 12 bytes a point kept and 4 for the segment', () => {
    expect(bytesOf([point(t0), point(t0 + 1)])).toHaveLength(4 + 2 * 12);
  });

  it('moves a position far outside the picture to the edge of its range', () => {
    const far = { timeMs: t0, box: { x1: -9, y1: 0, x2: 9, y2: Infinity }, confidence: 1.2 };
    const [got] = pointsOf(stored([far]));
    expect(got?.box.x1).toBeCloseTo(-0.5, 4);
    expect(got?.box.x2).toBeCloseTo(1.5, 4);
    expect(got?.box.y2).toBeCloseTo(1.5, 4);
    expect(got?.confidence).toBe(1);
  });

  it.each([
    ['a position', point(t0, NaN)],
    ['a confidence', { ...point(t0), confidence: NaN }],
  ])('is not made with %s that is not a number', (_, given) => {
    expect(() => new Tail(0, t0).add(t0, given)).toThrow(RangeError);
  });

  it('of an unknown format is refused by its number', () => {
    const data = bytesOf([point(t0)]);
    data.writeUInt8(2, 0);
    expect(complaintOf(() => new SegmentView(data, t0))).toMatch(/format 2; .* reads format 1.*Update Argus/);
  });

  it('is refused however it is cut short or lengthened', () => {
    const data = bytesOf([point(t0), point(t0 + 100)]);
    for (let length = 0; length < data.length; length++) {
      expect(complaintOf(() => new SegmentView(data.subarray(0, length), t0))).toMatch(/damaged/);
    }
    expect(complaintOf(() => new SegmentView(Buffer.concat([data, data]), t0))).toMatch(
      /56 bytes where 28 belong/,
    );
  });

  it('can be brought back to what it was before points were added', () => {
    fc.assert(
      fc.property(paths, fc.nat(200), (given, at) => {
        const tail = new Tail(0, Math.round(given[0]?.timeMs ?? 0));
        const plain = new Tail(0, tail.startMs);
        const fitting = given.filter((one) => !tail.isFullAt(Math.round(one.timeMs))).slice(0, 60);
        fitting.forEach((one, n) => {
          if (n === at % fitting.length) {
            const before = tail.memento();
            for (const later of fitting.slice(n)) tail.add(Math.round(later.timeMs), later);
            tail.restore(before);
          }
          tail.add(Math.round(one.timeMs), one);
          plain.add(Math.round(one.timeMs), one);
        });
        expect(tail.bytes()).toEqual(plain.bytes());
        expect(tail.extent(1)).toEqual(plain.extent(1));
      }),
    );
  });
});
