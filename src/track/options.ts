import type { TrackId } from '../domain/ids.ts';

/** How objects move, in multiples of the box's own width (x, width) and height (y, height). */
export interface MotionModel {
  /** Standard deviation of a detection's place and size. */
  readonly stdPlace: number;
  readonly stdSize: number;
  /** Of the unknown first velocity and growth, per second. */
  readonly stdSpeed: number;
  readonly stdGrowth: number;
  /** Square root of the spectral density of the random acceleration, per s^1.5. */
  readonly accelerationOfPlace: number;
  readonly accelerationOfSize: number;
}

export interface TrackerOptions {
  /** Makes the id of a track when it is confirmed. */
  readonly nextId: () => TrackId;
  /** A detection this strong may start a track and is matched first, 0–1; the model manifest's `high`. */
  readonly highConfidence?: number;
  /** Weaker detections are left alone, 0–1. */
  readonly lowConfidence?: number;
  /** A confirmed track not seen for longer is given up, ms. */
  readonly lostAfterMs?: number;
  /** A track is confirmed once it has this many sightings … */
  readonly confirmSightings?: number;
  /** … and has been followed for this long, ms. */
  readonly confirmAfterMs?: number;
  /** A tentative track not seen for longer is dropped, ms; one missed frame is always forgiven. */
  readonly tentativeLostAfterMs?: number;
  /** Labels that detectors mix up: a track may go from one to the other. */
  readonly interchangeable?: readonly (readonly string[])[];
}

/** The options with everything decided. */
export type Settings = Required<TrackerOptions> & {
  readonly motion: MotionModel;
  readonly minSimilarity: number;
  readonly minSimilarityLow: number;
  readonly minSimilarityTentative: number;
  readonly bufferAtRest: number;
  readonly bufferPerSecond: number;
  readonly bufferMax: number;
};

export const defaults: Omit<Settings, 'nextId'> = {
  highConfidence: 0.6,
  lowConfidence: 0.1,
  lostAfterMs: 1500,
  confirmSightings: 3,
  confirmAfterMs: 150,
  tentativeLostAfterMs: 200,
  interchangeable: [
    ['car', 'truck', 'bus', 'train'],
    ['bicycle', 'motorcycle'],
  ],
  motion: {
    stdPlace: 0.05,
    stdSize: 0.05,
    stdSpeed: 1,
    stdGrowth: 0.2,
    accelerationOfPlace: 0.5,
    accelerationOfSize: 0.1,
  },
  minSimilarity: 0.2,
  minSimilarityLow: 0.4,
  minSimilarityTentative: 0.3,
  bufferAtRest: 0.1,
  bufferPerSecond: 0.3,
  bufferMax: 0.5,
};
