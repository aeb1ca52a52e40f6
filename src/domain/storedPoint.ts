import type { TrackPoint } from './track.ts';

/*
 * What of a track's points is kept. Who decides on points as stored (the event engine, live) decides the same when they
 * are read again later.
 */

/** Positions from −0.5 to 1.5 of the picture can be kept, so that boxes partly outside it survive. */
export const positionMin = -0.5;
export const positionMax = 1.5;
const fullPosition = 65_535;
const stepsPerPicture = fullPosition / (positionMax - positionMin);
/** Positions are kept as whole steps of this part of the picture, confidences as steps of 1/32767. */
export const positionStep = 1 / stepsPerPicture;
const fullConfidence = 32_767;

/** How far an edge of the box may be kept from where it was given: 1/2000 of the picture. */
export const keptWithin = 1 / 2000;
/** The same for the confidence. */
export const confidenceKeptWithin = 0.1;
// Rounding takes half a step of it.
const edgeTolerance = Math.floor(keptWithin / positionStep - 0.5);
const confidenceTolerance = Math.floor(confidenceKeptWithin * fullConfidence - 0.5);

/** A point in whole steps, edges from `positionMin` on. Its time is apart. */
export interface PackedPoint {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  confidence: number;
}

/** For `keepUp`: no point has been kept yet. */
export const nowhere: Readonly<PackedPoint> = {
  x1: -Infinity,
  y1: -Infinity,
  x2: -Infinity,
  y2: -Infinity,
  confidence: -Infinity,
};

/**
 * Writes the point into `into`. A position outside what can be kept is moved to the nearest inside.
 *
 * @throws RangeError when a position or the confidence is not a number; `into` may have changed then
 */
export function packPoint({ box, confidence }: TrackPoint, into: PackedPoint): void {
  into.x1 = packPosition(box.x1);
  into.y1 = packPosition(box.y1);
  into.x2 = packPosition(box.x2);
  into.y2 = packPosition(box.y2);
  if (Number.isNaN(confidence)) throw new RangeError('A confidence is a number (got NaN)');
  into.confidence = Math.round(Math.min(1, Math.max(0, confidence)) * fullConfidence);
}

export function unpackPoint(
  { x1, y1, x2, y2, confidence }: Readonly<PackedPoint>,
  timeMs: number,
): TrackPoint {
  return {
    timeMs,
    box: {
      x1: positionMin + x1 * positionStep,
      y1: positionMin + y1 * positionStep,
      x2: positionMin + x2 * positionStep,
      y2: positionMin + y2 * positionStep,
    },
    confidence: confidence / fullConfidence,
  };
}

/** A position that is not a number is a defect of whoever measured it. */
export function insideRange(position: number): number {
  if (position >= positionMin && position <= positionMax) return position;
  if (Number.isNaN(position)) throw new RangeError('A position is a number (got NaN)');
  return position < positionMin ? positionMin : positionMax;
}

/**
 * Moves `kept`, where a track is taken to be, to where it is `now`, and tells whether it stayed as it was. Each edge
 * follows as if it had play: within the tolerance not at all, a little beyond only as far as it must, and exactly when it
 * really moves. So a box that trembles comes to rest in the middle of its trembling, instead of starting anew from each
 * outlier.
 */
export function keepUp(kept: PackedPoint, now: Readonly<PackedPoint>): boolean {
  const x1 = withPlay(kept.x1, now.x1, edgeTolerance);
  const y1 = withPlay(kept.y1, now.y1, edgeTolerance);
  const x2 = withPlay(kept.x2, now.x2, edgeTolerance);
  const y2 = withPlay(kept.y2, now.y2, edgeTolerance);
  const confidence = withPlay(kept.confidence, now.confidence, confidenceTolerance);
  if (x1 === kept.x1 && y1 === kept.y1 && x2 === kept.x2 && y2 === kept.y2 && confidence === kept.confidence)
    return true;
  // The play must not turn a box of a pixel or two inside out.
  const isBox = x1 <= x2 && y1 <= y2;
  kept.x1 = isBox ? x1 : now.x1;
  kept.y1 = isBox ? y1 : now.y1;
  kept.x2 = isBox ? x2 : now.x2;
  kept.y2 = isBox ? y2 : now.y2;
  kept.confidence = confidence;
  return false;
}

function withPlay(kept: number, now: number, play: number): number {
  const by = now - kept;
  if (by > 2 * play || by < -2 * play) return now;
  if (by > play) return now - play;
  return by < -play ? now + play : kept;
}

/**
 * Gives the points of one track, in order, as they will read once stored: times in whole ms, each edge within
 * `keptWithin`; what hardly moves stands still.
 */
export function createSettler(): (point: TrackPoint) => TrackPoint {
  const kept = { ...nowhere };
  const now = { ...nowhere };
  return (point) => {
    packPoint(point, now);
    keepUp(kept, now);
    return unpackPoint(kept, Math.round(point.timeMs));
  };
}

const packPosition = (position: number): number =>
  Math.round((insideRange(position) - positionMin) * stepsPerPicture);
