import { iou, type Box } from '../../src/domain/box.ts';

const minIou = 0.5;

/** Counts of boxes found against boxes that are there. */
export interface DetectionCounts {
  readonly matched: number;
  readonly found: number;
  readonly wanted: number;
}

/** Pairs each box, the surest first, with the free true one it overlaps most, from an IoU of 0.5. */
export function countMatches(boxes: readonly Box[], truth: readonly Box[]): DetectionCounts {
  const free = new Set(truth);
  for (const box of boxes) {
    const best = [...free].toSorted((a, b) => iou(b, box) - iou(a, box))[0];
    if (best && iou(best, box) >= minIou) free.delete(best);
  }
  return { matched: truth.length - free.size, found: boxes.length, wanted: truth.length };
}

export interface DetectionScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export function scoreOf(frames: readonly DetectionCounts[]): DetectionScore {
  const sum = (key: keyof DetectionCounts) => frames.reduce((total, counts) => total + counts[key], 0);
  const [matched, found, wanted] = [sum('matched'), sum('found'), sum('wanted')];
  return { precision: matched / found, recall: matched / wanted, f1: (2 * matched) / (found + wanted) };
}

/** Someone stands at the top left for the whole of vtest.avi and is in no ground truth; px of the 768×576 picture. */
const unlabelled = { right: 75 / 768, bottom: 150 / 576 };

export const isUnlabelled = ({ x1, y1, x2, y2 }: Box): boolean =>
  (x1 + x2) / 2 < unlabelled.right && (y1 + y2) / 2 < unlabelled.bottom;
