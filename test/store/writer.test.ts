import { readdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cameraId, shapeId, trackId } from '../../src/domain/ids.ts';
import { databasePath } from '../../src/store/database.ts';
import { openReader } from '../../src/store/reader.ts';
import type { FrameCommit } from '../../src/store/types.ts';
import { openWriter } from '../../src/store/writer.ts';
import {
  boxAt,
  camera,
  crossing,
  dock,
  frameOf,
  gate,
  line,
  newRun,
  openStore,
  t0,
  temporaryFolder,
  track1,
  track2,
  update,
  walk,
  tracksAt,
} from './fixture.ts';

const always = { fromMs: 0, toMs: t0 * 2 };

describe('commit', () => {
  it('is seen by a reader only when all of the batch is stored', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const seen: unknown[] = [];
    const peek = () => {
      seen.push({ points: reader.track(track1)?.points, coverage: reader.coverage(dock, always).length });
      return run;
    };
    const [first, second] = walk(run, 0, 1);
    if (!first || !second) throw new Error('two frames');
    // The second frame is looked at in the middle of the transaction.
    const spying: FrameCommit = {
      ...second,
      get run() {
        return peek();
      },
    };
    writer.commit({ nowMs: t0, frames: [first, spying] });
    peek();
    expect(seen.slice(0, -1)).not.toHaveLength(0);
    for (const before of seen.slice(0, -1)) expect(before).toEqual({ points: undefined, coverage: 0 });
    expect(seen.at(-1)).toEqual({ points: 2, coverage: 1 });
  });

  it('does not show within a snapshot of a reader', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const commit = (frame: number) =>
      writer.commit({
        nowMs: t0,
        frames: [frameOf(run, frame, { tracks: [update(track1, frame)], events: [crossing()] })],
      });
    commit(0);
    const counts = reader.snapshot(() => {
      const before = reader.countEvents({})[0]?.count;
      commit(1);
      return [before, reader.events({}).events.length];
    });
    expect(counts).toEqual([1, 1]);
    expect(reader.countEvents({})).toEqual([{ count: 2 }]);
  });

  it('counts nothing twice when frames are given twice', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const batch = {
      nowMs: t0,
      frames: [
        frameOf(run, 0, { tracks: [update(track1, 0)], dropped: 3 }),
        frameOf(run, 1, { tracks: [update(track1, 1)], events: [crossing()] }),
      ],
    };
    expect(writer.commit(batch)).toMatchObject({ accepted: 2, skipped: 0, events: [{ id: 'e1' }] });
    expect(writer.commit(batch)).toEqual({ accepted: 0, skipped: 2, events: [], stills: [], firings: [] });
    const overlapping = [...batch.frames, frameOf(run, 2, { tracks: [update(track1, 2)] })];
    expect(writer.commit({ nowMs: t0, frames: overlapping })).toMatchObject({ accepted: 1, skipped: 2 });
    expect(reader.trackPoints(track1)).toHaveLength(3);
    expect(reader.track(track1)?.points).toBe(3);
    expect(reader.countEvents({})).toEqual([{ count: 1 }]);
    expect(reader.coverage(dock, always)).toEqual([{ fromMs: t0, toMs: t0 + 201, frames: 3, dropped: 3 }]);
  });

  it('skips the frames that an earlier run had stored when a run resumes', () => {
    const { writer, reader } = openStore();
    const first = writer.beginRun(newRun({ live: false }));
    writer.commit({ nowMs: t0, frames: walk(first, 0, 9) });
    writer.endRun(first, 'crashed', t0);
    const resumeAfter = writer.lastRun(dock)?.progress;
    expect(resumeAfter).toEqual({ frame: 9, mediaTimeMs: 900, timeMs: t0 + 900 });
    if (!resumeAfter) return;
    const second = writer.beginRun(newRun({ live: false, resumeAfter }));
    expect(writer.lastRun(dock)).toMatchObject({ run: second, progress: resumeAfter });
    const again = [8, 9, 10].map((n) => frameOf(second, n, { tracks: [update(track2, n)] }));
    expect(writer.commit({ nowMs: t0, frames: again })).toMatchObject({ accepted: 1, skipped: 2 });
    expect(reader.coverage(dock, always)).toEqual([{ fromMs: t0, toMs: t0 + 1001, frames: 11, dropped: 0 }]);
  });

  it.each<[string, (run: Parameters<typeof frameOf>[0]) => FrameCommit]>([
    ['a frame of another camera', (run) => frameOf(run, 5, { camera: gate })],
    [
      'an event at an unknown shape',
      (run) => frameOf(run, 5, { events: [crossing({ shape: shapeId('no') })] }),
    ],
    [
      'an event of an unknown track',
      (run) => frameOf(run, 5, { events: [crossing({ trackId: trackId('no') })] }),
    ],
    [
      'a position that is not a number',
      (run) => frameOf(run, 5, { tracks: [update(track1, 5, boxAt(NaN))] }),
    ],
  ])('stores nothing of a batch with %s, and goes on as if it had not been', (_, bad) => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: walk(run, 0, 2) });
    expect(() => writer.commit({ nowMs: t0, frames: [...walk(run, 3, 4), bad(run)] })).toThrow();
    expect(reader.track(track1)?.points).toBe(3);
    expect(writer.commit({ nowMs: t0, frames: walk(run, 3, 4) })).toMatchObject({ accepted: 2 });
    expect(reader.trackPoints(track1).map(({ timeMs }) => timeMs - t0)).toEqual([0, 100, 200, 300, 400]);
    expect(reader.coverage(dock, always)).toMatchObject([{ frames: 5 }]);
  });

  it('keeps what a track was: label, times, number of points, best confidence, end', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const point = { timeMs: t0 + 0.4, box: boxAt(0.1), confidence: 0.9 };
    const later = { timeMs: t0 + 250.6, box: boxAt(0.2), confidence: 0.4 };
    writer.commit({
      nowMs: t0,
      frames: [
        frameOf(run, 0, { tracks: [{ trackId: track1, label: 'dog', points: [point] }] }),
        frameOf(run, 1, { tracks: [{ trackId: track1, label: 'cat', points: [later] }] }),
      ],
    });
    const expected = {
      id: track1,
      run,
      camera: dock,
      label: 'cat',
      firstMs: t0,
      lastMs: t0 + 251,
      points: 2,
      maxConfidence: 0.9,
      moved: expect.closeTo(1) as number,
      stillSinceMs: t0 + 251,
      ended: false,
    };
    expect(reader.track(track1)).toEqual(expected);
    writer.commit({ nowMs: t0, frames: [frameOf(run, 2, { ended: [track1, track2] })] });
    expect(reader.track(track1)).toEqual({ ...expected, ended: true });
    expect(reader.track(track2)).toBeUndefined();
  });

  it('drops a point that is not later than the last of its track', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: walk(run, 0, 5) });
    writer.commit({
      nowMs: t0,
      frames: [frameOf(run, 6, { tracks: [update(track1, 5), update(track1, 2)] })],
    });
    expect(reader.trackPoints(track1)).toHaveLength(6);
  });

  it('takes frames of several runs in one batch', () => {
    const { writer, reader } = openStore();
    const a = writer.beginRun(newRun());
    const b = writer.beginRun(newRun({ camera: gate }));
    writer.commit({ nowMs: t0, frames: [frameOf(a, 0), frameOf(b, 7, { camera: gate }), frameOf(a, 1)] });
    expect(reader.latestRuns().map(({ camera, progress }) => [camera, progress?.frame])).toEqual([
      ['dock', 1],
      ['gate', 7],
    ]);
  });

  it('joins stills to events and tracks, and keeps one still per moment', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const still = { camera: dock, timeMs: t0, path: 'a.jpg', width: 640, height: 480, bytes: 999 };
    const first = writer.commit({ nowMs: t0, frames: walk(run, 0, 1), stills: [still] });
    expect(first.stills).toEqual(['s1']);
    const [stillId] = first.stills;
    if (!stillId) return;
    const { events } = writer.commit({
      nowMs: t0,
      frames: [frameOf(run, 2, { events: [crossing({ still: stillId }), crossing()] })],
    });
    expect(events.map(({ id }) => reader.event(id)?.still)).toEqual(['s1', undefined]);
    const second = writer.commit({
      nowMs: t0,
      frames: [],
      stills: [{ ...still, bytes: 1000, bestOf: [track1], events: events.map(({ id }) => id) }],
    });
    expect(second.stills).toEqual(['s1']);
    expect(reader.still(stillId)).toEqual({ ...still, id: 's1', bytes: 1000 });
    expect(reader.track(track1)?.bestStill).toBe('s1');
    expect(events.map(({ id }) => reader.event(id)?.still)).toEqual(['s1', 's1']);
  });
});

describe('a run', () => {
  it('ends with its tracks and the last events, and takes no frame after that', () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun({ live: false }));
    writer.commit({ nowMs: t0 + 1, frames: walk(run, 0, 3) });
    expect(writer.lastRun(dock)).toMatchObject({ finished: false, updatedMs: t0 + 1 });
    const exit = {
      camera: dock,
      shape: shapeId('bay'),
      type: 'exit',
      trackId: track1,
      label: 'person',
    } as const;
    const events = [{ ...exit, timeMs: t0, durationMs: 100.4, box: boxAt(0), confidence: 1 }];
    expect(writer.endRun(run, 'finished', t0 + 9, events)).toEqual(['e1']);
    expect(reader.event('e1' as never)).toMatchObject({ type: 'exit', durationMs: 100 });
    expect(reader.track(track1)?.ended).toBe(true);
    expect(writer.lastRun(dock)).toMatchObject({
      finished: true,
      ended: { atMs: t0 + 9, reason: 'finished' },
    });
    expect(writer.endRun(run, 'failed', t0 + 10, events)).toEqual([]);
    expect(writer.commit({ nowMs: t0, frames: walk(run, 4, 5) })).toMatchObject({ accepted: 0, skipped: 2 });
    expect(writer.lastRun(dock)).toMatchObject({ finished: true, progress: { frame: 3 } });
  });

  it('has a number that is never given again', () => {
    const { writer } = openStore();
    const first = writer.beginRun(newRun());
    writer.endRun(first, 'stopped', t0);
    const second = writer.beginRun(newRun());
    writer.forgetBefore(dock, second);
    expect(second).toBeGreaterThan(first);
    expect(writer.beginRun(newRun())).toBeGreaterThan(second);
  });

  it('is not begun for a camera that the store was not told of', () => {
    const { writer } = openStore();
    expect(() => writer.beginRun(newRun({ camera: cameraId('attic') }))).toThrow(/attic/);
    expect(writer.lastRun(cameraId('attic'))).toBeUndefined();
  });
});

describe('closeDangling', () => {
  it('ends what the last writer left open at the last thing stored, and nothing else', () => {
    const { folder, writer, reader } = openStore();
    const done = writer.beginRun(newRun({ camera: gate }));
    writer.endRun(done, 'stopped', t0 + 7);
    const left = writer.beginRun(newRun());
    writer.commit({ nowMs: t0 + 12_345, frames: walk(left, 0, 150) });
    writer.close();

    const next = openWriter(folder, { nowMs: t0 });
    const own = next.beginRun(newRun({ camera: gate }));
    expect(next.closeDangling()).toEqual([left]);
    expect(next.closeDangling()).toEqual([]);
    expect(next.lastRun(dock)).toMatchObject({
      ended: { atMs: t0 + 12_345, reason: 'crashed' },
      finished: false,
    });
    expect(next.lastRun(gate)).toMatchObject({ run: own });
    expect(next.lastRun(gate)?.ended).toBeUndefined();
    expect(reader.track(track1)).toMatchObject({ ended: true, lastMs: t0 + 15_000, points: 151 });
    next.close();
  });
});

describe('forgetBefore', () => {
  it('leaves nothing that earlier runs of the camera saw, all of the others, and says which pictures to delete', async () => {
    const { folder, writer, reader } = openStore();
    const stillOf = (id: typeof dock, path: string) => ({
      camera: id,
      timeMs: t0,
      path,
      width: 1,
      height: 1,
      bytes: 1,
    });
    const runs = [dock, gate].map((id) => {
      const run = writer.beginRun(newRun({ camera: id }));
      const track = trackId(`${id}-x`);
      const batch = writer.commit({
        nowMs: t0,
        frames: [
          frameOf(run, 0, {
            camera: id,
            tracks: [update(track, 0)],
            events: [crossing({ camera: id, trackId: track })],
          }),
        ],
        stills: [{ ...stillOf(id, `${id}/1.jpg`), bestOf: [track] }],
      });
      writer.commit({
        nowMs: t0,
        frames: [],
        stills: [{ ...stillOf(id, `${id}/1.jpg`), events: batch.events.map((e) => e.id) }],
      });
      return run;
    });
    for (const run of runs) writer.endRun(run, 'finished', t0);
    const next = writer.beginRun(newRun());
    expect(writer.forgetBefore(dock, next)).toEqual({ runs: 1, stills: ['dock/1.jpg'] });
    expect(reader.track(trackId('dock-x'))).toBeUndefined();
    expect(await tracksAt(reader, dock)).toEqual([]);
    expect(reader.span(dock)).toBeUndefined();
    expect(reader.nearestStill(dock, t0)).toBeUndefined();
    expect(reader.latestRuns().map(({ camera, run }) => [camera, run])).toEqual([
      [dock, next],
      [gate, runs[1]],
    ]);
    expect(reader.countEvents({}, ['camera'])).toEqual([{ camera: 'gate', count: 1 }]);
    expect(await tracksAt(reader, gate)).toHaveLength(1);
    expect(reader.nearestStill(gate, t0)?.path).toBe('gate/1.jpg');
    expect(reader.shapes(dock)).toHaveLength(2);
    const db = new Database(databasePath(folder), { readonly: true });
    onTestFinished(() => void db.close());
    const rows = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    expect([rows('tracks'), rows('segments'), rows('segment_extents')]).toEqual([1, 1, 1]);
    expect(db.pragma('foreign_key_check')).toEqual([]);
  });

  it('keeps what the run itself has stored', () => {
    const { writer, reader } = openStore();
    const first = writer.beginRun(newRun({ live: false }));
    writer.endRun(first, 'finished', t0);
    const run = writer.beginRun(newRun({ live: false, startedAtMs: t0 + 1 }));
    writer.commit({ nowMs: t0, frames: walk(run, 0, 20) });
    writer.forgetBefore(dock, run);
    expect(reader.trackPoints(track1)).toHaveLength(21);
    expect(reader.coverage(dock, always)).toMatchObject([{ frames: 21 }]);
    expect(reader.latestRuns()).toMatchObject([{ run }]);
  });
});

describe('a writer', () => {
  it('leaves one file for the data when it is closed, which a reader opens', () => {
    const folder = temporaryFolder();
    const writer = openWriter(folder, { nowMs: t0 });
    writer.syncCameras([camera()], t0);
    writer.close();
    writer.close();
    expect(readdirSync(folder).sort()).toEqual(['argus.db', 'argus.lock']);
    const reader = openReader(folder);
    expect(reader.camera(dock)).toMatchObject({ name: 'Camera dock', createdMs: t0 });
    reader.close();
  });

  it('knows after a restart what was stored before', () => {
    const { folder, writer } = openStore();
    writer.endRun(writer.beginRun(newRun()), 'stopped', t0);
    writer.close();
    const next = openWriter(folder, { nowMs: t0 });
    const run = next.beginRun(newRun());
    const frames = [frameOf(run, 0, { tracks: [update(track1, 0)], events: [crossing({ shape: line.id })] })];
    expect(next.commit({ nowMs: t0, frames }).events).toMatchObject([{ id: 'e1' }]);
    next.close();
  });
});
