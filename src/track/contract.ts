import type { Detection, TrackedDetection } from '../domain/detection.ts';
import type { TrackId } from '../domain/ids.ts';
import type { TrackUpdate } from '../domain/track.ts';

export interface TrackerOutput {
  /** The given detections in the given order, with the id of the confirmed track each was matched to. */
  readonly detections: readonly TrackedDetection[];
  /** New points of confirmed tracks. */
  readonly tracks: readonly TrackUpdate[];
  /** Confirmed tracks given up in this frame. */
  readonly ended: readonly TrackId[];
}

/** Follows the objects of one camera from frame to frame. Give every analysed frame, in order, also empty ones. */
export interface Tracker {
  /**
   * @param detections of one frame, at the detector's low threshold (a weak detection can still keep a track alive)
   * @param timeMs of the frame; strictly increasing, in the clock that the points shall carry
   */
  update(detections: readonly Detection[], timeMs: number): TrackerOutput;
  /** Ends all tracks, e.g. at the end of a file; returns the confirmed ones. */
  finish(): readonly TrackId[];
}
