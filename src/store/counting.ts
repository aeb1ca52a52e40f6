import { clipCoverage, type CoveredInterval } from '../domain/coverage.ts';
import { runId, trackId, type RunId, type ShapeId } from '../domain/ids.ts';
import type { Statements } from './statements.ts';
import type { StoredTrack } from './types.ts';

/**
 * What was counted live at the latest definition of a shape: all of the runs that began with it, and of a run in whose
 * middle it was defined the tracks that came after.
 */
export interface Counting {
  /** Whether the event engine looked at the track at this shape. */
  isCounted(track: Pick<StoredTrack, 'id' | 'run' | 'lastMs'>): boolean;
  /** What of an interval of a run's coverage was counted. */
  counted(run: RunId, interval: CoveredInterval): CoveredInterval | undefined;
  /** UTC ms one past the last sight of those who were in view when it was defined: until then not all is counted. */
  readonly lateUntilMs?: number;
}

interface Definition {
  number: number;
  run: number | null;
  after_ms: number | null;
}

/** Undefined where there never was such a shape. */
export function countingAt(sql: Statements, camera: number, shape: ShapeId): Counting | undefined {
  const definition = sql.one<Definition>(
    `SELECT number, run, after_ms FROM shapes WHERE number =
       (SELECT max(number) FROM shapes WHERE camera = :camera AND id = :shape)`,
    { camera, shape },
  );
  if (!definition) return undefined;
  const { number, run, after_ms: afterMs } = definition;
  const runs = new Set(
    sql
      .all<{ number: number }>(
        `SELECT runs.number FROM runs JOIN shapes ON shapes.number = :number WHERE runs.camera = :camera
           AND CASE WHEN run IS NULL THEN runs.started_ms >= defined_ms ELSE runs.number >= run END
           AND (retired_ms IS NULL OR runs.started_ms < retired_ms)`,
        { camera, number },
      )
      .map((row) => runId(row.number)),
  );
  const early = sql.all<{ id: string; last_ms: number }>(
    `SELECT id, last_ms FROM shape_early_tracks JOIN tracks ON tracks.number = track WHERE shape = :number`,
    { number },
  );
  const earlyIds = new Set(early.map(({ id }) => trackId(id)));
  const isMiddle = (of: RunId) => of === run && afterMs !== null;
  return {
    isCounted: (track) =>
      runs.has(track.run) &&
      !(isMiddle(track.run) && (earlyIds.has(track.id) || track.lastMs <= (afterMs ?? -Infinity))),
    counted: (of, interval) => {
      if (!runs.has(of)) return undefined;
      if (!isMiddle(of)) return interval;
      return clipCoverage(interval, { fromMs: (afterMs ?? -Infinity) + 1, toMs: interval.toMs });
    },
    ...(early.length > 0 && { lateUntilMs: Math.max(...early.map(({ last_ms }) => last_ms)) + 1 }),
  };
}
