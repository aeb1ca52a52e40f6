import type { EventType, LineDirection } from './event.ts';
import type { CameraId, EventId, ShapeId, StillId, TrackId } from './ids.ts';

/**
 * Something that happened in front of a camera, in short: an event at a line or zone, or, where a camera counted at none,
 * the presence of a track.
 */
export interface Moment {
  readonly camera: CameraId;
  readonly trackId: TrackId;
  readonly label: string;
  /** UTC ms: when it happened; of a presence the first and the last sighting. */
  readonly timeMs: number;
  readonly toMs: number;
  /** Absent: a presence. */
  readonly event?: {
    readonly id: EventId;
    readonly type: EventType;
    readonly direction?: LineDirection;
    readonly shape: ShapeId;
    readonly confidence: number;
  };
  /** A picture of it; of a presence the best one of the track. */
  readonly still?: StillId;
}
