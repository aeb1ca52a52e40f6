import { boxWidth } from '../domain/box.ts';
import { ArgusError } from '../domain/errors.ts';
import type { Shape, TrackEvent } from '../domain/event.ts';
import type { AnchorKind, Point } from '../domain/geometry.ts';
import { anchorOf, distanceBetween, edgesOf, polygonArea } from '../domain/geometry.ts';
import type { CameraId, ShapeId, TrackId } from '../domain/ids.ts';
import { intoPicture, isOnPictureEdge, snapLine, snapPolygon } from '../domain/pictureEdge.ts';
import { createSettler } from '../domain/storedPoint.ts';
import type { TrackPoint } from '../domain/track.ts';
import type { EventEngine, EventEngineOptions, Happening, Sighting, Watcher } from './contract.ts';
import { watchLine } from './lineWatcher.ts';
import { watchZone } from './zoneWatcher.ts';

interface FollowedTrack {
  /** Makes of a point what is stored of it. */
  readonly settle: (point: TrackPoint) => TrackPoint;
  watchers: readonly { shape: ShapeId; watcher: Watcher }[];
  points: number;
  lastMs: number;
  /** As stored. */
  lastWholeMs: number;
  /** Events that wait for the track to have points enough. */
  held: TrackEvent[];
}

/** Of the options of the same names. */
export const defaults = { deadBand: 0.25, minPoints: 3 } as const;

/**
 * Watches the lines and zones of one camera.
 *
 * @throws ArgusError when the aspect is not a positive number, a line has no length, or a zone has no area
 */
export function createEventEngine(
  camera: CameraId,
  shapes: readonly Shape[],
  {
    aspect,
    anchor = 'bottom',
    deadBand = defaults.deadBand,
    minPoints = defaults.minPoints,
    fromStore = false,
  }: EventEngineOptions,
): EventEngine {
  if (!(aspect > 0 && Number.isFinite(aspect)))
    throw new ArgusError(
      `Camera ${camera} has a picture aspect of ${aspect}.`,
      'Give width divided by height, such as 1.78.',
    );
  const makers = new Map(shapes.map((shape) => [shape.id, watcherMaker(shape, aspect, deadBand)]));
  const tracks = new Map<TrackId, FollowedTrack>();

  function followed(id: TrackId): FollowedTrack {
    let track = tracks.get(id);
    if (!track) {
      const watchers = [...makers].map(([shape, make]) => ({ shape, watcher: make() }));
      const settle = fromStore ? (point: TrackPoint) => point : createSettler();
      track = { watchers, settle, points: 0, lastMs: -Infinity, lastWholeMs: -Infinity, held: [] };
      tracks.set(id, track);
    }
    return track;
  }

  function removeShape(id: ShapeId): void {
    makers.delete(id);
    for (const track of tracks.values()) {
      track.watchers = track.watchers.filter(({ shape }) => shape !== id);
      track.held = track.held.filter(({ shape }) => shape !== id);
    }
  }

  const eventOf = (trackId: TrackId, shape: ShapeId, happening: Happening): TrackEvent => ({
    camera,
    shape,
    trackId,
    ...happening,
  });

  return {
    update({ trackId, label, points }) {
      const track = followed(trackId);
      for (const given of points) {
        checkTime(trackId, track.lastMs, given.timeMs);
        track.lastMs = given.timeMs;
        const wholeMs = Math.round(given.timeMs);
        // Of two points in one ms the store keeps the first; the other settles nothing.
        if (wholeMs === track.lastWholeMs) continue;
        track.lastWholeMs = wholeMs;
        const point = track.settle(given);
        track.points++;
        const sighting = sightingOf(point, label, aspect, anchor);
        for (const { shape, watcher } of track.watchers)
          for (const happening of watcher.see(sighting)) track.held.push(eventOf(trackId, shape, happening));
      }
      return track.points >= minPoints ? track.held.splice(0) : [];
    },
    end(trackId) {
      const track = tracks.get(trackId);
      tracks.delete(trackId);
      if (!track || track.points < minPoints) return [];
      const last = track.watchers.flatMap(({ shape, watcher }) =>
        watcher.end().map((happening) => eventOf(trackId, shape, happening)),
      );
      return [...track.held, ...last];
    },
    addShape(shape) {
      const make = watcherMaker(shape, aspect, deadBand);
      removeShape(shape.id);
      makers.set(shape.id, make);
    },
    removeShape,
    isDecided: (trackId) => tracks.get(trackId)?.watchers.every(({ watcher }) => watcher.isDecided()) ?? true,
    isSettled: (trackId) => tracks.get(trackId)?.watchers.every(({ watcher }) => watcher.isSettled()) ?? true,
  };
}

/** Checks the shape and brings it to heights of the picture; the result makes a watcher for each new track. */
function watcherMaker(shape: Shape, aspect: number, deadBand: number): () => Watcher {
  const scaled = (p: Point): Point => ({ x: p.x * aspect, y: p.y });
  if (shape.kind === 'line') {
    const { a, b } = snapLine(shape.line);
    const line = { a: scaled(a), b: scaled(b) };
    if (!(distanceBetween(line.a, line.b) > 0))
      throw new ArgusError(`Line ${shape.id} has no length.`, 'Give it two different ends.');
    return () => watchLine(line, deadBand);
  }
  const snapped = snapPolygon(shape.polygon);
  const polygon = snapped.map(scaled);
  if (!(polygonArea(polygon) > 0))
    throw new ArgusError(
      `Zone ${shape.id} has no area.`,
      'Give it at least three corners, in order around it.',
    );
  const passable = edgesOf(snapped)
    .filter(([a, b]) => !isOnPictureEdge(a, b))
    .map(([a, b]) => [scaled(a), scaled(b)] as const);
  return () => watchZone(polygon, passable, deadBand, shape.dwellMs);
}

function sightingOf(point: TrackPoint, label: string, aspect: number, kind: AnchorKind): Sighting {
  const { timeMs, box, confidence } = point;
  const { x, y } = intoPicture(anchorOf(box, kind));
  return {
    timeMs,
    box,
    confidence,
    label,
    anchor: { x: x * aspect, y },
    boxWidth: boxWidth(box) * aspect,
  };
}

function checkTime(trackId: TrackId, lastMs: number, timeMs: number): void {
  if (timeMs > lastMs) return;
  throw new ArgusError(
    `Track ${trackId} has a point at ${timeMs} ms after the one at ${lastMs} ms.`,
    'Give the points of a track in strictly increasing time.',
  );
}
