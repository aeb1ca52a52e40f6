import type { Box } from '../domain/box.ts';
import type { Shape, TrackEvent } from '../domain/event.ts';
import type { AnchorKind, Point } from '../domain/geometry.ts';
import type { ShapeId, TrackId } from '../domain/ids.ts';
import type { TrackUpdate } from '../domain/track.ts';

/**
 * Turns the points of one camera's confirmed tracks into events. The same points give the same events however they are
 * split into updates, and the same ones again when they are read from the store: the engine looks at each point as it
 * will be stored.
 */
export interface EventEngine {
  /**
   * @returns what happened by these points, in the order of the points, and of the shapes within a point
   * @throws ArgusError when a point is not later than the point of the same track before it
   */
  update(update: TrackUpdate): TrackEvent[];
  /**
   * Forgets a track that got no further points and closes its visits. A track that ends inside a zone leaves it at its
   * last point, not at the later moment at which it was given up: that moment is not in the stored trajectory.
   */
  end(trackId: TrackId): TrackEvent[];
  /**
   * Watches the shape from the next new track on, and no more one of the same id. Tracks that it knows already are left
   * out at it, so that of each track either all or nothing is told.
   *
   * @throws ArgusError as `createEventEngine` does
   */
  addShape(shape: Shape): void;
  /** Watches the shape no more. */
  removeShape(id: ShapeId): void;
  /** Whether all that happened up to the track's last point has been told, so that later points tell of later events. */
  isDecided(trackId: TrackId): boolean;
  /**
   * Whether nothing before the track's last point matters any more: an engine that is given the track from this point
   * on tells the same.
   */
  isSettled(trackId: TrackId): boolean;
}

export interface EventEngineOptions {
  /** Width of the picture divided by its height, so that distances are compared in true proportions. */
  readonly aspect: number;
  /** Which point of a box counts; `bottom` unless given. */
  readonly anchor?: AnchorKind;
  /** Dead band of lines and hysteresis of zones, in box widths. */
  readonly deadBand?: number;
  /** Events of a track are held back until it has this many points, and never given when it ends before. */
  readonly minPoints?: number;
  /** True: the points come from the store. */
  readonly fromStore?: boolean;
}

/** A point of a track as the watchers see it. Places and lengths are in heights of the picture, times in UTC ms. */
export interface Sighting {
  readonly timeMs: number;
  readonly anchor: Point;
  readonly boxWidth: number;
  readonly box: Box;
  readonly confidence: number;
  readonly label: string;
}

/** An event before it is known of which camera, shape and track it is. */
export type Happening = Omit<TrackEvent, 'camera' | 'shape' | 'trackId'>;

/** Watches one track at one shape. */
export interface Watcher {
  see(sighting: Sighting): Happening[];
  end(): Happening[];
  /** As the engine's, of this shape. */
  isDecided(): boolean;
  isSettled(): boolean;
}
