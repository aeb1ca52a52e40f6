import type { Confidence } from '../domain/confidence.ts';
import type { Detection } from '../domain/detection.ts';

/** Of less sure detections there are so many, and so few are of anything, that they would only cost time. */
const leastUseful = 0.01;

/**
 * The confidence from which on the detector, which all cameras share, is to report detections: the lowest that any
 * camera has a use for.
 *
 * @param low of the model's manifest: from there on a detection may continue a track
 */
export function reportedFrom(low: number, asked: readonly (Confidence | undefined)[]): number {
  const lowest = asked.map((one) => Math.min(one?.default ?? low, ...(one?.classes.values() ?? [])));
  return Math.min(low, Math.max(leastUseful, Math.min(...lowest)));
}

/** Whether a detection is for this camera, and not reported for others alone. */
export function isWantedBy(
  { classes, confidence }: { readonly classes?: readonly string[]; readonly confidence?: Confidence },
  low: number,
): (detection: Detection) => boolean {
  const labels = classes && new Set(classes);
  const from = (label: string) => Math.min(low, confidence?.classes.get(label) ?? confidence?.default ?? low);
  return (detection) =>
    (!labels || labels.has(detection.label)) && detection.confidence >= from(detection.label);
}
