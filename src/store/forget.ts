import type { TrackId } from '../domain/ids.ts';
import type { Connection } from './database.ts';

/* Deleting what somebody wants forgotten; for use within a transaction. The files of the stills are for the caller to
 * delete. */

/** All that runs of the camera before the given one have seen. Returns how many runs that were, and paths of stills. */
export function forgetRunsBefore(
  db: Connection,
  camera: number,
  run: number,
): { readonly runs: number; readonly stills: readonly string[] } {
  const stills = db
    .prepare<[number], { path: string }>('SELECT path FROM stills WHERE camera = ?')
    .all(camera);
  const tracks = '(SELECT number FROM tracks WHERE camera = ? AND run < ?)';
  // Children first: nothing is left then for foreign keys to search row by row.
  db.prepare(`DELETE FROM events WHERE track IN ${tracks}`).run(camera, run);
  db.prepare('DELETE FROM tracks WHERE camera = ? AND run < ?').run(camera, run);
  // Those of nobody as well; the run has found none so far.
  db.prepare('DELETE FROM firings WHERE camera = ?').run(camera);
  db.prepare('DELETE FROM coverage WHERE camera = ? AND run < ?').run(camera, run);
  const { changes: runs } = db.prepare('DELETE FROM runs WHERE camera = ? AND number < ?').run(camera, run);
  db.prepare('DELETE FROM stills WHERE camera = ?').run(camera);
  return { runs, stills: stills.map(({ path }) => path) };
}

/**
 * Those of the tracks that have ended, what is theirs, and every still of their camera from the time they were in view.
 * Returns how many there were, and paths of stills.
 */
export function forgetEndedTracks(
  db: Connection,
  ids: readonly TrackId[],
): { readonly tracks: number; readonly stills: readonly string[] } {
  const tracks = db
    .prepare<[string], { number: number; camera: number; first_ms: number; last_ms: number }>(
      `SELECT number, camera, first_ms, last_ms FROM tracks
         WHERE id IN (SELECT value FROM json_each(?)) AND ended = 1`,
    )
    .all(JSON.stringify(ids));
  const stills = tracks.flatMap(({ camera, first_ms, last_ms }) =>
    db
      .prepare<[number, number, number], { path: string }>(
        'DELETE FROM stills WHERE camera = ? AND time_ms BETWEEN ? AND ? RETURNING path',
      )
      .all(camera, first_ms, last_ms),
  );
  for (const { number } of tracks) db.prepare('DELETE FROM tracks WHERE number = ?').run(number);
  return { tracks: tracks.length, stills: stills.map(({ path }) => path) };
}
