import type { Detection } from '../domain/detection.ts';

/** What the tracker takes for sure, 0–1; see its options of the same names. */
export interface Thresholds {
  readonly highConfidence: number;
  readonly confirmConfidence: number;
}

type Frames = readonly (readonly Detection[])[];

/**
 * What counts as sure depends on the detector. Public detections such as MOT15's are cut off at 0.5 and crowded near 1
 * (of those from 0.90 to 0.95, 44 % are false there); a detector that reports down to 0.1 is sure from 0.4.
 *
 * Of a detector that is cut off and less crowded, those two would leave nothing. So a fifth of the detections at most is
 * thought unsure, and 40 % at least are sure enough to confirm a track. On MOT15 neither bound is reached.
 */
export function thresholdsFor(frames: Frames): Thresholds {
  const scores = Float64Array.from(
    frames.flatMap((detections) => detections.map((d) => d.confidence)),
  ).sort();
  const quantile = (share: number) => scores[Math.floor(share * scores.length)] ?? 1;
  return quantile(0) >= 0.45
    ? {
        highConfidence: Math.min(0.75, quantile(0.2)),
        confirmConfidence: Math.min(0.97, quantile(0.6)),
      }
    : { highConfidence: 0.4, confirmConfidence: 0.4 };
}

/** Some detectors' scores are no probabilities; the logistic function brings them into 0–1 in the same order. */
export function inUnitRange(frames: Frames): Frames {
  const isUnit = frames.every((detections) => detections.every(({ confidence: c }) => c >= 0 && c <= 1));
  if (isUnit) return frames;
  return frames.map((detections) =>
    detections.map((detection) => ({ ...detection, confidence: 1 / (1 + Math.exp(-detection.confidence)) })),
  );
}
