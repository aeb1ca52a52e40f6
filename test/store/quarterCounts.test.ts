import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { trackId } from '../../src/domain/ids.ts';
import { databasePath } from '../../src/store/database.ts';
import type { FrameCommit } from '../../src/store/types.ts';
import { camera, crossing, dock, frameOf, newRun, openStore, t0, zigzag } from './fixture.ts';

const quarterMs = 900_000;
const trackMs = 60_000;

/** What is counted by quarters, and the same counted anew. */
function counts(folder: string) {
  const db = new Database(databasePath(folder), { readonly: true });
  const rows = (text: string) => db.prepare(text).raw().all();
  const told = {
    events: rows(
      'SELECT shape, type, quarter, direction, label, count FROM event_quarters ORDER BY 1, 2, 3, 4, 5',
    ),
    tracks: rows('SELECT camera, quarter, label, count FROM track_quarters ORDER BY 1, 2, 3'),
  };
  const anew = {
    events: rows(
      `SELECT shape, type, time_ms / 900000, coalesce(direction, ''), label, count(*) FROM events
       GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
    ),
    tracks: rows(
      'SELECT camera, first_ms / 900000, label, count(*) FROM tracks GROUP BY 1, 2, 3 ORDER BY 1, 2, 3',
    ),
  };
  db.close();
  return { told, anew };
}

it('counts by quarters follow what is stored, renamed, cut off for its age and forgotten', () => {
  const { writer, folder } = openStore();
  writer.syncCameras([camera(dock)], t0);
  const run = writer.beginRun(newRun({ startedAtMs: t0 }));
  const ids = Array.from({ length: 40 }, (_, n) => trackId(`dock-1-${n}`));
  const frames = ids.flatMap((id, n): FrameCommit[] => {
    const fromMs = t0 + n * 2 * trackMs;
    const at = (k: number, label: string, rest: Partial<Parameters<typeof frameOf>[2]> = {}) => {
      const timeMs = fromMs + (k * trackMs) / 100;
      const points = [{ timeMs, box: zigzag(k), confidence: 0.5 }];
      return frameOf(run, n * 100 + k, { timeMs, tracks: [{ trackId: id, label, points }], ...rest });
    };
    const first = Array.from({ length: 99 }, (_, k) => at(k, 'person'));
    const timeMs = fromMs + trackMs / 2;
    // Every fourth turns out to be something else at its end.
    const last = at(99, n % 4 === 0 ? 'dog' : 'person', {
      ended: [id],
      events: [
        crossing({ trackId: id, timeMs }),
        crossing({ trackId: id, timeMs: timeMs + 1, direction: 'backward' }),
      ],
    });
    return [...first, last];
  });
  writer.commit({ nowMs: t0, frames });
  writer.flush();
  const full = counts(folder);
  expect(full.told).toEqual(full.anew);
  expect(full.told.tracks.length).toBeGreaterThan(4);
  expect(full.told.events.length).toBeGreaterThan(4);

  writer.forgetTracks(ids.slice(10, 14));
  const fewer = counts(folder);
  expect(fewer.told).toEqual(fewer.anew);
  expect(fewer.told).not.toEqual(full.told);

  // In the middle of a track, so that its beginning moves into the next quarter.
  const olderThanMs = Math.ceil(t0 / quarterMs + 1) * quarterMs + trackMs / 2;
  while (writer.prune({ olderThanMs, budgetMs: 1000 }).more);
  const younger = counts(folder);
  expect(younger.told).toEqual(younger.anew);
  expect(younger.told).not.toEqual(fewer.told);
});
