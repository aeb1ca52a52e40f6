import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/domain/box.ts';
import { anchorOf, sideOf, type Line, type Point } from '../../src/domain/geometry.ts';
import { trackId, type CameraId, type RunId, type TrackId } from '../../src/domain/ids.ts';
import type { TrackPoint } from '../../src/domain/track.ts';
import type { Interval } from '../../src/domain/time.ts';
import type { FrameCommit, ScanRequest } from '../../src/store/types.ts';
import {
  boxAt,
  collect,
  dock,
  frameOf,
  gate,
  line,
  newRun,
  openStore,
  t0,
  track1,
  track2,
  update,
  walk,
} from './fixture.ts';

const always = { fromMs: 0, toMs: t0 * 2 };

/** The points of a track as they would be with one point a frame, frames given. */
const pointsAt = (
  frames: readonly number[],
  x: (frame: number) => number,
): FrameCommit['record']['tracks'] => [
  {
    trackId: track1,
    label: 'person',
    points: frames.map((frame) => ({ timeMs: t0 + frame * 100, box: boxAt(x(frame)), confidence: 0.5 })),
  },
];

const straightWalk = (run: RunId, first: number, last: number): FrameCommit[] =>
  Array.from({ length: last - first + 1 }, (_, i) =>
    frameOf(run, first + i, { tracks: [update(track1, first + i, boxAt((first + i) / 1000))] }),
  );

describe('trackPoints', () => {
  it('are all there, in order, however they were batched over segments', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    let frame = 0;
    for (const size of [1, 99, 1, 1, 250, 3, 1000]) {
      writer.commit({ nowMs: t0, frames: walk(run, frame, frame + size - 1) });
      frame += size;
      expect(reader.trackPoints(track1).map(({ timeMs }) => (timeMs - t0) / 100)).toEqual(
        Array.from({ length: frame }, (_, n) => n),
      );
    }
    expect(reader.track(track1)?.points).toBe(frame);
  });

  it('are cut to the interval, its end not included', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: walk(run, 0, 400) });
    for (const [from, to] of [
      [0, 1],
      [100, 101],
      [99, 103],
      [101, 300],
      [400, 500],
    ] as const) {
      const got = reader.trackPoints(track1, t0 + from * 100, t0 + to * 100);
      expect(got.map(({ timeMs }) => (timeMs - t0) / 100)).toEqual(
        Array.from({ length: Math.min(to, 401) - from }, (_, n) => from + n),
      );
    }
    expect(reader.trackPoints(track1, t0 + 1, t0 + 100)).toEqual([]);
    expect(reader.trackPoints(track2)).toEqual([]);
  });

  it('of a track that stands are its ends, and the same however it was batched', () => {
    const results = [1, 7, 401].map((size) => {
      const { writer, reader } = openStore();
      const run = writer.beginRun(newRun());
      const frames = Array.from({ length: 401 }, (_, n) =>
        frameOf(run, n, { tracks: [update(track1, n, boxAt(0.3 + (n % 3) / 5000))] }),
      );
      for (let first = 0; first <= 400; first += size)
        writer.commit({ nowMs: t0, frames: frames.slice(first, first + size) });
      expect(reader.track(track1)?.points).toBe(401);
      return reader.trackPoints(track1);
    });
    expect(results[0]?.length).toBeLessThanOrEqual(4);
    expect(results[0]?.map(({ timeMs }) => timeMs - t0)).toContain(40_000);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('survive a hole longer than a segment can hold', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    writer.commit({
      nowMs: t0,
      frames: [frameOf(run, 0, { tracks: pointsAt([0, 1, 900, 901, 902], () => 0.2) })],
    });
    expect(reader.trackPoints(track1).map(({ timeMs }) => (timeMs - t0) / 100)).toEqual([0, 1, 900, 902]);
    expect(reader.boxesAt(dock, t0 + 45_000, 1000)).toEqual([]);
  });
});

describe('boxesAt', () => {
  it('are interpolated between the points around the moment, also across segments', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: straightWalk(run, 0, 300) });
    for (const frame of [0, 0.5, 99.5, 100, 100.25, 200.75, 300]) {
      const [got, ...others] = reader.boxesAt(dock, t0 + frame * 100, 200);
      expect(others).toEqual([]);
      expect(got).toMatchObject({ trackId: track1, label: 'person' });
      expect(got?.box.x1).toBeCloseTo(frame / 1000, 4);
      expect(got?.confidence).toBeCloseTo(0.75, 4);
    }
  });

  it('leave out tracks without a point near enough, and those of other cameras', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const other = writer.beginRun(newRun({ camera: gate }));
    writer.commit({
      nowMs: t0,
      frames: [
        frameOf(run, 0, { tracks: pointsAt([10, 11, 60, 61], (frame) => frame / 1000) }),
        frameOf(other, 0, { camera: gate, tracks: [update(track2, 30)] }),
      ],
    });
    const present = (frame: number) =>
      reader.boxesAt(dock, t0 + frame * 100, 500).map((at) => at.box.x1 * 1000);
    expect(present(4.9)).toEqual([]);
    expect(present(5)[0]).toBeCloseTo(10, 0);
    expect(present(16)[0]).toBeCloseTo(16, 0);
    expect(present(30)).toEqual([]);
    expect(present(66)[0]).toBeCloseTo(61, 0);
    expect(present(66.1)).toEqual([]);
    expect(reader.boxesAt(gate, t0 + 3000, 0).map((at) => at.trackId)).toEqual([track2]);
  });
});

describe('tracksThrough', () => {
  it('finds a track that passed the line only between two segments', async () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    // The first segment ends at frame 100; the jump over the line follows.
    const frames = Array.from({ length: 151 }, (_, n) => n);
    writer.commit({
      nowMs: t0,
      frames: [
        frameOf(run, 0, {
          tracks: pointsAt(frames, (n) => (n <= 100 ? 0.1 + (n % 2) / 100 : 0.7 + (n % 2) / 100)),
        }),
      ],
    });
    const found = async (camera: CameraId, interval: Interval) =>
      (await collect(reader.tracksThrough(camera, interval, throughLine(line.line)))).map(({ id }) => id);
    expect(await found(dock, always)).toEqual([track1]);
    expect(await found(dock, { fromMs: t0 + 10_000, toMs: t0 + 10_001 })).toEqual([track1]);
    expect(await found(dock, { fromMs: t0, toMs: t0 + 10_000 })).toEqual([]);
    expect(await found(dock, { fromMs: t0 + 10_101, toMs: t0 + 20_000 })).toEqual([]);
    expect(await found(gate, always)).toEqual([]);
  });

  it('gives all tracks whose anchors came into an area, each once, with its points', async () => {
    await fc.assert(
      fc.asyncProperty(
        trajectories,
        fc.integer({ min: 1, max: 40 }),
        fc.array(query, { maxLength: 12 }),
        async (tracks, size, queries) => {
          const { writer, reader } = openStore();
          writeTracks(writer, tracks, size);
          for (const { area, fromMs, toMs } of queries) {
            const found = await collect(reader.tracksThrough(dock, { fromMs, toMs }, { area }));
            expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
            for (const track of found)
              expect(track.pointsWithin(fromMs, toMs)).toEqual(reader.trackPoints(track.id, fromMs, toMs));
            tracks.forEach((_, n) => {
              const id = trackId(`t${n}`);
              const steps = stepsOf(reader.trackPoints(id), fromMs, toMs);
              if (steps.some(([a, b]) => touches(anchorOf(a.box, 'bottom'), anchorOf(b.box, 'bottom'), area)))
                expect(found.map((track) => track.id)).toContain(id);
            });
          }
          // An area that is no larger than a stored anchor.
          for (const [n] of tracks.entries()) {
            const id = trackId(`t${n}`);
            for (const { timeMs, box } of reader.trackPoints(id).slice(0, 5)) {
              const { x, y } = anchorOf(box, 'bottom');
              const moment = { fromMs: timeMs, toMs: timeMs + 1 };
              const found = await collect(
                reader.tracksThrough(dock, moment, { area: { x1: x, y1: y, x2: x, y2: y } }),
              );
              expect(found.map((track) => track.id)).toContain(id);
            }
          }
          reader.close();
          writer.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives all tracks whose anchor passed a line between its ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        trajectories,
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.tuple(query, place, place), { maxLength: 6 }),
        async (tracks, size, questions) => {
          const { writer, reader } = openStore();
          writeTracks(writer, tracks, size);
          for (const [{ fromMs, toMs }, a, b] of questions) {
            const found = await collect(reader.tracksThrough(dock, { fromMs, toMs }, throughLine({ a, b })));
            tracks.forEach((_, n) => {
              const id = trackId(`t${n}`);
              const steps = stepsOf(reader.trackPoints(id), fromMs, toMs);
              if (steps.some(([p, q]) => cross(a, b, anchorOf(p.box, 'bottom'), anchorOf(q.box, 'bottom'))))
                expect(found.map((one) => one.id)).toContain(id);
            });
          }
          reader.close();
          writer.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives only tracks of the classes asked for', async () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const of = (id: TrackId, label: string, x: number) => ({ ...update(id, 0, boxAt(x)), label });
    const tracks = [of(track1, 'person', 0.1), of(track2, 'car', 0.15), of(trackId('far'), 'person', 0.8)];
    writer.commit({ nowMs: t0, frames: [frameOf(run, 0, { tracks })] });
    const area = { x1: 0, y1: 0.5, x2: 0.4, y2: 0.8 };
    const ids = async (labels?: readonly string[]) =>
      (await collect(reader.tracksThrough(dock, always, { area, labels }))).map(({ id }) => id);
    expect(await ids()).toEqual([track1, track2]);
    expect(await ids(['car'])).toEqual([track2]);
  });

  it('lets others have their turn during a long search', async () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const tracks = Array.from({ length: 20_000 }, (_, n) => ({
      ...update(trackId(`t${n}`), n),
      points: [0, 1].map((k) => ({ timeMs: t0 + n * 1000 + k, box: boxAt(0.3 + k / 2), confidence: 0.5 })),
    }));
    writer.commit({ nowMs: t0, frames: [frameOf(run, 0, { tracks })] });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const found = await collect(reader.tracksThrough(dock, always, throughLine(line.line)));
    clearInterval(timer);
    expect(found).toHaveLength(20_000);
    expect(turns).toBeGreaterThan(2);
  });
});

const throughLine = ({ a, b }: Line): ScanRequest => ({
  area: {
    x1: Math.min(a.x, b.x),
    y1: Math.min(a.y, b.y),
    x2: Math.max(a.x, b.x),
    y2: Math.max(a.y, b.y),
  },
  line: { a, b },
});

/** The ways from one stored point to the next, as far as they touch the interval. */
const stepsOf = (points: readonly TrackPoint[], fromMs: number, toMs: number) =>
  points.slice(1).flatMap((q, n) => {
    const p = points[n];
    // Over a hole longer than a segment there is no way.
    return !p || q.timeMs < fromMs || p.timeMs >= toMs || q.timeMs - p.timeMs > 60_000
      ? []
      : [[p, q] as const];
  });

/** Whether two ways cross inside both. */
const cross = (a: Point, b: Point, p: Point, q: Point): boolean =>
  sideOf({ a, b }, p) * sideOf({ a, b }, q) < 0 && sideOf({ a: p, b: q }, a) * sideOf({ a: p, b: q }, b) < 0;

/** Whether a box around the step meets the area. */
const touches = (a: Point, b: Point, area: Box): boolean =>
  Math.min(a.x, b.x) <= area.x2 &&
  Math.max(a.x, b.x) >= area.x1 &&
  Math.min(a.y, b.y) <= area.y2 &&
  Math.max(a.y, b.y) >= area.y1;

const coordinate = fc.double({ min: -0.4, max: 1.2, noNaN: true });
const box: fc.Arbitrary<Box> = fc
  .tuple(
    coordinate,
    coordinate,
    fc.double({ min: 0, max: 0.2, noNaN: true }),
    fc.double({ min: 0, max: 0.2, noNaN: true }),
  )
  .map(([x1, y1, width, height]) => ({ x1, y1, x2: x1 + width, y2: y1 + height }));

/** Some tracks, each with some points at whole ms, some far apart. */
const trajectories: fc.Arbitrary<TrackPoint[][]> = fc.array(
  fc
    .array(fc.tuple(fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 30_000 })), box), {
      minLength: 1,
      maxLength: 60,
    })
    .map((steps) => {
      let timeMs = t0;
      return steps.map(([stepMs, at]) => ({ timeMs: (timeMs += stepMs), box: at, confidence: 0.5 }));
    }),
  { minLength: 1, maxLength: 6 },
);

const place = fc.record({
  x: fc.double({ min: -0.2, max: 1.2, noNaN: true }),
  y: fc.double({ min: -0.2, max: 1.2, noNaN: true }),
});

const query = fc
  .tuple(box, fc.integer({ min: -1000, max: 400_000 }), fc.integer({ min: 0, max: 20_000 }))
  .map(([area, offsetMs, lengthMs]) => ({ area, fromMs: t0 + offsetMs, toMs: t0 + offsetMs + lengthMs }));

function writeTracks(
  writer: ReturnType<typeof openStore>['writer'],
  tracks: readonly TrackPoint[][],
  batchSize: number,
): void {
  const run = writer.beginRun(newRun());
  const frames = tracks.flatMap((points, n) =>
    points.map((point) => ({ trackId: trackId(`t${n}`), label: 'person', points: [point] })),
  );
  const commits = frames.map((one, n) => frameOf(run, n, { tracks: [one] }));
  for (let at = 0; at < commits.length; at += batchSize) {
    writer.commit({ nowMs: t0, frames: commits.slice(at, at + batchSize) });
  }
}
