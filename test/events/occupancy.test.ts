import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trackId } from '../../src/domain/ids.ts';
import {
  cutsOf,
  durationsOf,
  largestCrowd,
  meanPresent,
  visitsOf,
  type Visit,
} from '../../src/events/occupancy.ts';
import { replayTrack, type PastTrack } from '../../src/events/replay.ts';
import { dock } from '../store/frames.ts';
import { scenes } from './scenes.ts';

const visit = (name: string, fromMs: number, toMs: number, change: Partial<Visit> = {}): Visit => ({
  trackId: trackId(name),
  fromMs,
  toMs,
  appeared: false,
  vanished: false,
  open: false,
  ...change,
});
const window = { fromMs: 0, toMs: 100 };

const someVisits = fc
  .array(fc.tuple(fc.integer({ min: -20, max: 120 }), fc.integer({ min: 1, max: 60 })), { maxLength: 12 })
  .map((list) => list.map(([fromMs, lengthMs], n) => visit(`t${n}`, fromMs, fromMs + lengthMs)));

describe('how many are present', () => {
  it('at most and on average is what counting at every millisecond gives', () => {
    fc.assert(
      fc.property(someVisits, (visits) => {
        const present = Array.from({ length: 100 }, (_, ms) =>
          visits.filter(({ fromMs, toMs }) => fromMs <= ms && ms < toMs).map(({ trackId: id }) => id),
        );
        const most = Math.max(...present.map((ids) => ids.length));
        const first = present.findIndex((ids) => ids.length === most);
        const crowd = largestCrowd(visits, window);
        expect(crowd?.tracks.length ?? 0).toBe(most);
        if (crowd) {
          expect(crowd.fromMs).toBe(first);
          expect(crowd.tracks.toSorted()).toEqual(present[first]?.toSorted());
          const next = present.findIndex((ids, ms) => ms > first && ids.join() !== present[first]?.join());
          expect(crowd.toMs).toBe(next < 0 ? 100 : next);
        }
        const sum = present.reduce((total, ids) => total + ids.length, 0);
        expect(meanPresent(visits, [window], window)).toBeCloseTo(sum / 100);
      }),
      { numRuns: 1000 },
    );
  });

  it('on average is over the time that was watched, and nothing where none was', () => {
    expect(meanPresent([visit('a', 0, 50)], [{ fromMs: 0, toMs: 50 }], window)).toBe(1);
    expect(meanPresent([], [], window)).toBeUndefined();
  });

  it('counts who leaves and who comes at the same moment as one', () => {
    expect(largestCrowd([visit('a', 0, 50), visit('b', 50, 90)], window)?.tracks).toEqual(['a']);
  });
});

describe('visits', () => {
  it('last as long as they do within the window', () => {
    const visits = [10, 20, 30, 40, 50, 60, 70, 80, 90, 300].map((ms, n) => visit(`t${n}`, 0, ms));
    expect(durationsOf(visits, window)).toMatchObject({ n: 10, meanMs: 55, medianMs: 55, p90Ms: 90, maxMs: 100 }); // prettier-ignore
    expect(durationsOf([visit('a', 100, 200)], window)).toBeUndefined();
  });

  it('are counted by how long they lasted, up to the longest', () => {
    const histogramOf = (...seconds: number[]) => {
      const visits = seconds.map((s, n) => visit(`t${n}`, 0, s * 1000));
      return durationsOf(visits, { fromMs: 0, toMs: 1e9 })?.histogram.map(({ fromMs, toMs, n }) => [fromMs / 1000, (toMs ?? Infinity) / 1000, n]); // prettier-ignore
    };
    expect(histogramOf(1.9, 2, 4.9, 12)).toEqual([[0, 2, 1], [2, 5, 2], [5, 10, 0], [10, 20, 1]]); // prettier-ignore
    expect(histogramOf(1e5, 7200, 7199)?.slice(-2)).toEqual([[3600, 7200, 1], [7200, Infinity, 2]]); // prettier-ignore
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e8 }), { minLength: 1 }), (lengths) => {
        const visits = lengths.map((ms, n) => visit(`t${n}`, 0, ms));
        const bins = durationsOf(visits, { fromMs: 0, toMs: 1e9 })?.histogram ?? [];
        expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(lengths.length);
        expect(bins.at(-1)?.n).toBeGreaterThan(0);
        bins.forEach(({ fromMs }, i) => expect(fromMs).toBe(bins[i - 1]?.toMs ?? 0));
      }),
    );
  });

  it('are cut by the window, by times not watched, or out of sight', () => {
    const watched = [
      { fromMs: 0, toMs: 40 },
      { fromMs: 60, toMs: 100 },
    ];
    const cuts = cutsOf(
      [
        visit('from before', -5, 10),
        visit('to after', 90, 110),
        visit('still there', 80, 95, { open: true }),
        visit('until the gap', 20, 39, { vanished: true }),
        visit('after the gap', 61, 80, { appeared: true }),
        visit('hidden', 20, 30, { vanished: true }),
        visit('whole', 20, 30),
        visit('elsewhere', 200, 300, { appeared: true }),
      ],
      watched,
      window,
      2,
    );
    expect(cuts).toEqual({ byWindow: 3, byGap: 2, bySight: 1 });
  });

  it('are the times from each entry of the engine to the exit after it', () => {
    fc.assert(
      fc.property(scenes, ({ shape, aspect, tracks }) => {
        fc.pre(shape.kind === 'zone');
        for (const [n, { points, ended }] of tracks.entries()) {
          const [firstMs = 0, lastMs = 0] = [points[0]?.timeMs, points.at(-1)?.timeMs];
          const track: PastTrack = {
            id: trackId(`dock-1-${n}`),
            label: 'person',
            firstMs,
            lastMs,
            points: points.length,
            ended,
            pointsWithin: (fromMs, toMs) => points.filter((p) => p.timeMs >= fromMs && p.timeMs < toMs),
          };
          const replayed = replayTrack(
            dock,
            [shape],
            track,
            { fromMs: firstMs, toMs: lastMs + 1 },
            { aspect },
          );
          const visits = visitsOf(track, replayed);
          const exits = replayed.events.filter(({ type }) => type === 'exit');
          const closed = visits.filter(({ open }) => !open);
          expect(closed.map(({ fromMs, toMs }) => [toMs, toMs - fromMs])).toEqual(
            exits.map(({ timeMs, durationMs }) => [timeMs, durationMs]),
          );
          expect(visits.length - closed.length).toBeLessThanOrEqual(ended ? 0 : 1);
          visits.forEach((one, k) => expect(one.fromMs).toBeGreaterThanOrEqual(visits[k - 1]?.toMs ?? firstMs - 1)); // prettier-ignore
        }
      }),
      { numRuns: 500 },
    );
  });
});
