// What the store is compared with: a plain table with one row a detection.
import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Interval } from '../src/domain/time.ts';
import type { TrackPoint } from '../src/domain/track.ts';
import type { Batch } from './storeWorld.ts';

export type Rows = ReturnType<typeof openRows>;

/** One row a detection, indexed by camera and time. */
export function openRows(path: string) {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(`CREATE TABLE points (camera INTEGER, track INTEGER, time_ms INTEGER, x1 REAL, y1 REAL, x2 REAL, y2 REAL,
    confidence REAL) STRICT; CREATE INDEX points_by_time ON points (camera, time_ms)`);
  const insert = db.prepare('INSERT INTO points VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const select = db.prepare<[number, number, number], Omit<Row, 'box'>>(
    `SELECT track, time_ms AS timeMs, x1, y1, x2, y2, confidence FROM points
     WHERE camera = ? AND time_ms >= ? AND time_ms < ? ORDER BY time_ms`,
  );
  return {
    write: (batch: Batch) =>
      db.transaction(() => {
        for (const { run, record } of batch.frames)
          for (const { trackId: id, points } of record.tracks)
            for (const { timeMs, box, confidence } of points)
              insert.run(
                run,
                Number(id.slice(id.lastIndexOf('-') + 1)),
                timeMs,
                box.x1,
                box.y1,
                box.x2,
                box.y2,
                confidence,
              );
      })(),
    /** Points of each track of the camera. */
    tracks: (camera: number, { fromMs, toMs }: Interval) => {
      const tracks = new Map<number, TrackPoint[]>();
      for (const { track, timeMs, confidence, ...box } of select.iterate(camera, fromMs, toMs)) {
        const points = tracks.get(track);
        if (points) points.push({ timeMs, box, confidence });
        else tracks.set(track, [{ timeMs, box, confidence }]);
      }
      return tracks;
    },
    bytes: () => {
      db.pragma('wal_checkpoint(TRUNCATE)');
      return statSync(path).size;
    },
    close: () => db.close(),
  };
}

interface Row {
  track: number;
  timeMs: number;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  confidence: number;
}
