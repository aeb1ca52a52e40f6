import type { Box } from '../domain/box.ts';
import { boxHeight, boxWidth } from '../domain/box.ts';

/**
 * Intersection over union of two boxes after each grew by `buffer` of its own width and height on every side, so that
 * boxes that just miss each other still compare (buffered IoU: Yang et al., "Hard to track objects with irregular
 * motions and similar appearances? Make it easier by buffering the matching space", arXiv 2211.13317), 0–1.
 */
export function bufferedIou(a: Box, b: Box, buffer: number): number {
  const aw = boxWidth(a);
  const ah = boxHeight(a);
  const bw = boxWidth(b);
  const bh = boxHeight(b);
  const width =
    Math.min(a.x2 + buffer * aw, b.x2 + buffer * bw) - Math.max(a.x1 - buffer * aw, b.x1 - buffer * bw);
  if (width <= 0) return 0;
  const height =
    Math.min(a.y2 + buffer * ah, b.y2 + buffer * bh) - Math.max(a.y1 - buffer * ah, b.y1 - buffer * bh);
  if (height <= 0) return 0;
  const grown = (1 + 2 * buffer) ** 2;
  return (width * height) / (grown * (aw * ah + bw * bh) - width * height);
}
