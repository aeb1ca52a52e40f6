import Database from 'better-sqlite3';
import { createRandom } from '../../bench/anomaly/random.ts';
import type { LineDirection } from '../../src/domain/event.ts';
import { databasePath } from '../../src/store/database.ts';
import { dock, line, newRun, openStore, t0, zone, type Store } from '../store/fixture.ts';

/* Weeks before the dock's line and zone. Rows are put into the tables directly: frames of weeks would take minutes. */

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** A Monday, and as many days before it as are learnt from. */
export const monday = Date.UTC(2026, 10, 23);
export const daysBefore = 35;
export const weeksFromMs = monday - daysBefore * dayMs;

export interface Passage {
  readonly timeMs: number;
  readonly label?: string;
  /** Of a crossing of the line; else it is a visit of the zone. */
  readonly direction?: LineDirection;
  /** Of a visit. */
  readonly seconds?: number;
}

/** About 12 people an hour from 8 to 18 on weekdays, one in 20 of whom goes backward, and as many visits of half a minute. */
export function usualPassages(fromMs: number, toMs: number, seed = 7): Passage[] {
  const random = createRandom(seed);
  const passages: Passage[] = [];
  for (let hour = fromMs; hour < toMs; hour += hourMs) {
    const at = new Date(hour);
    const isBusy = at.getUTCHours() >= 8 && at.getUTCHours() < 18 && at.getUTCDay() % 6 !== 0;
    const rate = isBusy ? 12 : 0.1;
    for (let n = random.poisson(rate); n > 0; n--)
      passages.push({
        timeMs: hour + random.between(0, hourMs),
        direction: random.uniform() < 0.05 ? 'backward' : 'forward',
      });
    for (let n = random.poisson(rate); n > 0; n--)
      passages.push({
        timeMs: hour + random.between(0, hourMs),
        seconds: 30 * Math.exp(0.5 * random.normal()),
      });
  }
  return passages;
}

/** So many, one after the other within the hour. */
export const many = (count: number, fromMs: number, passage: Omit<Passage, 'timeMs'>): Passage[] =>
  Array.from({ length: count }, (_, n) => ({ ...passage, timeMs: fromMs + ((n + 0.5) / count) * hourMs }));

export interface Weeks extends Store {
  /** UTC ms, the end of what is watched. */
  readonly toMs: number;
}

/** The dock watched from `weeksFromMs` to `toMs`, but for `blind`, and what passed there. */
export function weeks(
  passages: readonly Passage[],
  {
    fromMs = weeksFromMs,
    toMs = monday + dayMs,
    blind = [],
  }: { fromMs?: number; toMs?: number; blind?: readonly { fromMs: number; toMs: number }[] } = {},
): Weeks {
  const store = openStore();
  const run = store.writer.beginRun(newRun({ startedAtMs: t0 + 1, mediaStartMs: fromMs }));
  store.writer.endRun(run, 'stopped', toMs);
  const db = new Database(databasePath(store.folder));
  const number = (text: string) => db.prepare(text).pluck().get() as number;
  const camera = number(`SELECT number FROM cameras WHERE id = '${dock}'`);
  const shapeOf = (id: string) =>
    number(`SELECT number FROM shapes WHERE camera = ${camera} AND id = '${id}'`);
  const [door, bay] = [shapeOf(line.id), shapeOf(zone.id)];
  const cover = db.prepare(
    `WITH RECURSIVE minutes (ms) AS (SELECT CAST(:fromMs AS INTEGER) UNION ALL
       SELECT ms + 60000 FROM minutes WHERE ms + 60000 < :toMs)
     INSERT INTO coverage (camera, run, from_ms, to_ms, frames, dropped)
       SELECT :camera, :run, ms, ms + 59801, 300, 0 FROM minutes`,
  );
  const uncover = db.prepare('DELETE FROM coverage WHERE from_ms >= ? AND from_ms < ?');
  const putTrack = db.prepare(
    `INSERT INTO tracks (number, id, run, camera, label, first_ms, last_ms, points, max_confidence, ended)
     VALUES (?, ?, ?, ?, ?, ?, ?, 50, 0.8, 1)`,
  );
  const putEvent = db.prepare(
    `INSERT INTO events (camera, shape, track, type, direction, label, time_ms, duration_ms, x1, y1, x2, y2, confidence)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0.4, 0.2, 0.5, 0.6, 0.8)`,
  );
  db.transaction(() => {
    cover.run({ camera, run, fromMs, toMs });
    for (const gap of blind) uncover.run(gap.fromMs, gap.toMs);
    for (const [n, { timeMs, label = 'person', direction, seconds = 5 }] of passages.entries()) {
      const [at, tookMs] = [Math.round(timeMs), Math.round(seconds * 1000)];
      const leftMs = at + tookMs;
      putTrack.run(n + 1, `dock-1-${n + 1}`, run, camera, label, at - 2000, leftMs);
      if (direction) putEvent.run(camera, door, n + 1, 'crossing', direction, label, at, null);
      else {
        putEvent.run(camera, bay, n + 1, 'enter', null, label, at, null);
        putEvent.run(camera, bay, n + 1, 'exit', null, label, leftMs, tookMs);
      }
    }
  })();
  db.close();
  return { ...store, toMs };
}
