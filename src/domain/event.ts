import type { Box } from './box.ts';
import type { CameraId, ShapeId, TrackId } from './ids.ts';
import type { Line, Polygon } from './geometry.ts';

export type LineDirection = 'forward' | 'backward';
export type EventType = 'crossing' | 'enter' | 'exit' | 'dwell';

/** A line of a camera that crossings are counted at. */
export interface LineShape {
  readonly kind: 'line';
  readonly id: ShapeId;
  readonly name: string;
  readonly line: Line;
}

/** A zone of a camera that visits are counted in. */
export interface ZoneShape {
  readonly kind: 'zone';
  readonly id: ShapeId;
  readonly name: string;
  readonly polygon: Polygon;
  /** A visit at least this long makes one `dwell` event; undefined: none. */
  readonly dwellMs?: number;
}

export type Shape = LineShape | ZoneShape;

/** Something a track did at a line or a zone. */
export interface TrackEvent {
  readonly camera: CameraId;
  readonly shape: ShapeId;
  readonly type: EventType;
  /** Of a crossing; absent otherwise. */
  readonly direction?: LineDirection;
  readonly trackId: TrackId;
  readonly label: string;
  /** UTC ms at which it happened: the crossing of the line itself, the first moment inside or outside the zone. */
  readonly timeMs: number;
  /** Of `exit` and `dwell`: how long the visit had lasted, ms. */
  readonly durationMs?: number;
  readonly box: Box;
  readonly confidence: number;
}
