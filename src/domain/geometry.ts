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

/** The point of a box that lines and zones look at: where the object touches the ground, or the middle. */
export type AnchorKind = 'bottom' | 'centre';

export const anchorOf = (box: Box, kind: AnchorKind = 'bottom'): Point => ({
  x: (box.x1 + box.x2) / 2,
  y: kind === 'bottom' ? box.y2 : (box.y1 + box.y2) / 2,
});

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

export const distanceBetween = (p: Point, q: Point): number => Math.hypot(p.x - q.x, p.y - q.y);

/** Area within the polygon, by the shoelace formula; of a polygon that crosses itself the parts may cancel out. */
export function polygonArea(polygon: Polygon): number {
  return Math.abs(edgesOf(polygon).reduce((sum, [a, b]) => sum + a.x * b.y - b.x * a.y, 0)) / 2;
}

export const polygonPerimeter = (polygon: Polygon): number =>
  edgesOf(polygon).reduce((sum, [a, b]) => sum + distanceBetween(a, b), 0);

/**
 * How far along the step from p to q (0–1) it last passes through an edge of the polygon; undefined when it passes none.
 */
export function lastEdgePassed(polygon: Polygon, p: Point, q: Point): number | undefined {
  let last: number | undefined;
  for (const [a, b] of edgesOf(polygon)) {
    const sideP = sideOf({ a, b }, p);
    const sideQ = sideOf({ a, b }, q);
    if (sideP > 0 === sideQ > 0) continue;
    if (sideOf({ a: p, b: q }, a) > 0 === sideOf({ a: p, b: q }, b) > 0) continue;
    const along = sideP / (sideP - sideQ);
    if (last === undefined || along > last) last = along;
  }
  return last;
}

/** The edges of the polygon, each as its two corners; the first edge ends in the first corner. */
export function edgesOf(polygon: Polygon): [Point, Point][] {
  const edges: [Point, Point][] = [];
  let a = polygon.at(-1);
  for (const b of polygon) {
    if (a) edges.push([a, b]);
    a = b;
  }
  return edges;
}
