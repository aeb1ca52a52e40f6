/** An axis-aligned box in picture coordinates: 0–1, origin top left, y down, x1 ≤ x2, y1 ≤ y2. */
export interface Box {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export const boxWidth = (box: Box): number => box.x2 - box.x1;
export const boxHeight = (box: Box): number => box.y2 - box.y1;
export const boxArea = (box: Box): number => boxWidth(box) * boxHeight(box);

/** Intersection over union of two boxes, 0–1; 0 when both are empty. */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const intersection = width * height;
  const union = boxArea(a) + boxArea(b) - intersection;
  return union > 0 ? intersection / union : 0;
}

/** The box with its corners moved into the picture. */
export function clampBox(box: Box): Box {
  const unit = (v: number) => Math.min(1, Math.max(0, v));
  return { x1: unit(box.x1), y1: unit(box.y1), x2: unit(box.x2), y2: unit(box.y2) };
}

/** The box at the share t (0–1) of the way from one box to another. */
export const boxBetween = (from: Box, to: Box, t: number): Box => ({
  x1: from.x1 + t * (to.x1 - from.x1),
  y1: from.y1 + t * (to.y1 - from.y1),
  x2: from.x2 + t * (to.x2 - from.x2),
  y2: from.y2 + t * (to.y2 - from.y2),
});
