import type { LineShape, Shape, ZoneShape } from '../domain/event.ts';
import { ArgusError } from '../domain/errors.ts';
import type { Point, Polygon } from '../domain/geometry.ts';
import { distanceToSegment, sideOf } from '../domain/geometry.ts';
import { idPattern, shapeId } from '../domain/ids.ts';

/** Smaller zones (in parts of the picture's area; a pixel of 1000×1000) are taken for mistakes. */
const leastArea = 1e-6;

/**
 * What keeps the polygon from being a zone, as what was found and what is accepted; undefined when it is one. Edges of
 * a zone meet at their common corner alone, and it has an area.
 */
export function polygonProblem(polygon: Polygon): string | undefined {
  const n = polygon.length;
  if (n < 3) return `${n} ${n === 1 ? 'corner' : 'corners'}, a zone needs at least 3`;
  const edges = polygon.map((a, i) => ({ a, b: polygon[(i + 1) % n] ?? a, number: i + 1 }));
  for (const { a, b, number } of edges) {
    if (a.x !== b.x || a.y !== b.y) continue;
    return number === n
      ? 'the first corner repeated at the end, a zone is closed without it'
      : `corners ${number} and ${number + 1} at the same place, corners differ`;
  }
  // Before the crossings, as all edges of a polygon without area lie upon one another.
  if (n === 3 && areaOf(polygon) < leastArea) return noArea;
  for (const [i, first] of edges.entries())
    for (const second of edges.slice(i + 1)) {
      const next = second.number === first.number + 1;
      const last = second.number === n && first.number === 1;
      const meets = next
        ? turnsBack(first.a, first.b, second.b)
        : last
          ? turnsBack(second.a, second.b, first.b)
          : touches(first.a, first.b, second.a, second.b);
      if (meets)
        return `edges ${first.number} and ${second.number} meeting, list the corners in order around the zone`;
    }
  return areaOf(polygon) < leastArea ? noArea : undefined;
}

const noArea = 'corners on one line, a zone needs an area';

function areaOf(polygon: Polygon): number {
  let twice = 0;
  for (const [i, a] of polygon.entries()) {
    const b = polygon[(i + 1) % polygon.length] ?? a;
    twice += a.x * b.y - b.x * a.y;
  }
  return Math.abs(twice) / 2;
}

/** Whether the edge from corner to c lies upon the one from a to the corner. */
function turnsBack(a: Point, corner: Point, c: Point): boolean {
  const ahead = (corner.x - a.x) * (c.x - corner.x) + (corner.y - a.y) * (c.y - corner.y);
  return sideOf({ a, b: corner }, c) === 0 && ahead < 0;
}

/** Whether the segments from a to b and from c to d have a point in common. */
function touches(a: Point, b: Point, c: Point, d: Point): boolean {
  const apart = (p: Point, q: Point, r: Point, s: Point) =>
    Math.sign(sideOf({ a: p, b: q }, r)) * Math.sign(sideOf({ a: p, b: q }, s)) < 0;
  return (
    (apart(a, b, c, d) && apart(c, d, a, b)) ||
    distanceToSegment(a, c, d) === 0 ||
    distanceToSegment(b, c, d) === 0 ||
    distanceToSegment(c, a, b) === 0 ||
    distanceToSegment(d, a, b) === 0
  );
}

/**
 * Understands the value of `--line` (`ID:x1,y1,x2,y2`) or `--zone` (`ID:x1,y1,x2,y2,x3,y3,…`). The name of the shape is
 * its id. Throws ArgusError.
 */
export function parseShapeOption(kind: 'line', text: string): LineShape;
export function parseShapeOption(kind: 'zone', text: string): ZoneShape;
export function parseShapeOption(kind: 'line' | 'zone', text: string): Shape {
  const form =
    kind === 'line'
      ? 'Write --line ID:x1,y1,x2,y2, e.g. --line door:0.5,0,0.5,1.'
      : 'Write --zone ID:x1,y1,x2,y2,x3,y3,… with at least 3 corners, e.g. --zone desk:0.1,0.5,0.4,0.5,0.4,0.9.';
  const refuse = (found: string): never => {
    throw new ArgusError(`--${kind} "${text}": found ${found}.`, form);
  };

  const colon = text.indexOf(':');
  if (colon < 0) refuse('no colon after an id');
  const id = text.slice(0, colon);
  if (!idPattern.test(id))
    refuse(`"${id}", an id is 1–63 letters, digits, _ and -, and starts with a letter or digit`);
  const numbers = numbersIn(text.slice(colon + 1), refuse);
  if (kind === 'line' && numbers.length !== 4) refuse(`${numbers.length} numbers, a line has 4`);
  if (numbers.length % 2 !== 0) refuse(`${numbers.length} numbers, corners are pairs of them`);

  const points = pointsFrom(numbers);
  const common = { id: shapeId(id), name: id };
  if (kind === 'zone') {
    const problem = polygonProblem(points);
    if (problem) refuse(problem);
    return { kind, ...common, polygon: points };
  }
  const [a = { x: 0, y: 0 }, b = a] = points;
  if (a.x === b.x && a.y === b.y) refuse('both ends at the same place');
  return { kind, ...common, line: { a, b } };
}

/** Understands the corners of an area, `x1,y1,x2,y2,x3,y3,…`. Throws ArgusError naming the option. */
export function polygonFrom(option: string, text: string): Polygon {
  const refuse = (found: string): never => {
    throw new ArgusError(
      `${option} "${text}": found ${found}.`,
      `Write ${option} x1,y1,x2,y2,x3,y3,… with at least 3 corners, e.g. ${option} 0.9,0,1,0,1,0.2,0.9,0.2.`,
    );
  };
  const numbers = numbersIn(text, refuse);
  if (numbers.length % 2 !== 0) refuse(`${numbers.length} numbers, corners are pairs of them`);
  const points = pointsFrom(numbers);
  const problem = polygonProblem(points);
  if (problem) refuse(problem);
  return points;
}

function numbersIn(text: string, refuse: (found: string) => never): number[] {
  return text.split(',').map((part) => {
    const trimmed = part.trim();
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed))
      refuse(`${trimmed === '' ? 'nothing' : `"${trimmed}"`} where a number belongs`);
    const value = Number(trimmed);
    if (value < 0 || value > 1)
      refuse(`${trimmed}, a coordinate is from 0 to 1: a part of the picture's width or height, not pixels`);
    return value;
  });
}

function pointsFrom(numbers: readonly number[]): Point[] {
  const points: Point[] = [];
  for (let i = 0; i < numbers.length; i += 2) points.push({ x: numbers[i] ?? 0, y: numbers[i + 1] ?? 0 });
  return points;
}
