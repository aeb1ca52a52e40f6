import type { TrackedDetection } from './detection.ts';
import type { CameraId, TrackId } from './ids.ts';
import type { TrackUpdate } from './track.ts';

/** Everything the vision process says about one analysed frame. Times are UTC ms unless they say media time. */
export interface FrameRecord {
  readonly camera: CameraId;
  /** Number of the frame among the analysed frames of its source, from 0. */
  readonly frame: number;
  /** Presentation time within the source, ms; may be fractional. */
  readonly mediaTimeMs: number;
  /** UTC ms of the frame. */
  readonly timeMs: number;
  /** All detections above the model's low threshold. */
  readonly detections: readonly TrackedDetection[];
  /** New points of confirmed tracks; their times are UTC ms. */
  readonly tracks: readonly TrackUpdate[];
  /** Confirmed tracks that ended, lost for too long. */
  readonly ended: readonly TrackId[];
  /**
   * Frames since the previous record that were not analysed: of a live source, as the detector was busy; at the end of a
   * file all those of it that no decoder gave.
   */
  readonly dropped: number;
}
