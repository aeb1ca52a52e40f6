import type { EventType, LineDirection, Shape } from '../domain/event.ts';
import type { Line, Polygon } from '../domain/geometry.ts';
import { cameraId, eventId, runId, shapeId, stillId, trackId } from '../domain/ids.ts';
import type { EndReason, StoredEvent, StoredRun, StoredShape, StoredStill, StoredTrack } from './types.ts';

/* Rows as the database gives them, each with the query that does, and what they mean. */

export interface RunRow {
  number: number;
  camera: string;
  source: string;
  detector: string;
  live: number;
  started_ms: number;
  media_start_ms: number;
  updated_ms: number;
  ended_ms: number | null;
  end_reason: EndReason | null;
  last_frame: number;
  last_media_ms: number | null;
  last_time_ms: number | null;
}

export const selectRuns = `SELECT runs.number, cameras.id AS camera, runs.source, detector, live, started_ms,
  media_start_ms, updated_ms, ended_ms, end_reason, last_frame, last_media_ms, last_time_ms
  FROM runs JOIN cameras ON cameras.number = runs.camera`;

export const runOf = (row: RunRow): StoredRun => ({
  run: runId(row.number),
  camera: cameraId(row.camera),
  source: row.source,
  detector: row.detector,
  live: row.live === 1,
  startedMs: row.started_ms,
  mediaStartMs: row.media_start_ms,
  updatedMs: row.updated_ms,
  ...(row.last_media_ms !== null &&
    row.last_time_ms !== null && {
      progress: { frame: row.last_frame, mediaTimeMs: row.last_media_ms, timeMs: row.last_time_ms },
    }),
  ...(row.ended_ms !== null &&
    row.end_reason !== null && { ended: { atMs: row.ended_ms, reason: row.end_reason } }),
  finished: row.end_reason === 'finished',
});

export interface ShapeRow {
  number: number;
  camera: string;
  id: string;
  kind: 'line' | 'zone';
  name: string;
  geometry: string;
  dwell_ms: number | null;
  defined_ms: number;
  retired_ms: number | null;
  origin: ShapeOrigin;
}

/** Who defined a line or zone: argus.yaml or the command line, or an agent while the station ran. */
export type ShapeOrigin = 'config' | 'agent';

export const selectShapes = `SELECT shapes.number, cameras.id AS camera, shapes.id, kind, shapes.name, geometry,
  dwell_ms, defined_ms, retired_ms, origin FROM shapes JOIN cameras ON cameras.number = shapes.camera`;

export const shapeOf = (row: ShapeRow): StoredShape => ({
  version: row.number,
  camera: cameraId(row.camera),
  shape: geometryOf(row),
  origin: row.origin,
  definedMs: row.defined_ms,
  ...(row.retired_ms !== null && { retiredMs: row.retired_ms }),
});

function geometryOf(row: ShapeRow): Shape {
  const id = shapeId(row.id);
  if (row.kind === 'line') {
    return { kind: 'line', id, name: row.name, line: JSON.parse(row.geometry) as Line };
  }
  return {
    kind: 'zone',
    id,
    name: row.name,
    polygon: JSON.parse(row.geometry) as Polygon,
    ...(row.dwell_ms !== null && { dwellMs: row.dwell_ms }),
  };
}

/** What makes two definitions of a shape the same: not its name. */
export function definitionOf(shape: Shape): { geometry: string; dwellMs: number | null } {
  const point = ({ x, y }: { x: number; y: number }) => ({ x, y });
  return shape.kind === 'line'
    ? { geometry: JSON.stringify({ a: point(shape.line.a), b: point(shape.line.b) }), dwellMs: null }
    : { geometry: JSON.stringify(shape.polygon.map(point)), dwellMs: shape.dwellMs ?? null };
}

export interface TrackRow {
  id: string;
  run: number;
  camera: string;
  label: string;
  first_ms: number;
  last_ms: number;
  points: number;
  max_confidence: number;
  moved: number | null;
  still_since_ms: number | null;
  best_still: number | null;
  ended: number;
}

export const selectTracks = `SELECT tracks.id, run, cameras.id AS camera, label, first_ms, last_ms, points,
  max_confidence, moved, still_since_ms, best_still, ended FROM tracks JOIN cameras ON cameras.number = tracks.camera`;

export const trackOf = (row: TrackRow): StoredTrack => ({
  id: trackId(row.id),
  run: runId(row.run),
  camera: cameraId(row.camera),
  label: row.label,
  firstMs: row.first_ms,
  lastMs: row.last_ms,
  points: row.points,
  maxConfidence: row.max_confidence,
  ...(row.moved !== null && { moved: row.moved }),
  ...(row.still_since_ms !== null && { stillSinceMs: row.still_since_ms }),
  ...(row.best_still !== null && { bestStill: stillId(row.best_still) }),
  ended: row.ended === 1,
});

export interface EventRow {
  number: number;
  camera: string;
  shape: string;
  shape_name: string;
  shape_number: number;
  track: string;
  type: EventType;
  direction: LineDirection | null;
  label: string;
  time_ms: number;
  duration_ms: number | null;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  confidence: number;
  still: number | null;
}

export const selectEvents = `SELECT events.number, cameras.id AS camera, shapes.id AS shape, shapes.name AS shape_name,
  shapes.number AS shape_number, tracks.id AS track, type, direction, events.label, time_ms, duration_ms, x1, y1, x2, y2,
  confidence, still
  FROM events JOIN cameras ON cameras.number = events.camera JOIN shapes ON shapes.number = events.shape
  JOIN tracks ON tracks.number = events.track`;

export const eventOf = (row: EventRow): StoredEvent => ({
  id: eventId(row.number),
  camera: cameraId(row.camera),
  shape: shapeId(row.shape),
  shapeName: row.shape_name,
  shapeVersion: row.shape_number,
  type: row.type,
  ...(row.direction !== null && { direction: row.direction }),
  trackId: trackId(row.track),
  label: row.label,
  timeMs: row.time_ms,
  ...(row.duration_ms !== null && { durationMs: row.duration_ms }),
  box: { x1: row.x1, y1: row.y1, x2: row.x2, y2: row.y2 },
  confidence: row.confidence,
  ...(row.still !== null && { still: stillId(row.still) }),
});

export interface StillRow {
  number: number;
  camera: string;
  time_ms: number;
  path: string;
  width: number;
  height: number;
  bytes: number;
}

export const selectStills = `SELECT stills.number, cameras.id AS camera, time_ms, path, width, height, bytes
  FROM stills JOIN cameras ON cameras.number = stills.camera`;

export const stillOf = (row: StillRow): StoredStill => ({
  id: stillId(row.number),
  camera: cameraId(row.camera),
  timeMs: row.time_ms,
  path: row.path,
  width: row.width,
  height: row.height,
  bytes: row.bytes,
});
