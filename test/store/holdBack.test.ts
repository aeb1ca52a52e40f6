import { describe, expect, it, onTestFinished } from 'vitest';
import { openReader } from '../../src/store/reader.ts';
import { openWriter } from '../../src/store/writer.ts';
import {
  boxAt,
  camera,
  crossing,
  dock,
  frameOf,
  newRun,
  t0,
  temporaryFolder,
  track1,
  track2,
  update,
  walk,
} from './fixture.ts';

const always = { fromMs: 0, toMs: t0 * 2 };

describe('a writer that may hold back', () => {
  const openHolding = (holdBackMs: number) => {
    const folder = temporaryFolder();
    const writer = openWriter(folder, { nowMs: t0, holdBackMs });
    onTestFinished(() => writer.close());
    writer.syncCameras([camera(dock)], t0);
    const reader = openReader(folder);
    onTestFinished(() => reader.close());
    return { writer, reader, run: writer.beginRun(newRun()) };
  };

  it('stores more of the same when the time is up, and with the next event, still or new track', () => {
    const { writer, reader, run } = openHolding(2000);
    const points = () => reader.trackPoints(track1).length;
    let frame = 0;
    const commit = (nowMs: number, change: Parameters<typeof frameOf>[2] = {}) => {
      const tracks = [update(track1, frame), ...(change.tracks ?? [])];
      const frames = [frameOf(run, frame, { ...change, tracks })];
      frame++;
      return writer.commit({ nowMs: t0 + nowMs, frames });
    };
    commit(0);
    expect(points()).toBe(1);
    expect(commit(100)).toMatchObject({ accepted: 1, skipped: 0 });
    commit(1900);
    expect(points()).toBe(1);
    commit(2100);
    expect(points()).toBe(4);
    commit(2200);
    expect(points()).toBe(4);
    expect(commit(2300, { events: [crossing()] }).events).toMatchObject([{ id: 'e1' }]);
    expect(points()).toBe(6);
    commit(2400);
    commit(2500, { tracks: [update(track2, frame)] });
    expect(points()).toBe(8);
    commit(2600);
    writer.flush();
    expect(points()).toBe(9);
    commit(2700);
    expect(writer.lastRun(dock)?.progress?.frame).toBe(9);
    expect(points()).toBe(10);
  });

  it('stores it also when no batch follows', async () => {
    const { writer, reader, run } = openHolding(20);
    writer.commit({ nowMs: t0, frames: walk(run, 0, 0) });
    writer.commit({ nowMs: t0, frames: walk(run, 1, 9) });
    expect(reader.trackPoints(track1)).toHaveLength(1);
    await expect.poll(() => reader.trackPoints(track1).length).toBe(10);
  });

  it('forgets a batch that makes no sense, and nothing of those that wait', () => {
    const { writer, reader, run } = openHolding(2000);
    writer.commit({ nowMs: t0, frames: walk(run, 0, 0) });
    writer.commit({ nowMs: t0, frames: walk(run, 1, 80) });
    const bad = frameOf(run, 300, { tracks: [update(track1, 300, boxAt(NaN))] });
    expect(() => writer.commit({ nowMs: t0, frames: [...walk(run, 81, 299), bad] })).toThrow(RangeError);
    writer.commit({ nowMs: t0, frames: walk(run, 81, 200) });
    writer.endRun(run, 'stopped', t0);
    expect(reader.trackPoints(track1).map(({ timeMs }) => (timeMs - t0) / 100)).toEqual(
      Array.from({ length: 201 }, (_, n) => n),
    );
    expect(reader.track(track1)).toMatchObject({ points: 201, ended: true });
    expect(reader.coverage(dock, always)).toMatchObject([{ frames: 201 }]);
  });
});
