import { describe, expect, it } from 'vitest';
import { trackId } from '../../src/domain/ids.ts';
import { boxAt, dock, line, zone, crossing, frameOf, newRun, openStore, t0, update } from './fixture.ts';

const minuteMs = 60_000;

/** A crossing every 100 s for three hours, in frames a second apart with a hole in it. */
function threeHours() {
  const store = openStore();
  const { writer } = store;
  const run = writer.beginRun(newRun());
  const frames = Array.from({ length: 10_800 }, (_, second) => second)
    .filter((second) => second < 4000 || second >= 5000)
    .map((second) => {
      const timeMs = t0 + second * 1000;
      const id = trackId(`dock-1-${second}`);
      const isDue = second % 100 === 0;
      return frameOf(run, second, {
        timeMs,
        tracks: isDue
          ? [{ trackId: id, label: 'person', points: [{ timeMs, box: boxAt(0.4), confidence: 0.8 }] }]
          : [],
        events: isDue
          ? [crossing({ trackId: id, timeMs, direction: second % 300 === 0 ? 'backward' : 'forward' })]
          : [],
      });
    });
  writer.commit({ nowMs: t0 + 180 * minuteMs, frames });
  return store;
}

describe('counts by quarter of an hour', () => {
  it.each([
    ['whole quarters', 0, 45],
    ['pieces of quarters at both ends', 7, 128],
    ['less than a quarter', 16, 21],
    ['little over a boundary', 14, 16],
    ['nothing', 30, 30],
  ])('of %s are those of counting', (_, fromMinute, toMinute) => {
    const { reader } = threeHours();
    const interval = { fromMs: t0 + fromMinute * minuteMs, toMs: t0 + toMinute * minuteMs };
    const shape = reader.shapes(dock).find((one) => one.shape.id === line.id);
    if (!shape) throw new Error('The door is stored');
    const events = reader.history.events(shape, interval);
    const sum = (direction: string) =>
      events.reduce((all, row) => all + (row.direction === direction ? row.count : 0), 0);
    for (const direction of ['forward', 'backward'] as const) {
      const [counted] = reader.countEvents({ camera: dock, shape: line.id, direction, ...interval });
      expect(sum(direction)).toBe(counted?.count);
    }
    const tracks = reader.tracksIn(interval, { cameras: [dock] });
    expect(reader.history.tracks(dock, interval).reduce((all, { count }) => all + count, 0)).toBe(
      tracks.length,
    );
    const watchedMs = reader.history.watched(dock, interval).reduce((all, row) => all + row.watchedMs, 0);
    const coveredMs = reader
      .coverage(dock, interval)
      .reduce((all, { fromMs, toMs }) => all + toMs - fromMs, 0);
    // Rows end with their last frame: the second up to the next minute is not added up.
    expect(watchedMs).toBeLessThanOrEqual(coveredMs);
    expect(watchedMs).toBeGreaterThanOrEqual(coveredMs * (58 / 60) - 1000);
  });

  it('go with their tracks', () => {
    const { reader, writer } = threeHours();
    const shape = reader.shapes(dock).find((one) => one.shape.id === line.id);
    if (!shape) throw new Error('The door is stored');
    const all = { fromMs: t0, toMs: t0 + 180 * minuteMs };
    const before = reader.history.events(shape, all).reduce((sum, { count }) => sum + count, 0);
    writer.endRun(1 as never, 'stopped', all.toMs);
    writer.forgetTracks([trackId('dock-1-100'), trackId('dock-1-300')]);
    expect(reader.history.events(shape, all).reduce((sum, { count }) => sum + count, 0)).toBe(before - 2);
  });
});

it('a visit that has not ended is as long as it is so far', () => {
  const { writer, reader } = openStore();
  const run = writer.beginRun(newRun());
  const [here, gone] = [trackId('dock-1-1'), trackId('dock-1-2')];
  const visit = { camera: dock, shape: zone.id, label: 'person', box: boxAt(0.2), confidence: 0.8 };
  const events = [here, gone].map((id) => ({ ...visit, type: 'enter' as const, trackId: id, timeMs: t0 }));
  const left = { ...visit, type: 'exit' as const, trackId: gone, timeMs: t0 + 100, durationMs: 100 };
  writer.commit({
    nowMs: t0,
    frames: [
      frameOf(run, 0, { tracks: [update(here, 0), update(gone, 0)], events }),
      frameOf(run, 1, { tracks: [update(here, 1)], ended: [gone], events: [left] }),
      frameOf(run, 50, { tracks: [update(here, 50)] }),
    ],
  });
  const shape = reader.shapes(dock).find((one) => one.shape.id === zone.id);
  if (!shape) throw new Error('The bay is stored');
  expect(reader.history.openVisits(shape, t0 + 60_000)).toEqual([
    { trackId: here, label: 'person', timeMs: t0 + 5000, durationMs: 5000 },
  ]);
  expect(reader.history.visits(shape, 'person', { fromMs: t0, toMs: t0 + 60_000 })).toEqual([
    { label: 'person', timeMs: t0 + 100, durationMs: 100 },
  ]);
});
