import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Appearance } from '../../src/domain/appearance.ts';
import { similarityOf } from '../../src/domain/appearance.ts';
import { trackId } from '../../src/domain/ids.ts';
import { openForReading } from '../../src/store/database.ts';
import { openReader } from '../../src/store/reader.ts';
import { openWriter } from '../../src/store/writer.ts';
import {
  complaintOf,
  dock,
  frameOf,
  gate,
  newRun,
  openStore,
  t0,
  track1,
  track2,
  update,
  walk,
  type Store,
} from './fixture.ts';

const [first, second] = [track1, track2];

/** A vector that cannot be missed among the bytes of a file. */
const vector = Float32Array.from([0.6, 0.8, 0, 0]);
const seen = (change: Partial<Appearance> = {}): Appearance => ({
  camera: dock,
  trackId: first,
  timeMs: t0 + 100,
  descriptor: 'person-reid-0287',
  vector,
  quality: 0.5,
  ...change,
});

/** Two tracks that have ended, of which the first was looked at. */
function storeOfTwo(appearances: readonly Appearance[] = [seen()]): Store {
  const store = openStore();
  const { writer } = store;
  const run = writer.beginRun(newRun());
  const tracksAt = (frame: number) => [update(first, frame), update(second, frame)];
  const frames = [0, 1].map((frame) => frameOf(run, frame, { tracks: tracksAt(frame) }));
  writer.commit({ nowMs: t0, frames });
  writer.commit({
    nowMs: t0,
    frames: [frameOf(run, 2, { ended: [first, second] })],
    appearances,
    stills: [
      { camera: dock, timeMs: t0 + 100, path: 'dock/1.jpg', width: 4, height: 3, bytes: 9, bestOf: [first] },
    ],
  });
  return store;
}

describe('appearances', () => {
  test('come back as they were given', () => {
    const { reader } = storeOfTwo();
    expect(reader.appearances()).toEqual([seen()]);
    expect(similarityOf(reader.appearances()[0]?.vector ?? vector, vector)).toBeCloseTo(1);
  });

  test('are found by time, camera and track', () => {
    const { reader } = storeOfTwo([seen(), seen({ trackId: second, timeMs: t0 + 200 })]);
    const tracksOf = (filter: Parameters<typeof reader.appearances>[0]) =>
      reader.appearances(filter).map(({ trackId: id }) => id);
    expect(tracksOf({ fromMs: t0 + 200 })).toEqual([second]);
    expect(tracksOf({ toMs: t0 + 200 })).toEqual([first]);
    expect(tracksOf({ cameras: [gate] })).toEqual([]);
    expect(tracksOf({ cameras: [dock, gate] })).toEqual([first, second]);
    expect(tracksOf({ tracks: [second] })).toEqual([second]);
  });

  test('of a track that was never stored are not kept', () => {
    expect(storeOfTwo([seen({ trackId: trackId('dock-9-9') })]).reader.appearances()).toEqual([]);
  });

  test('that came while nothing else was worth writing are stored with the rest', () => {
    const { folder, writer } = openStore();
    writer.close();
    const held = openWriter(folder, { nowMs: t0, holdBackMs: 60_000 });
    const run = held.beginRun(newRun());
    held.commit({ nowMs: t0, frames: walk(run, 0, 0) });
    held.commit({ nowMs: t0, frames: walk(run, 1, 1), appearances: [seen()] });
    const reader = openReader(folder);
    expect(reader.appearances()).toEqual([]);
    held.close();
    expect(reader.appearances()).toEqual([seen()]);
    reader.close();
  });

  test('leave nothing in any file when they go, also where somebody was reading meanwhile', () => {
    const { folder, writer } = storeOfTwo();
    const reader = openForReading(folder);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM tracks').get();
    const prune = () => {
      while (writer.prune({ appearancesBeforeMs: t0 + 1000, budgetMs: 5 }).more);
    };
    const isLeft = () =>
      ['argus.db', 'argus.db-wal'].some((name) =>
        readFileSync(join(folder, name)).includes(Buffer.from(vector.buffer)),
      );
    prune();
    expect(isLeft()).toBe(true);
    reader.close();
    prune();
    expect(isLeft()).toBe(false);
  });

  test('go after their own time, and their tracks stay', () => {
    const { writer, reader } = storeOfTwo([seen(), seen({ timeMs: t0 + 5000 })]);
    while (writer.prune({ appearancesBeforeMs: t0 + 1000, budgetMs: 5 }).more);
    expect(reader.appearances().map(({ timeMs }) => timeMs)).toEqual([t0 + 5000]);
    expect(reader.track(first)).toBeDefined();
  });
});

describe('a correction', () => {
  test('is kept through a restart, and replaced by the next of the same two', () => {
    const { folder, writer } = storeOfTwo();
    writer.correct(second, first, true, t0 + 1);
    writer.correct(first, second, false, t0 + 2);
    writer.close();
    const again = openWriter(folder, { nowMs: t0 });
    const reader = openReader(folder);
    expect(reader.corrections()).toEqual([{ a: first, b: second, same: false, madeMs: t0 + 2 }]);
    reader.close();
    again.close();
  });

  test('of an unknown track, or of one alone, is refused', () => {
    const { writer } = storeOfTwo();
    expect(complaintOf(() => writer.correct(first, trackId('dock-1-9'), true, t0))).toMatch(
      /no track "dock-1-9"/,
    );
    expect(complaintOf(() => writer.correct(first, first, true, t0))).toMatch(/one track/);
  });
});

describe('forgetting a track', () => {
  test('leaves nothing of it: no vector in any file, no still, no correction', () => {
    const { folder, writer, reader } = storeOfTwo();
    writer.correct(first, second, true, t0);
    const bytes = Buffer.from(vector.buffer);
    const files = () =>
      ['argus.db', 'argus.db-wal']
        .map((name) => readFileSync(join(folder, name)))
        .map((file) => file.includes(bytes));
    expect(files()).toContain(true);

    expect(writer.forgetTracks([first])).toEqual({ tracks: 1, stills: ['dock/1.jpg'] });
    expect(files()).toEqual([false, false]);
    expect(reader.appearances()).toEqual([]);
    expect(reader.corrections()).toEqual([]);
    expect(reader.track(first)).toBeUndefined();
    expect(reader.trackPoints(first)).toEqual([]);
    expect(reader.nearestStill(dock, t0)).toBeUndefined();
    expect(reader.track(second)).toBeDefined();
  });

  test('is done at once while somebody reads, and leaves nothing once they do not', () => {
    const { folder, writer } = storeOfTwo();
    const reader = openForReading(folder);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM tracks').get();
    expect(writer.forgetTracks([first]).tracks).toBe(1);
    reader.close();
    writer.prune({ budgetMs: 5 });
    expect(readFileSync(join(folder, 'argus.db-wal')).length).toBe(0);
  });

  test('does not take one that is still seen', () => {
    const { writer } = openStore();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: walk(run, 0, 0) });
    expect(writer.forgetTracks([first])).toEqual({ tracks: 0, stills: [] });
  });
});
