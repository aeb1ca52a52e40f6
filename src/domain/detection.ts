import type { Box } from './box.ts';
import type { TrackId } from './ids.ts';

/** One object that a detector saw in one frame. */
export interface Detection {
  readonly box: Box;
  /** Class name as the model's manifest gives it, e.g. `person`. */
  readonly label: string;
  /** 0–1. */
  readonly confidence: number;
  /** How sharp the picture is inside the box, for comparison with the same object; only of frames that may have a still. */
  readonly sharpness?: number;
}

/** A detection and, once its track is confirmed, the track it belongs to. */
export interface TrackedDetection extends Detection {
  readonly trackId?: TrackId;
}
