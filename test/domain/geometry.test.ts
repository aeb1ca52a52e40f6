import { describe, expect, it } from 'vitest';
import type { Point, Polygon } from '../../src/domain/geometry.ts';
import {
  anchorOf,
  edgesOf,
  distanceToSegment,
  insidePolygon,
  lastEdgePassed,
  polygonArea,
  polygonPerimeter,
  sideOf,
} from '../../src/domain/geometry.ts';

const p = (x: number, y: number): Point => ({ x, y });
const square: Polygon = [p(0, 0), p(1, 0), p(1, 1), p(0, 1)];
/** A square with a bay cut in from the top. */
const bay: Polygon = [p(0, 0), p(0.4, 0), p(0.4, 0.5), p(0.6, 0.5), p(0.6, 0), p(1, 0), p(1, 1), p(0, 1)];

describe('anchorOf', () => {
  const box = { x1: 0.2, y1: 0.2, x2: 0.4, y2: 0.8 };
  it.each([
    ['bottom', p(0.3, 0.8)],
    ['centre', p(0.3, 0.5)],
  ] as const)('%s', (kind, { x, y }) => {
    const anchor = anchorOf(box, kind);
    expect(anchor.x).toBeCloseTo(x);
    expect(anchor.y).toBeCloseTo(y);
  });
});

describe('sideOf', () => {
  const down = { a: p(0.5, 0), b: p(0.5, 1) };
  it.each([
    ['left of a line drawn downwards is positive', p(0.2, 0.5), 1],
    ['right of it is negative', p(0.8, 0.5), -1],
    ['on it is zero', p(0.5, 0.3), 0],
    ['beyond its end still has a side', p(0.2, 5), 1],
  ])('%s', (_, point, sign) => expect(Math.sign(sideOf(down, point))).toBe(sign));
});

describe('polygons', () => {
  it.each([
    ['the middle of a square', square, p(0.5, 0.5), true],
    ['beside a square', square, p(1.5, 0.5), false],
    ['within the bay', bay, p(0.5, 0.25), false],
    ['below the bay', bay, p(0.5, 0.75), true],
  ])('%s: inside or not', (_, polygon, point, inside) => expect(insidePolygon(polygon, point)).toBe(inside));

  it('have an area, whichever way they were drawn', () => {
    expect(polygonArea(square)).toBeCloseTo(1);
    expect(polygonArea([...square].reverse())).toBeCloseTo(1);
    expect(polygonArea(bay)).toBeCloseTo(0.9);
    expect(polygonArea([p(0, 0), p(1, 1)])).toBe(0);
  });

  it('have a perimeter that closes', () => expect(polygonPerimeter(square)).toBeCloseTo(4));

  it.each([
    ['inside', p(0.5, 0.9), 0.1],
    ['outside', p(0.5, 1.3), 0.3],
    ['off a corner', p(1.3, 1.4), 0.5],
  ])('distance to the edge from %s', (_, point, distance) =>
    expect(Math.min(...edgesOf(square).map(([a, b]) => distanceToSegment(point, a, b)))).toBeCloseTo(
      distance,
    ),
  );

  it.each([
    ['going in', p(-1, 0.5), p(0.5, 0.5), 2 / 3],
    ['going out', p(0.5, 0.5), p(0.5, 2.5), 0.25],
    ['passing through: the last edge', p(-1, 0.5), p(3, 0.5), 0.5],
    ['staying out', p(-1, 0.5), p(-1, 3), undefined],
    ['staying in', p(0.2, 0.2), p(0.7, 0.4), undefined],
  ])('where a step passed the edge: %s', (_, from, to, along) => {
    const found = lastEdgePassed(square, from, to);
    if (along === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(along);
  });
});

describe('distanceToSegment', () => {
  it.each([
    ['beside it', p(0.5, 0.3), 0.3],
    ['beyond its end', p(1.3, 0.4), 0.5],
  ])('%s', (_, point, distance) => expect(distanceToSegment(point, p(0, 0), p(1, 0))).toBeCloseTo(distance));

  it('of no length is the distance to its place', () =>
    expect(distanceToSegment(p(0.3, 0.4), p(0, 0), p(0, 0))).toBeCloseTo(0.5));
});
