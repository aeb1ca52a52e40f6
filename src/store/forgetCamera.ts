import type { CameraId } from '../domain/ids.ts';
import type { Connection } from './database.ts';

/** How much of a camera there is, or was. */
export interface CameraHoldings {
  readonly runs: number;
  readonly tracks: number;
  readonly events: number;
  readonly stills: number;
  readonly watches: number;
}

/** What is stored of a camera; undefined where there is no such camera. */
export function cameraHoldings(db: Connection, camera: CameraId): CameraHoldings | undefined {
  const row = db.prepare<[string], { number: number }>('SELECT number FROM cameras WHERE id = ?').get(camera);
  if (!row) return undefined;
  const count = (table: string) =>
    db.prepare<[number], { n: number }>(`SELECT count(*) AS n FROM ${table} WHERE camera = ?`).get(row.number)
      ?.n ?? 0;
  const [runs, tracks, events] = [count('runs'), count('tracks'), count('events')];
  return { runs, tracks, events, stills: count('stills'), watches: count('watches') };
}

/** Children first, so that nothing is left for foreign keys to search row by row. */
const tables = [
  'firings',
  'watches',
  'events',
  'tracks',
  'coverage',
  'runs',
  'stills',
  'shapes',
  'anomaly_feedback',
  'anomaly_notes',
];

/** Deletes a camera with all that is stored of it; for use within a transaction. Returns the paths of its stills, for the caller to delete. */
export function forgetCameraRows(db: Connection, camera: CameraId): readonly string[] {
  const row = db.prepare<[string], { number: number }>('SELECT number FROM cameras WHERE id = ?').get(camera);
  if (!row) return [];
  const stills = db
    .prepare<[number], { path: string }>('SELECT path FROM stills WHERE camera = ?')
    .all(row.number);
  for (const table of tables) db.prepare(`DELETE FROM ${table} WHERE camera = ?`).run(row.number);
  db.prepare('DELETE FROM links WHERE from_camera = ? OR to_camera = ?').run(row.number, row.number);
  db.prepare('DELETE FROM cameras WHERE number = ?').run(row.number);
  return stills.map(({ path }) => path);
}
