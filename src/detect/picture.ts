import { boxHeight, boxWidth, clampBox } from '../domain/box.ts';
import type { Box } from '../domain/box.ts';
import type { Letterbox } from '../domain/letterbox.ts';

/**
 * The box with corners given in input pixels, as 0–1 of the picture, cut at the picture's edge. Null when nothing of
 * it is left: a box inside the border, without a size, or not a number.
 */
export function toPicture(letterbox: Letterbox, x1: number, y1: number, x2: number, y2: number): Box | null {
  const box = clampBox({
    x1: (x1 - letterbox.offsetX) / letterbox.contentWidth,
    y1: (y1 - letterbox.offsetY) / letterbox.contentHeight,
    x2: (x2 - letterbox.offsetX) / letterbox.contentWidth,
    y2: (y2 - letterbox.offsetY) / letterbox.contentHeight,
  });
  return boxWidth(box) > 0 && boxHeight(box) > 0 ? box : null;
}
