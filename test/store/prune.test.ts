import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trackId } from '../../src/domain/ids.ts';
import { databasePath } from '../../src/store/database.ts';
import type { PruneRequest } from '../../src/store/prune.ts';
import type { FrameCommit } from '../../src/store/types.ts';
import type { Writer } from '../../src/store/writer.ts';
import {
  crossing,
  dock,
  frameOf,
  gate,
  newRun,
  openStore,
  t0,
  track1,
  tracksAt,
  update,
  walk,
  zigzag,
} from './fixture.ts';

const hourMs = 3_600_000;
const always = { fromMs: 0, toMs: t0 * 2 };

/** Calls until there is no more to do. */
function pruneAll(writer: Writer, request: Omit<PruneRequest, 'budgetMs'>, budgetMs = 0): string[] {
  const paths: string[] = [];
  for (;;) {
    const { stills, more } = writer.prune({ ...request, budgetMs });
    paths.push(...stills);
    if (!more) return paths;
  }
}

/** An hour each: a run of its own with tracks of a minute, each with an event and a still. */
function watchHours(writer: Writer, hours: number, tracksPerHour = 10): void {
  for (let hour = 0; hour < hours; hour++) {
    const run = writer.beginRun(newRun({ startedAtMs: t0 + hour * hourMs }));
    for (let n = 0; n < tracksPerHour; n++) {
      const id = trackId(`h${hour}-${n}`);
      const fromMs = t0 + hour * hourMs + n * 60_000;
      const points = Array.from({ length: 100 }, (_, k) => ({
        timeMs: fromMs + k * 500,
        box: zigzag(k),
        confidence: 0.5,
      }));
      const frames: FrameCommit[] = points.map((point, k) =>
        frameOf(run, n * 100 + k, {
          timeMs: point.timeMs,
          tracks: [{ trackId: id, label: 'person', points: [point] }],
          ended: k === 99 ? [id] : [],
          events: k === 50 ? [crossing({ trackId: id, timeMs: point.timeMs })] : [],
        }),
      );
      const { events } = writer.commit({ nowMs: fromMs + 49_500, frames });
      const still = { camera: dock, timeMs: fromMs, path: `${id}.jpg`, width: 1, height: 1, bytes: 50_000 };
      writer.commit({
        nowMs: fromMs,
        frames: [],
        stills: [{ ...still, bestOf: [id], events: events.map((event) => event.id) }],
      });
    }
    writer.endRun(run, 'stopped', t0 + hour * hourMs + tracksPerHour * 60_000);
  }
}

/** What refers to nothing, and what SQLite itself finds wrong. */
function faults(folder: string): unknown[] {
  const db = new Database(databasePath(folder), { readonly: true });
  const count = (condition: string) => db.prepare(`SELECT count(*) FROM ${condition}`).pluck().get();
  const found = [
    db.pragma('integrity_check', { simple: true }),
    db.pragma('foreign_key_check'),
    db.prepare("SELECT rtreecheck('segment_extents')").pluck().get(),
    count('segments WHERE number >> 20 NOT IN (SELECT number FROM tracks)'),
    count('segments WHERE number NOT IN (SELECT segment FROM segment_extents)'),
    count('segment_extents WHERE segment NOT IN (SELECT number FROM segments)'),
    count('tracks WHERE number NOT IN (SELECT number >> 20 FROM segments)'),
    count('tracks WHERE run NOT IN (SELECT number FROM runs)'),
    count('events WHERE track NOT IN (SELECT number FROM tracks)'),
    db.prepare('SELECT bytes - (SELECT coalesce(sum(bytes), 0) FROM stills) FROM still_bytes').pluck().get(),
  ];
  db.close();
  return found;
}
const none = ['ok', [], 'ok', 0, 0, 0, 0, 0, 0, 0];

describe('prune by age', () => {
  it('leaves exactly what is not wholly older, whatever the moment and however small the slices', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -10, max: 200 }),
        fc.constantFrom(0, 5),
        async (minutes, budgetMs) => {
          const { folder, writer, reader } = openStore();
          watchHours(writer, 3, 3);
          const tracks = () => tracksAt(reader, dock);
          const before = await tracks();
          const olderThanMs = t0 + minutes * 60_000 + 20_000;
          const stills = pruneAll(writer, { olderThanMs }, budgetMs);
          const left = before.filter(({ lastMs }) => lastMs >= olderThanMs);
          expect((await tracks()).map(({ id }) => id)).toEqual(left.map(({ id }) => id));
          for (const { id, firstMs, lastMs } of await tracks()) {
            const points = reader.trackPoints(id);
            expect(points[0]?.timeMs).toBe(firstMs);
            expect(points.at(-1)?.timeMs).toBe(lastMs);
          }
          const events = reader.events({}, { limit: 100 }).events;
          expect(events.every(({ timeMs }) => timeMs >= olderThanMs)).toBe(true);
          expect(events).toHaveLength(before.filter(({ firstMs }) => firstMs + 25_000 >= olderThanMs).length);
          expect(stills).toHaveLength(before.filter(({ firstMs }) => firstMs < olderThanMs).length);
          const covered = reader.coverage(dock, always);
          expect(covered.every(({ fromMs }) => fromMs >= olderThanMs)).toBe(true);
          // How far a file was read is still known.
          expect(reader.latestRuns()).toHaveLength(1);
          expect(faults(folder)).toEqual(none);
          reader.close();
          writer.close();
        },
      ),
      { numRuns: 15 },
    );
  });

  it('no longer tells of a time as watched once it begins to delete it', () => {
    const { writer, reader } = openStore();
    watchHours(writer, 3);
    for (const hours of [1, 2]) {
      const olderThanMs = t0 + hours * hourMs;
      let more = true;
      while (more) {
        const had = reader.events({}, { limit: 100 }).events.length;
        ({ more } = writer.prune({ olderThanMs, budgetMs: 0 }));
        const deleted = had - reader.events({}, { limit: 100 }).events.length;
        if (deleted > 0) expect(reader.coverage(dock, { fromMs: t0, toMs: olderThanMs })).toEqual([]);
      }
      expect(reader.events({}, { limit: 100 }).events).toHaveLength((3 - hours) * 10);
    }
  });

  it('cuts off the beginning of a track that goes on, which is still written to', () => {
    const { folder, writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0 + 300_000, frames: walk(run, 0, 3000) });
    pruneAll(writer, { olderThanMs: t0 + 200_000 });
    const [first] = reader.trackPoints(track1);
    expect(first?.timeMs).toBeGreaterThan(t0 + 180_000);
    expect(first?.timeMs).toBeLessThanOrEqual(t0 + 200_000);
    expect(reader.track(track1)).toMatchObject({ firstMs: first?.timeMs, lastMs: t0 + 300_000 });
    // Even when all of it is older: whoever is seen right now stays.
    pruneAll(writer, { olderThanMs: t0 + 10 * hourMs });
    writer.commit({ nowMs: t0 + 301_000, frames: walk(run, 3001, 3010) });
    const points = reader.trackPoints(track1);
    expect(points.at(-1)?.timeMs).toBe(t0 + 301_000);
    expect(reader.boxesAt(dock, t0 + 300_950, 0)).toHaveLength(1);
    expect(faults(folder)).toEqual(none);
  });

  it('takes a recording of long ago for as old as its reading', () => {
    const { writer, reader } = openStore();
    const readMs = t0 + 1000 * hourMs;
    const run = writer.beginRun(newRun({ live: false, startedAtMs: readMs }));
    writer.commit({ nowMs: readMs, frames: walk(run, 0, 3000) });
    writer.endRun(run, 'finished', readMs);
    pruneAll(writer, { olderThanMs: readMs - hourMs });
    expect(reader.trackPoints(track1)).toHaveLength(3001);
    pruneAll(writer, { olderThanMs: readMs + 1 });
    expect(reader.trackPoints(track1)).toEqual([]);
    // How far it was read is still known, so that it is not read again.
    expect(reader.latestRuns()).toMatchObject([{ run, finished: true }]);
  });

  it('does not touch another camera, or anything when nothing is older', () => {
    const { folder, writer, reader } = openStore();
    const run = writer.beginRun(newRun({ camera: gate }));
    const frames = [frameOf(run, 0, { camera: gate, tracks: [update(track1, 0)] })];
    writer.commit({ nowMs: t0, frames });
    writer.endRun(run, 'finished', t0);
    watchHours(writer, 1);
    expect(writer.prune({ olderThanMs: t0 - 1, budgetMs: 1000 })).toEqual({
      stills: [],
      appearances: 0,
      more: false,
    });
    expect(writer.prune({ budgetMs: 1000 })).toEqual({ stills: [], appearances: 0, more: false });
    expect(reader.trackPoints(track1)).toHaveLength(1);
    expect(reader.countEvents({})).toEqual([{ count: 10 }]);
    expect(faults(folder)).toEqual(none);
  });
});

describe('prune by size', () => {
  it('deletes the oldest until the rest fits, says which stills, and hands the space back', () => {
    const { folder, writer, reader } = openStore();
    watchHours(writer, 40);
    const size = () => {
      const db = new Database(databasePath(folder));
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
      return statSync(databasePath(folder)).size;
    };
    const before = size();
    const total = before + 400 * 50_000;
    const stills = pruneAll(writer, { maxBytes: total / 2 }, 5);
    expect(stills[0]).toBe('h0-0.jpg');
    const left = 400 - stills.length;
    expect(size() + left * 50_000).toBeLessThanOrEqual(total / 2 + 32 * 4096);
    expect(size()).toBeLessThan(0.75 * before);
    // Not much more than needed.
    expect(left).toBeGreaterThan(150);
    expect(reader.track(trackId('h0-0'))).toBeUndefined();
    expect(reader.track(trackId('h39-9'))).toBeDefined();
    expect(faults(folder)).toEqual(none);
  });

  it('never deletes the last hour, however little room there is', () => {
    const { folder, writer, reader } = openStore();
    watchHours(writer, 3);
    pruneAll(writer, { maxBytes: 1 });
    expect(reader.track(trackId('h2-9'))).toBeDefined();
    expect(reader.track(trackId('h0-0'))).toBeUndefined();
    expect(faults(folder)).toEqual(none);
  });
});
