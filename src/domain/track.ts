import type { Box } from './box.ts';
import type { TrackId } from './ids.ts';

/** Where a tracked object was at one moment. */
export interface TrackPoint {
  /** Media time of the frame in milliseconds, on the clock the tracker was driven with. */
  readonly timeMs: number;
  readonly box: Box;
  /** 0–1. */
  readonly confidence: number;
}

/**
 * What one frame added to one confirmed track: usually one point, and at its confirmation also the points it had
 * before, oldest first.
 */
export interface TrackUpdate {
  readonly trackId: TrackId;
  /** The class most of its detections had, weighted by confidence. */
  readonly label: string;
  readonly points: readonly TrackPoint[];
}
