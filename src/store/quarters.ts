import type { EventType, LineDirection } from '../domain/event.ts';
import { trackId, type TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { Statements } from './statements.ts';

/* Counts by quarter of an hour, which begins with every hour of every time zone; see db/migrations/0005_quarter_counts.sql. */

const quarterMs = 900_000;

/** So many, within one quarter of an hour from that moment on. */
export interface QuarterCount {
  readonly label: string;
  /** Of crossings. */
  readonly direction?: LineDirection;
  /** UTC ms: the beginning of the quarter, or of the interval within it. */
  readonly startMs: number;
  readonly count: number;
}

/** How long was watched, within one quarter of an hour from that moment on. */
export interface QuarterWatched {
  readonly startMs: number;
  readonly watchedMs: number;
}

/** A visit that has ended. */
export interface VisitEnd {
  readonly timeMs: number;
  readonly label: string;
  readonly durationMs: number;
}

/** What an interval is of whole quarters, as their numbers, and what is left of it at its ends. */
export function inQuarters({ fromMs, toMs }: Interval): {
  readonly first: number;
  readonly end: number;
  readonly edges: readonly Interval[];
} {
  const first = Math.ceil(fromMs / quarterMs);
  const end = Math.floor(toMs / quarterMs);
  if (first >= end) {
    // Not one whole quarter; a boundary may still be in it.
    const edge = Math.min(Math.max(first * quarterMs, fromMs), toMs);
    const edges = [
      { fromMs, toMs: edge },
      { fromMs: edge, toMs },
    ];
    return { first, end: first, edges: edges.filter((one) => one.toMs > one.fromMs) };
  }
  const edges = [
    { fromMs, toMs: first * quarterMs },
    { fromMs: end * quarterMs, toMs },
  ];
  return { first, end, edges: edges.filter((one) => one.toMs > one.fromMs) };
}

/** Events of one kind at one definition of a shape. */
export function eventQuarters(
  sql: Statements,
  shape: number,
  type: EventType,
  interval: Interval,
): QuarterCount[] {
  const { first, end, edges } = inQuarters(interval);
  const rows = sql.rows<[LineDirection | null, string, number, number]>(
    `SELECT nullif(direction, ''), label, quarter, count FROM event_quarters
     WHERE shape = :shape AND type = :type AND quarter >= :first AND quarter < :end`,
    { shape, type, first, end },
  );
  const rest = edges.flatMap(({ fromMs, toMs }) =>
    sql
      .rows<[LineDirection | null, string, number]>(
        `SELECT direction, label, count(*) FROM events INDEXED BY events_by_shape
         WHERE shape = :shape AND type = :type AND time_ms >= :fromMs AND time_ms < :toMs GROUP BY direction, label`,
        { shape, type, fromMs, toMs },
      )
      .map(([direction, label, count]) => countOf(direction, label, fromMs, count)),
  );
  return [
    ...rows.map(([direction, label, quarter, count]) =>
      countOf(direction, label, quarter * quarterMs, count),
    ),
    ...rest,
  ];
}

/** Tracks of a camera that began in the interval. */
export function trackQuarters(sql: Statements, camera: number, interval: Interval): QuarterCount[] {
  const { first, end, edges } = inQuarters(interval);
  const rows = sql.rows<[string, number, number]>(
    `SELECT label, quarter, count FROM track_quarters
     WHERE camera = :camera AND quarter >= :first AND quarter < :end`,
    { camera, first, end },
  );
  const rest = edges.flatMap(({ fromMs, toMs }) =>
    sql
      .rows<[string, number]>(
        `SELECT label, count(*) FROM tracks INDEXED BY tracks_by_camera
         WHERE camera = :camera AND first_ms >= :fromMs AND first_ms < :toMs GROUP BY label`,
        { camera, fromMs, toMs },
      )
      .map(([label, count]) => countOf(null, label, fromMs, count)),
  );
  return [
    ...rows.map(([label, quarter, count]) => countOf(null, label, quarter * quarterMs, count)),
    ...rest,
  ];
}

/** Of whole quarters only; what is left at the ends is quickly asked for exactly. */
export function coverageQuarters(
  sql: Statements,
  camera: number,
  first: number,
  end: number,
): QuarterWatched[] {
  return sql
    .rows<[number, number]>(
      `SELECT from_ms / 900000, sum(to_ms - from_ms) FROM coverage INDEXED BY coverage_by_quarter
       WHERE camera = :camera AND from_ms / 900000 >= :first AND from_ms / 900000 < :end GROUP BY from_ms / 900000`,
      { camera, first, end },
    )
    .map(([quarter, watchedMs]) => ({ startMs: quarter * quarterMs, watchedMs }));
}

/** Of one class, in order of time. */
export function visitEnds(
  sql: Statements,
  shape: number,
  label: string,
  { fromMs, toMs }: Interval,
): VisitEnd[] {
  return sql
    .rows<[number, number | null]>(
      `SELECT time_ms, duration_ms FROM events INDEXED BY events_of_visits
       WHERE shape = :shape AND type = 'exit' AND time_ms >= :fromMs AND time_ms < :toMs AND label = :label
       ORDER BY time_ms`,
      { shape, label, fromMs, toMs },
    )
    .map(([timeMs, durationMs]) => ({ timeMs, label, durationMs: durationMs ?? 0 }));
}

/** A visit that has not ended. */
export interface OpenVisit extends VisitEnd {
  readonly trackId: TrackId;
}

/** Visits before `untilMs` of tracks that are still seen and have not left: as long as they are by then. */
export function openVisits(sql: Statements, shape: number, untilMs: number): OpenVisit[] {
  return sql
    .rows<[string, string, number, number]>(
      `SELECT tracks.id, events.label, max(events.time_ms), last_ms FROM tracks JOIN events ON events.track = tracks.number
       WHERE ended = 0 AND shape = :shape AND type = 'enter' AND time_ms < :untilMs
       AND NOT EXISTS (SELECT 1 FROM events AS later WHERE later.track = tracks.number AND later.shape = :shape
         AND later.type = 'exit' AND later.time_ms >= events.time_ms)
       GROUP BY tracks.number`,
      { shape, untilMs },
    )
    .map(([id, label, enteredMs, lastMs]) => {
      const timeMs = Math.min(lastMs, untilMs - 1);
      return { trackId: trackId(id), timeMs, label, durationMs: Math.max(0, timeMs - enteredMs) };
    });
}

const countOf = (
  direction: LineDirection | null,
  label: string,
  startMs: number,
  count: number,
): QuarterCount => ({ label, ...(direction !== null && { direction }), startMs, count });
