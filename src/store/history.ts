import type { CoveredInterval } from '../domain/coverage.ts';
import type { AnomalyNote } from '../domain/anomaly.ts';
import { trackId, type CameraId, type TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import { selectNotes, selectVerdicts, type VerdictCount } from './anomalies.ts';
import {
  coverageQuarters,
  eventQuarters,
  inQuarters,
  openVisits,
  trackQuarters,
  visitEnds,
  type OpenVisit,
  type QuarterCount,
  type QuarterWatched,
  type VisitEnd,
} from './quarters.ts';
import type { Statements } from './statements.ts';
import type { StoredShape } from './types.ts';

/** Looked at of an hour. */
const picturesOfHour = 3;

/** What weeks were like, summed up: quick also where there were millions of points. Part of `Reader`. */
export class History {
  readonly #sql: Statements;
  readonly #cameraNumber: (id: CameraId) => number;
  readonly #coverage: (camera: CameraId, window: Interval) => CoveredInterval[];

  constructor(
    sql: Statements,
    cameraNumber: (id: CameraId) => number,
    coverage: (camera: CameraId, window: Interval) => CoveredInterval[],
  ) {
    this.#sql = sql;
    this.#cameraNumber = cameraNumber;
    this.#coverage = coverage;
  }

  /** Crossings of the line, or entries into the zone, as it is defined there. */
  events({ version, shape }: StoredShape, interval: Interval): QuarterCount[] {
    return eventQuarters(this.#sql, version, shape.kind === 'line' ? 'crossing' : 'enter', interval);
  }

  /** Tracks that began in the interval. */
  tracks(camera: CameraId, interval: Interval): QuarterCount[] {
    return trackQuarters(this.#sql, this.#cameraNumber(camera), interval);
  }

  /** How long of each quarter of an hour the camera was watched. */
  watched(camera: CameraId, interval: Interval): QuarterWatched[] {
    const { first, end, edges } = inQuarters(interval);
    const rest = edges.map((edge) => ({
      startMs: edge.fromMs,
      watchedMs: this.#coverage(camera, edge).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0),
    }));
    return [...coverageQuarters(this.#sql, this.#cameraNumber(camera), first, end), ...rest];
  }

  /** Visits of the zone by one class that ended in the interval, in order of time. */
  visits({ version }: StoredShape, label: string, interval: Interval): VisitEnd[] {
    return visitEnds(this.#sql, version, label, interval);
  }

  /** Visits that had not ended by then, as long as they were by then. */
  openVisits({ version }: StoredShape, untilMs: number): OpenVisit[] {
    return openVisits(this.#sql, version, untilMs);
  }

  /** The times of runs that did not count at the shape, as it was defined later, where they lie in the interval. */
  uncounted({ camera, definedMs }: StoredShape, { fromMs, toMs }: Interval): Interval[] {
    return this.#sql
      .all<{ from_ms: number; to_ms: number }>(
        `SELECT media_start_ms AS from_ms, last_time_ms AS to_ms FROM runs
         WHERE camera = :camera AND started_ms < :definedMs AND last_time_ms >= :fromMs AND media_start_ms < :toMs
         ORDER BY media_start_ms`,
        { camera: this.#cameraNumber(camera), definedMs, fromMs, toMs },
      )
      .map(({ from_ms, to_ms }) => ({ fromMs: from_ms, toMs: to_ms + 1 }));
  }

  /** The longest tracks of the class that began in the interval. */
  longestTracks(camera: CameraId, label: string, { fromMs, toMs }: Interval, limit: number): TrackId[] {
    return this.#sql
      .rows<[string]>(
        `SELECT id FROM tracks WHERE camera = :camera AND label = :label AND first_ms >= :fromMs AND first_ms < :toMs
         ORDER BY points DESC, number LIMIT :limit`,
        { camera: this.#cameraNumber(camera), label, fromMs, toMs, limit },
      )
      .map(([id]) => trackId(id));
  }

  /** Bytes of a typical stored picture of each hour that begins at one of those moments; of none: it has no picture. */
  pictureBytes(camera: CameraId, hours: readonly Interval[]): ReadonlyMap<number, number> {
    const rows = this.#sql.rows<[number, number]>(
      `SELECT value ->> 'fromMs', bytes FROM json_each(:hours) CROSS JOIN stills ON stills.number IN
         (SELECT number FROM stills WHERE camera = :camera AND time_ms >= value ->> 'fromMs' AND time_ms < value ->> 'toMs'
          ORDER BY time_ms LIMIT ${picturesOfHour})
       ORDER BY bytes`,
      { camera: this.#cameraNumber(camera), hours: JSON.stringify(hours) },
    );
    const ofHour = new Map<number, number[]>();
    for (const [fromMs, bytes] of rows) ofHour.set(fromMs, [...(ofHour.get(fromMs) ?? []), bytes]);
    return new Map([...ofHour].map(([fromMs, all]) => [fromMs, all[Math.floor(all.length / 2)] ?? 0]));
  }

  /** What users said of findings. */
  verdicts(): VerdictCount[] {
    return selectVerdicts(this.#sql);
  }

  /** What was noted by agents and users; at most so many, the latest, in order of time. */
  notes(cameras: readonly CameraId[], window: Interval, limit: number): AnomalyNote[] {
    return selectNotes(this.#sql, cameras, window, limit);
  }
}
