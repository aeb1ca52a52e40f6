import type { Box } from '../domain/box.ts';
import { boxBetween } from '../domain/box.ts';
import { trackId, type TrackId } from '../domain/ids.ts';
import { positionMax, positionMin } from '../domain/storedPoint.ts';
import type { Interval } from '../domain/time.ts';
import type { TrackPoint } from '../domain/track.ts';
import { extentOf } from './extent.ts';
import type { Statements } from './statements.ts';
import { SegmentView } from './trajectory.ts';
import type { TrackBox } from './types.ts';

interface SegmentRow {
  from_ms: number;
  data: Buffer;
}

/** The stored points of a track with fromMs ≤ time < toMs, in order of time; none for an unknown track. */
export function trackPoints(sql: Statements, id: TrackId, { fromMs, toMs }: Interval): readonly TrackPoint[] {
  const track = sql.one<{ number: number }>('SELECT number FROM tracks WHERE id = :id', { id });
  return track ? pointsOfTrack(sql, track.number, { fromMs, toMs }) : [];
}

export function pointsOfTrack(
  sql: Statements,
  number: number,
  { fromMs, toMs }: Interval,
): readonly TrackPoint[] {
  const rows = sql.all<SegmentRow>(
    `SELECT from_ms, data FROM segments WHERE number >= :track << 20 AND number < (:track + 1) << 20
       AND from_ms < :toMs AND to_ms >= :fromMs ORDER BY number`,
    { track: number, fromMs, toMs },
  );
  return within(joined(viewsOf(rows)), fromMs, toMs);
}

/** All stored points of each of the tracks. */
export function pointsOfTracks(sql: Statements, numbers: readonly number[]): Map<number, TrackPoint[]> {
  const rows = sql.rows<[number, number, Buffer]>(
    `SELECT segments.number, from_ms, data FROM json_each(:wanted) AS wanted CROSS JOIN segments
       ON segments.number >= wanted.value << 20 AND segments.number < (wanted.value + 1) << 20
       ORDER BY segments.number`,
    { wanted: JSON.stringify(numbers) },
  );
  const views = new Map<number, SegmentView[]>();
  for (const [number, fromMs, data] of rows) {
    const track = trackOfSegment(number);
    const known = views.get(track);
    if (known) known.push(new SegmentView(data, fromMs));
    else views.set(track, [new SegmentView(data, fromMs)]);
  }
  return new Map([...views].map(([track, of]) => [track, joined(of)]));
}

/** The n-th segment of a track has the number track · 2^20 + n. */
export const trackOfSegment = (number: number): number => Math.floor(number / 2 ** 20);

/** Those of the points, which are in order of time, with fromMs ≤ time < toMs. */
export function within(points: readonly TrackPoint[], fromMs: number, toMs: number): readonly TrackPoint[] {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || (first.timeMs >= fromMs && last.timeMs < toMs)) return points;
  return points.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs);
}

/** The condition under which a row of `segment_extents` may have touched the area in the interval. */
export const nearExtent = `time_max >= :timeMin AND time_min <= :timeMax AND x_max >= :xMin AND x_min <= :xMax
  AND y_max >= :yMin AND y_min <= :yMax`;

interface NearRow extends SegmentRow {
  id: string;
  label: string;
}

function segmentsNear(
  sql: Statements,
  cameraNumber: number,
  interval: Interval,
  area: Box,
): { id: string; label: string; views: SegmentView[] }[] {
  const rows = sql.all<NearRow>(
    `SELECT tracks.id, tracks.label, segments.from_ms, segments.data FROM segment_extents
       CROSS JOIN segments ON segments.number = segment_extents.segment
       JOIN tracks ON tracks.number = segments.number >> 20
       WHERE ${nearExtent} ORDER BY segments.number`,
    { ...extentOf(cameraNumber, interval, area) },
  );
  const tracks = new Map<string, { id: string; label: string; views: SegmentView[] }>();
  for (const { id, label, from_ms, data } of rows) {
    const view = new SegmentView(data, from_ms);
    const track = tracks.get(id);
    if (track) track.views.push(view);
    else tracks.set(id, { id, label, views: [view] });
  }
  return [...tracks.values()];
}

/**
 * Where the tracks were that were seen at the time, on the straight way between two points, or that have a point at
 * most `toleranceMs` from it.
 */
export function boxesAt(
  sql: Statements,
  cameraNumber: number,
  timeMs: number,
  toleranceMs: number,
): TrackBox[] {
  const around = { fromMs: timeMs - toleranceMs, toMs: timeMs + toleranceMs };
  return segmentsNear(sql, cameraNumber, around, everywhere).flatMap(({ id, label, views }) => {
    const point = pointAt(views, timeMs, toleranceMs);
    return point ? [{ trackId: trackId(id), label, box: point.box, confidence: point.confidence }] : [];
  });
}

const everywhere: Box = { x1: positionMin, y1: positionMin, x2: positionMax, y2: positionMax };

const viewsOf = (rows: readonly SegmentRow[]): SegmentView[] =>
  rows.map(({ from_ms, data }) => new SegmentView(data, from_ms));

/** The points of segments in order of time; that with which one continues the one before is there once. */
function joined(views: readonly SegmentView[]): TrackPoint[] {
  const points: TrackPoint[] = [];
  for (const view of views) {
    const goesOn = view.continues && points.at(-1)?.timeMs === view.startMs;
    for (let index = goesOn ? 1 : 0; index < view.count; index++) points.push(view.point(index));
  }
  return points;
}

function pointAt(views: readonly SegmentView[], timeMs: number, toleranceMs: number): TrackPoint | undefined {
  let before: TrackPoint | undefined;
  for (const view of views) {
    for (let index = 0; index < view.count; index++) {
      const point = view.point(index);
      if (point.timeMs === timeMs) return point;
      if (point.timeMs < timeMs) {
        before = point;
        continue;
      }
      const isUnseen = !before || view.isUnseenBefore(index) || (index === 0 && !view.continues);
      const sinceMs = before ? timeMs - before.timeMs : Infinity;
      const untilMs = point.timeMs - timeMs;
      if (isUnseen && Math.min(sinceMs, untilMs) > toleranceMs) return undefined;
      return before ? between(before, point, sinceMs / (sinceMs + untilMs)) : point;
    }
  }
  return before && timeMs - before.timeMs <= toleranceMs ? before : undefined;
}

/** The point a share of the way from a to b. */
const between = (a: TrackPoint, b: TrackPoint, share: number): TrackPoint => ({
  timeMs: a.timeMs + (b.timeMs - a.timeMs) * share,
  box: boxBetween(a.box, b.box, share),
  confidence: a.confidence + (b.confidence - a.confidence) * share,
});
