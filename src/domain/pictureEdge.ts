import type { Box } from './box.ts';
import type { Line, Point, Polygon } from './geometry.ts';
import { polygonArea } from './geometry.ts';
import { positionMax, positionMin } from './storedPoint.ts';

/*
 * Nothing passes the edge of the picture: what lies beyond it is not seen. A line or zone that reaches the edge therefore
 * goes on behind it, and an anchor beyond the edge, where a smoothed or cut-off box may have it, counts as being at it.
 */

/** A corner so near the edge of the picture is meant to be on it, as a share of the picture: who draws hardly hits it. */
const edgeReach = 0.01;
/** Anchors stay so far inside, which keeps them off the very edge, where being inside a polygon is not defined. */
const inset = 1e-6;

const snapped = (v: number): number => (v <= edgeReach ? 0 : v >= 1 - edgeReach ? 1 : v);
const snappedPoint = ({ x, y }: Point): Point => ({ x: snapped(x), y: snapped(y) });

/** The line with ends that lie near an edge of the picture moved onto it, unless the whole line runs along that edge. */
export function snapLine({ a, b }: Line): Line {
  const [ax, bx] = alongEdge(a.x, b.x) ? [a.x, b.x] : [snapped(a.x), snapped(b.x)];
  const [ay, by] = alongEdge(a.y, b.y) ? [a.y, b.y] : [snapped(a.y), snapped(b.y)];
  return { a: { x: ax, y: ay }, b: { x: bx, y: by } };
}

const alongEdge = (v: number, w: number): boolean =>
  snapped(v) === snapped(w) && (snapped(v) === 0 || snapped(v) === 1);

/** The polygon with corners that lie near the edge of the picture moved onto it; the same one if nothing would be left of it. */
export function snapPolygon(polygon: Polygon): Polygon {
  const moved = polygon.map(snappedPoint);
  return polygonArea(moved) > 0 ? moved : polygon;
}

/** The nearest place inside the picture. */
export const intoPicture = ({ x, y }: Point): Point => ({ x: intoUnit(x), y: intoUnit(y) });

const intoUnit = (v: number): number => Math.min(1 - inset, Math.max(inset, v));

/** Whether the edge from a to b of a polygon lies on an edge of the picture, where nothing passes. */
export const isOnPictureEdge = (a: Point, b: Point): boolean =>
  (a.x === b.x && (a.x === 0 || a.x === 1)) || (a.y === b.y && (a.y === 0 || a.y === 1));

/** The area with those sides that reach the edge of the picture moved as far out as anchors are kept. */
export const beyondPictureEdge = ({ x1, y1, x2, y2 }: Box): Box => ({
  x1: x1 <= edgeReach ? Math.min(x1, positionMin) : x1,
  y1: y1 <= edgeReach ? Math.min(y1, positionMin) : y1,
  x2: x2 >= 1 - edgeReach ? Math.max(x2, positionMax) : x2,
  y2: y2 >= 1 - edgeReach ? Math.max(y2, positionMax) : y2,
});
