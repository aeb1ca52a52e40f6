import type { EventType, LineDirection } from '../domain/event.ts';
import { cameraId, eventId, shapeId, stillId, trackId, type CameraId } from '../domain/ids.ts';
import type { Moment } from '../domain/moment.ts';
import type { Interval } from '../domain/time.ts';
import type { Statements } from './statements.ts';

/** Which moments are asked for; conditions left out do not count. */
export interface MomentFilter {
  readonly cameras?: readonly CameraId[] | undefined;
  readonly labels?: readonly string[] | undefined;
  /** No more than the first of them. */
  readonly limit?: number | undefined;
}

/** A presence is told of tracks at least this long: shorter ones are mostly mistakes of the detector. */
const leastPresenceMs = 2000;
const leastPoints = 3;

type EventRow = [
  number: number,
  camera: string,
  track: string,
  label: string,
  timeMs: number,
  type: EventType,
  direction: LineDirection | null,
  shape: string,
  confidence: number,
  still: number | null,
];
type PresenceRow = [
  camera: string,
  track: string,
  label: string,
  firstMs: number,
  lastMs: number,
  still: number | null,
];

/**
 * What began in the window, in order of time: events, and presences of tracks that made none, of runs that counted at no
 * line or zone.
 */
export function selectMoments(sql: Statements, window: Interval, filter: MomentFilter): Moment[] {
  const { cameras, labels, limit = Number.MAX_SAFE_INTEGER } = filter;
  const values = {
    ...window,
    limit,
    ...(cameras && { cameras: JSON.stringify(cameras) }),
    ...(labels && { labels: JSON.stringify(labels) }),
  };
  const ofCamera = (table: string) =>
    `${table}.camera IN (SELECT number FROM cameras ${cameras ? 'WHERE id IN (SELECT value FROM json_each(:cameras))' : ''})`;
  const ofLabel = (table: string) =>
    labels ? `AND ${table}.label IN (SELECT value FROM json_each(:labels))` : '';
  const events = sql.rows<EventRow>(
    `SELECT events.number, cameras.id, tracks.id, events.label, time_ms, type, direction, shapes.id, confidence, still
       FROM events JOIN cameras ON cameras.number = events.camera JOIN shapes ON shapes.number = events.shape
       JOIN tracks ON tracks.number = events.track
       WHERE ${ofCamera('events')} AND time_ms >= :fromMs AND time_ms < :toMs ${ofLabel('events')}
       ORDER BY time_ms, events.number LIMIT :limit`,
    values,
  );
  const presences = sql.rows<PresenceRow>(
    `SELECT cameras.id, tracks.id, label, first_ms, last_ms, best_still
       FROM tracks JOIN cameras ON cameras.number = tracks.camera
       WHERE ${ofCamera('tracks')} AND first_ms >= :fromMs AND first_ms < :toMs ${ofLabel('tracks')}
       AND run IN (${runsWithoutShapes}) AND points >= ${leastPoints} AND last_ms - first_ms >= ${leastPresenceMs}
       AND NOT EXISTS (SELECT 1 FROM events WHERE events.track = tracks.number)
       ORDER BY first_ms, tracks.number LIMIT :limit`,
    values,
  );
  return [...events.map(momentOfEvent), ...presences.map(momentOfPresence)]
    .sort((a, b) => a.timeMs - b.timeMs)
    .slice(0, limit);
}

const runsWithoutShapes = `SELECT runs.number FROM runs WHERE NOT EXISTS (SELECT 1 FROM shapes
  WHERE shapes.camera = runs.camera AND started_ms >= defined_ms AND (retired_ms IS NULL OR started_ms < retired_ms))`;

const momentOfEvent = ([
  number,
  camera,
  track,
  label,
  timeMs,
  type,
  direction,
  shape,
  confidence,
  still,
]: EventRow): Moment => ({
  camera: cameraId(camera),
  trackId: trackId(track),
  label,
  timeMs,
  toMs: timeMs,
  event: {
    id: eventId(number),
    type,
    ...(direction !== null && { direction }),
    shape: shapeId(shape),
    confidence,
  },
  ...(still !== null && { still: stillId(still) }),
});

const momentOfPresence = ([camera, track, label, firstMs, lastMs, still]: PresenceRow): Moment => ({
  camera: cameraId(camera),
  trackId: trackId(track),
  label,
  timeMs: firstMs,
  toMs: lastMs,
  ...(still !== null && { still: stillId(still) }),
});
