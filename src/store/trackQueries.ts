import type { Box } from '../domain/box.ts';
import { trackId, type TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { TrackPoint } from '../domain/track.ts';
import { extentOf } from './extent.ts';
import type { Statements } from './statements.ts';
import { decodeSegment, positionMax, positionMin } from './trajectory.ts';
import type { TrackBox, TrackPath } from './types.ts';

interface SegmentRow {
  from_ms: number;
  data: Buffer;
}

/** The points of a track with fromMs ≤ time < toMs, in order of time; none for an unknown track. */
export function trackPoints(sql: Statements, id: TrackId, { fromMs, toMs }: Interval): TrackPoint[] {
  const rows = sql.all<SegmentRow>(
    `SELECT from_ms, data FROM segments WHERE track = (SELECT number FROM tracks WHERE id = :id)
       AND from_ms < :toMs AND to_ms >= :fromMs ORDER BY from_ms, number`,
    { id, fromMs, toMs },
  );
  return piecesOf(rows)
    .flat()
    .filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs);
}

/**
 * The parts of tracks that may have touched the area in the interval: all that did, and some that only came near in
 * place or time. Whole segments, so a stretch may begin before the interval and end after it.
 */
export function pathsNear(sql: Statements, cameraNumber: number, interval: Interval, area: Box): TrackPath[] {
  const rows = sql.all<SegmentRow & { id: string; label: string }>(
    `SELECT tracks.id, tracks.label, segments.from_ms, segments.data FROM segment_extents AS extent
       CROSS JOIN segments ON segments.number = extent.segment
       JOIN tracks ON tracks.number = segments.track
       WHERE extent.camera_min >= :cameraMin AND extent.camera_max <= :cameraMax
       AND extent.time_max >= :timeMin AND extent.time_min <= :timeMax
       AND extent.x_max >= :xMin AND extent.x_min <= :xMax AND extent.y_max >= :yMin AND extent.y_min <= :yMax
       ORDER BY segments.track, segments.from_ms, segments.number`,
    { ...extentOf(cameraNumber, interval, area) },
  );
  const paths = new Map<string, { label: string; segments: SegmentRow[] }>();
  for (const row of rows) {
    const path = paths.get(row.id);
    if (path) path.segments.push(row);
    else paths.set(row.id, { label: row.label, segments: [row] });
  }
  return [...paths].map(([id, { label, segments }]) => ({
    trackId: trackId(id),
    label,
    pieces: piecesOf(segments),
  }));
}

/**
 * Where the tracks were that have a point at most `toleranceMs` from the time: between two points on the straight way
 * from one to the other.
 */
export function boxesAt(
  sql: Statements,
  cameraNumber: number,
  timeMs: number,
  toleranceMs: number,
): TrackBox[] {
  const around = { fromMs: timeMs - toleranceMs, toMs: timeMs + toleranceMs };
  return pathsNear(sql, cameraNumber, around, everywhere).flatMap((path) => {
    const point = pointAt(path.pieces.flat(), timeMs, toleranceMs);
    return point
      ? [{ trackId: path.trackId, label: path.label, box: point.box, confidence: point.confidence }]
      : [];
  });
}

const everywhere: Box = { x1: positionMin, y1: positionMin, x2: positionMax, y2: positionMax };

/** Joins segments, in order of time, where one continues the one before. */
function piecesOf(rows: readonly SegmentRow[]): TrackPoint[][] {
  const pieces: TrackPoint[][] = [];
  for (const row of rows) {
    const { continues, points } = decodeSegment(row.data, row.from_ms);
    const before = pieces.at(-1);
    if (continues && before?.at(-1)?.timeMs === points[0]?.timeMs) before?.push(...points.slice(1));
    else pieces.push([...points]);
  }
  return pieces;
}

function pointAt(points: readonly TrackPoint[], timeMs: number, toleranceMs: number): TrackPoint | undefined {
  const before = points.findLast((point) => point.timeMs <= timeMs);
  const after = points.find((point) => point.timeMs >= timeMs);
  const sinceMs = before ? timeMs - before.timeMs : Infinity;
  const untilMs = after ? after.timeMs - timeMs : Infinity;
  if (Math.min(sinceMs, untilMs) > toleranceMs) return undefined;
  if (!before || !after || before === after) return before ?? after;
  return between(before, after, sinceMs / (sinceMs + untilMs));
}

/** The point a share of the way from a to b. */
function between(a: TrackPoint, b: TrackPoint, share: number): TrackPoint {
  const mix = (from: number, to: number) => from + (to - from) * share;
  return {
    timeMs: mix(a.timeMs, b.timeMs),
    box: {
      x1: mix(a.box.x1, b.box.x1),
      y1: mix(a.box.y1, b.box.y1),
      x2: mix(a.box.x2, b.box.x2),
      y2: mix(a.box.y2, b.box.y2),
    },
    confidence: mix(a.confidence, b.confidence),
  };
}
