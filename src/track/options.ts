import type { TrackId } from '../domain/ids.ts';

export interface TrackerOptions {
  /** Makes the id of a track when it is confirmed. */
  readonly nextId: () => TrackId;
  /** Detections this strong are matched first, and confirm new tracks, 0–1; the model manifest's `high`. */
  readonly highConfidence?: number;
  /** A detection this strong may start a track, 0–1; `highConfidence` unless given. */
  readonly startConfidence?: number;
  /** Weaker detections are left alone, 0–1; the model manifest's `low`. */
  readonly lowConfidence?: number;
  /** A confirmed track not seen for longer is given up, ms. */
  readonly lostAfterMs?: number;
  /** A track is confirmed once it has this many sightings … */
  readonly confirmSightings?: number;
  /** … and has been followed for this long, ms. */
  readonly confirmAfterMs?: number;
  /** Labels that detectors take for one another: a track may go from one to the other. */
  readonly interchangeable?: readonly (readonly string[])[];
}

/** The options with everything decided. */
export type Settings = Required<TrackerOptions>;

export const settingsOf = (options: TrackerOptions): Settings => {
  const highConfidence = options.highConfidence ?? 0.6;
  return {
    highConfidence,
    startConfidence: highConfidence,
    lowConfidence: 0.1,
    lostAfterMs: 2000,
    confirmSightings: 3,
    confirmAfterMs: 150,
    interchangeable: [
      ['car', 'truck', 'bus', 'train'],
      ['bicycle', 'motorcycle'],
    ],
    ...options,
  };
};
