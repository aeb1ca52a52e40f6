import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipCoverage, mergeCoverage } from '../../src/domain/coverage.ts';
import { cameraId } from '../../src/domain/ids.ts';
import {
  camera,
  complaintOf,
  dock,
  frameOf,
  gate,
  line,
  newRun,
  openStore,
  t0,
  type Store,
} from './fixture.ts';

const always = { fromMs: 0, toMs: t0 * 2 };
const minute = 60_000;

/** Commits one frame at each time, of one new run. */
function analyse({ writer }: Store, timesMs: readonly number[], dropped = 0, startedAtMs = t0): void {
  const run = writer.beginRun(newRun({ startedAtMs }));
  writer.commit({ nowMs: t0, frames: timesMs.map((timeMs, n) => frameOf(run, n, { timeMs, dropped })) });
  writer.endRun(run, 'stopped', t0);
}

const times = (fromMs: number, toMs: number, stepMs: number): number[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / stepMs) + 1 }, (_, n) => fromMs + n * stepMs);

describe('coverage', () => {
  it('is one interval over many minutes and commits', () => {
    const store = openStore();
    const { writer, reader } = store;
    const run = writer.beginRun(newRun());
    for (let frame = 0; frame < 2000; frame += 7) {
      const frames = Array.from({ length: Math.min(7, 2000 - frame) }, (_, n) =>
        frameOf(run, frame + n, { dropped: 1 }),
      );
      writer.commit({ nowMs: t0, frames });
    }
    expect(reader.coverage(dock, always)).toEqual([
      { fromMs: t0, toMs: t0 + 199_901, frames: 2000, dropped: 2000 },
    ]);
    expect(reader.span(dock)).toEqual({ fromMs: t0, toMs: t0 + 199_901 });
  });

  it.each([
    [2000, 1],
    [2001, 2],
  ])('two frames %d ms apart make %d', (gapMs, intervals) => {
    const store = openStore();
    analyse(store, [t0, t0 + gapMs]);
    expect(store.reader.coverage(dock, always)).toHaveLength(intervals);
  });

  it.each([
    [2000, 1],
    [2001, 2],
  ])('two frames %d ms apart across a full minute make %d', (gapMs, intervals) => {
    const store = openStore();
    analyse(store, [t0 + minute - 1000, t0 + minute - 1000 + gapMs]);
    expect(store.reader.coverage(dock, always)).toHaveLength(intervals);
  });

  it('joins a restart within the gap and shows a longer one', () => {
    const store = openStore();
    analyse(store, times(t0, t0 + 5000, 100));
    analyse(store, times(t0 + 6000, t0 + 9000, 100));
    analyse(store, times(t0 + 20_000, t0 + 21_000, 100));
    expect(store.reader.coverage(dock, always)).toEqual([
      { fromMs: t0, toMs: t0 + 9001, frames: 82, dropped: 0 },
      { fromMs: t0 + 20_000, toMs: t0 + 21_001, frames: 11, dropped: 0 },
    ]);
  });

  it('is clipped to the window, frames to within one at each edge', () => {
    const store = openStore();
    analyse(store, times(t0, t0 + 10 * minute, 100), 2);
    const window = { fromMs: t0 + 90_000, toMs: t0 + 3.5 * minute };
    const [interval, ...others] = store.reader.coverage(dock, window);
    expect(others).toEqual([]);
    expect(interval).toMatchObject(window);
    expect(Math.abs((interval?.frames ?? 0) - 1200)).toBeLessThanOrEqual(2);
    expect(Math.abs((interval?.dropped ?? 0) - 2400)).toBeLessThanOrEqual(4);
  });

  it('reaches to the edges of a minute that was watched before and after', () => {
    const store = openStore();
    analyse(store, times(t0 + 500, t0 + 3 * minute, 1000), 1);
    const second = { fromMs: t0 + minute, toMs: t0 + 2 * minute };
    expect(store.reader.coverage(dock, second)).toEqual([{ ...second, frames: 60, dropped: 60 }]);
    const between = { fromMs: t0 + minute - 100, toMs: t0 + minute + 100 };
    expect(store.reader.coverage(dock, between)).toEqual([{ ...between, frames: 0, dropped: 0 }]);
    const until = { fromMs: t0 - minute, toMs: t0 + minute };
    expect(store.reader.coverage(dock, until)).toMatchObject([{ fromMs: t0 + 500, toMs: t0 + minute }]);
  });

  it('is empty where nobody looked, and for a camera that has seen nothing', () => {
    const store = openStore();
    analyse(store, times(t0, t0 + 1000, 100));
    expect(store.reader.coverage(dock, { fromMs: t0 + 1001, toMs: t0 + 5000 })).toEqual([]);
    expect(store.reader.coverage(dock, { fromMs: t0 - 5000, toMs: t0 })).toEqual([]);
    expect(store.reader.coverage(gate, always)).toEqual([]);
    expect(store.reader.span(gate)).toBeUndefined();
  });

  it('starts anew when the clock is set back, and is told in order', () => {
    const store = openStore();
    analyse(store, [t0 + 50_000, t0 + 50_100, t0 + 10_000, t0 + 10_100]);
    expect(store.reader.coverage(dock, always)).toEqual([
      { fromMs: t0 + 10_000, toMs: t0 + 10_101, frames: 2, dropped: 0 },
      { fromMs: t0 + 50_000, toMs: t0 + 50_101, frames: 2, dropped: 0 },
    ]);
  });

  it('of a shape is that of the runs that counted at its latest definition', () => {
    const store = openStore();
    const { writer, reader } = store;
    analyse(store, [t0], 0, t0);
    const moved = { ...line, line: { a: { x: 0.2, y: 0 }, b: { x: 0.2, y: 1 } } };
    writer.syncCameras([camera(dock, [moved])], t0 + 1000);
    analyse(store, [t0 + 60_000], 0, t0 + 2000);
    writer.syncCameras([camera(dock, [])], t0 + 3000);
    analyse(store, [t0 + 120_000], 0, t0 + 4000);
    expect(reader.coverage(dock, always).map(({ fromMs }) => fromMs - t0)).toEqual([0, 60_000, 120_000]);
    expect(reader.coverage(dock, always, line.id).map(({ fromMs }) => fromMs - t0)).toEqual([60_000]);
  });

  it('of an unknown camera is an error that names the known ones', () => {
    const { reader } = openStore();
    expect(complaintOf(() => reader.coverage(cameraId('dcok'), always))).toBe(
      'There is no camera "dcok". Known cameras: dock, gate.',
    );
  });

  it('holds every analysed frame and no moment further from one than the gap', () => {
    const gaps = fc.array(fc.oneof(fc.integer({ min: 1, max: 2500 }), fc.integer({ min: 1, max: 200_000 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 120_000 }), (steps, startMs) => {
        const store = openStore();
        let timeMs = t0 + startMs;
        const frames = [timeMs, ...steps.map((step) => (timeMs += step))];
        analyse(store, frames);
        const got = store.reader.coverage(dock, always);
        const expected: number[][] = [];
        for (const time of frames) {
          const last = expected.at(-1);
          if (last && time - (last.at(-1) ?? 0) <= 2000) last.push(time);
          else expected.push([time]);
        }
        expect(got).toEqual(
          expected.map((group) => ({
            fromMs: group[0],
            toMs: (group.at(-1) ?? 0) + 1,
            frames: group.length,
            dropped: 0,
          })),
        );
        store.reader.close();
        store.writer.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('the arithmetic of coverage', () => {
  const of = (fromMs: number, toMs: number, frames = 10) => ({ fromMs, toMs, frames, dropped: 0 });

  it('joins overlapping and close intervals, whatever their order', () => {
    expect(mergeCoverage([of(5000, 6000), of(0, 3001), of(1000, 2000)])).toEqual([of(0, 6000, 30)]);
    expect(mergeCoverage([of(5001, 6000), of(0, 3001)])).toHaveLength(2);
  });

  it('counts frames of a clipped interval in proportion', () => {
    expect(clipCoverage(of(0, 1000), { fromMs: 500, toMs: 5000 })).toEqual(of(500, 1000, 5));
    expect(clipCoverage(of(0, 1000), { fromMs: 1000, toMs: 5000 })).toBeUndefined();
  });
});
