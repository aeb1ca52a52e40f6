import { iou } from '../domain/box.ts';
import type { Detection } from '../domain/detection.ts';

/**
 * Greedy non-maximum suppression, class-aware: of two detections of one label that overlap by more than `maxIou`,
 * the weaker one goes. Returns what is left, strongest first; the input stays as it is.
 */
export function suppressOverlaps(detections: readonly Detection[], maxIou: number): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of strongestFirst(detections)) {
    const covered = kept.some(
      (other) => other.label === candidate.label && iou(other.box, candidate.box) > maxIou,
    );
    if (!covered) kept.push(candidate);
  }
  return kept;
}

export const strongestFirst = (detections: readonly Detection[]): Detection[] =>
  detections.toSorted((a, b) => b.confidence - a.confidence);
