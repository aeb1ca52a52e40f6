import type { Box } from './box.ts';

/** A place in the picture, 0–1, origin top left, y down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A directed line from a to b. */
export interface Line {
  readonly a: Point;
  readonly b: Point;
}

/** At least three corners, in order; the last is joined to the first. */
export type Polygon = readonly Point[];

/** The point of a box that lines and zones look at: bottom centre, where the object touches the ground. */
export const anchorOf = (box: Box): Point => ({ x: (box.x1 + box.x2) / 2, y: box.y2 });

/**
 * Which side of the line the point is on: dx·(py−ay) − dy·(px−ax). Positive is the left of the picture for a line drawn
 * from top to bottom; from positive to negative is `forward`.
 */
export function sideOf(line: Line, p: Point): number {
  return (line.b.x - line.a.x) * (p.y - line.a.y) - (line.b.y - line.a.y) * (p.x - line.a.x);
}

/** Whether the point is inside the polygon (even–odd rule). */
export function insidePolygon(polygon: Polygon, p: Point): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const a = polygon[i];
    const b = polygon[j];
    if (!a || !b) continue;
    if (a.y > p.y !== b.y > p.y && p.x < ((b.x - a.x) * (p.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/** Distance from the point to the segment from a to b, in picture units. */
export function distanceToSegment(p: Point, a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((p.x - a.x) * dx + (p.y - a.y) * dy) / lengthSquared;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(p.x - (a.x + t * dx), p.y - (a.y + t * dy));
}
