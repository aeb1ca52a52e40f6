import type { Box } from '../domain/box.ts';
import type { Shape, TrackEvent } from '../domain/event.ts';
import type { Line, Point, Polygon } from '../domain/geometry.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';
import { beyondPictureEdge, snapLine } from '../domain/pictureEdge.ts';
import type { Interval } from '../domain/time.ts';
import type { TrackPoint } from '../domain/track.ts';
import type { EventEngineOptions } from './contract.ts';
import { createEventEngine, defaults } from './engine.ts';

/** A stored track. */
export interface PastTrack {
  readonly id: TrackId;
  readonly label: string;
  /** Of its first and last point so far, UTC ms. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** How many points it has. */
  readonly points: number;
  /** False: it may get more points. */
  readonly ended: boolean;
  /** Its points with fromMs ≤ time < toMs, in order of time. */
  pointsWithin(fromMs: number, toMs: number): readonly TrackPoint[];
}

/** What a track did at the shapes. */
export interface Replayed {
  /** In the order in which they were decided; also from before and after the window, as far as the track was looked at. */
  readonly events: readonly TrackEvent[];
  /** UTC ms of the last point looked at. */
  readonly seenToMs: number;
}

/** How far before and after the window the points of a track are read at first; each further try is four times as far. */
const contextMs = 30_000;
const further = 4;

/**
 * Gives the stored track to the event engine that runs live, with shapes that may be drawn only now.
 *
 * All events within the window are among those returned, and they are those that the live engine would have given, but
 * for `label`: the past knows what the track was taken for in the end, not what at the moment. So that the window does
 * not cut off what decides them, the track is looked at from its beginning, or from a point before the window at which
 * its own past no longer matters (clear of the line; outside the zone), and up to its end, or to a point after the
 * window that leaves nothing open. An exit that the end of the track makes is told only once the track has ended.
 *
 * @throws ArgusError as `createEventEngine` does
 */
export function replayTrack(
  camera: CameraId,
  shapes: readonly Shape[],
  track: PastTrack,
  window: Interval,
  options: Omit<EventEngineOptions, 'fromStore'>,
): Replayed {
  const { id: trackId, label, ended, lastMs } = track;
  const { minPoints = defaults.minPoints } = options;
  if (track.points < minPoints) return { events: [], seenToMs: lastMs };
  const engine = createEventEngine(camera, shapes, { ...options, minPoints: 1, fromStore: true });
  const give = (points: readonly TrackPoint[]) => engine.update({ trackId, label, points });

  const startMs = findStart(track, window.fromMs, (point) => {
    give([point]);
    const isSettled = engine.isSettled(trackId);
    engine.end(trackId);
    return isSettled;
  });
  const events = give(track.pointsWithin(startMs, window.toMs));
  for (const point of pointsAfter(track, window.toMs)) {
    events.push(...give([point]));
    if (engine.isDecided(trackId)) return { events, seenToMs: point.timeMs };
  }
  return { events: ended ? [...events, ...engine.end(trackId)] : events, seenToMs: lastMs };
}

/** The latest moment up to `fromMs` from which on the track may be looked at. */
function findStart(track: PastTrack, fromMs: number, isSettledAt: (point: TrackPoint) => boolean): number {
  for (let backMs = contextMs; fromMs - backMs > track.firstMs; backMs *= further) {
    const settled = track.pointsWithin(fromMs - backMs, fromMs + 1).findLast(isSettledAt);
    if (settled) return settled.timeMs;
  }
  return track.firstMs;
}

/** The points from `fromMs` on, read no farther than they are asked for. */
function* pointsAfter(track: PastTrack, fromMs: number): Generator<TrackPoint> {
  let aheadMs = contextMs;
  while (fromMs <= track.lastMs) {
    yield* track.pointsWithin(fromMs, fromMs + aheadMs);
    fromMs += aheadMs;
    aheadMs *= further;
  }
}

/** Where to look for tracks: their anchors, at the bottom of their boxes, … */
export interface Reach {
  /** … came into this … */
  readonly area: Box;
  /** … and passed this line. */
  readonly line?: Line;
}

/**
 * Where a track has to have been when something happened at the shape.
 *
 * @param aspect width of the picture divided by its height
 */
export function reachOf(shape: Shape, aspect: number): Reach {
  if (shape.kind === 'line') {
    const line = snapLine(shape.line);
    return { area: boundsOf([line.a, line.b]), line };
  }
  return shape.dwellMs === undefined
    ? { area: boundsOf(shape.polygon) }
    : visitReachOf(shape.polygon, aspect);
}

/**
 * Where a track's anchor has to be all the time while it visits the zone. A visit goes on in the margin around the zone,
 * which grows with the width of the box; that may be as wide as the picture.
 */
export const visitReachOf = (polygon: Polygon, aspect: number): Reach => ({
  area: boundsOf(polygon, defaults.deadBand, defaults.deadBand * aspect),
});

function boundsOf(corners: readonly Point[], marginX = 0, marginY = 0): Box {
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  return beyondPictureEdge({
    x1: Math.min(...xs) - marginX,
    y1: Math.min(...ys) - marginY,
    x2: Math.max(...xs) + marginX,
    y2: Math.max(...ys) + marginY,
  });
}
