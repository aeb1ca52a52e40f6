import type { TrackId } from '../domain/ids.ts';

export interface TrackerOptions {
  /** Makes the id of a track when it is confirmed. */
  readonly nextId: () => TrackId;
  /** A detection this strong is matched first and starts a track, 0–1; the model manifest's `high`. */
  readonly highConfidence?: number;
  /** The same of single labels, in its place. */
  readonly highConfidenceOf?: ReadonlyMap<string, number>;
  /** Detections that are neither this strong nor strong enough to start a track are left alone, 0–1; the manifest's `low`. */
  readonly lowConfidence?: number;
  /** A confirmed track not seen for longer is given up, ms. */
  readonly lostAfterMs?: number;
  /** A track is confirmed once one of its detections was this strong, 0–1; unless given, as strong as starts one … */
  readonly confirmConfidence?: number;
  /** … it has this many sightings … */
  readonly confirmSightings?: number;
  /** … and it has been followed for this long, ms. */
  readonly confirmAfterMs?: number;
  /** Labels of what is left standing: one that stood still is waited for as long as it stood, up to a minute. */
  readonly parking?: readonly string[];
  /** Labels that detectors take for one another: a track may go from one to the other. */
  readonly interchangeable?: readonly (readonly string[])[];
}

/** The options with everything decided. */
export type Settings = Required<TrackerOptions>;

export const settingsOf = (options: TrackerOptions): Settings => ({
  highConfidence: 0.6,
  highConfidenceOf: new Map(),
  confirmConfidence: 0,
  lowConfidence: 0.1,
  lostAfterMs: 2500,
  confirmSightings: 3,
  confirmAfterMs: 150,
  parking: ['car', 'truck', 'bus', 'train', 'bicycle', 'motorcycle', 'boat'],
  interchangeable: [
    ['car', 'truck', 'bus', 'train'],
    ['bicycle', 'motorcycle'],
  ],
  ...options,
});
