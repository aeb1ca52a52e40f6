import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShapeOption, polygonProblem } from '../../src/config/shapes.ts';
import { ArgusError } from '../../src/domain/errors.ts';
import type { Point } from '../../src/domain/geometry.ts';

const points = (...numbers: number[]): Point[] =>
  Array.from({ length: numbers.length / 2 }, (_, i) => ({
    x: numbers[2 * i] ?? 0,
    y: numbers[2 * i + 1] ?? 0,
  }));

describe('polygonProblem', () => {
  it.each([
    ['a triangle', points(0, 0, 1, 0, 0, 1)],
    ['a square, the other way round', points(0, 0, 0, 1, 1, 1, 1, 0)],
    ['an L', points(0, 0, 1, 0, 1, 0.5, 0.5, 0.5, 0.5, 1, 0, 1)],
    ['a square with a corner in the middle of an edge', points(0, 0, 0.5, 0, 1, 0, 1, 1, 0, 1)],
  ])('accepts %s', (_, polygon) => expect(polygonProblem(polygon)).toBeUndefined());

  it.each([
    ['two corners', points(0, 0, 1, 1), /^2 corners, a zone needs at least 3/],
    ['a bow tie', points(0, 0, 1, 1, 1, 0, 0, 1), /^edges 1 and 3 meeting/],
    ['a corner on another edge', points(0, 0, 1, 0, 1, 1, 0.5, 0, 0, 1), /^edges 1 and 3 meeting/],
    ['a spike', points(0, 0, 1, 0, 1, 1, 1, 0.5, 0, 1), /^edges 2 and 3 meeting/],
    ['a spike over the end of the list', points(0.5, 0, 1, 0, 1, 1, 0, 1, 1, 0), /meeting/],
    ['a repeated corner', points(0, 0, 0, 0, 1, 1, 0, 1), /^corners 1 and 2 at the same place/],
    ['a closed ring', points(0, 0, 1, 0, 1, 1, 0, 0), /^the first corner repeated at the end/],
    ['three corners on a line', points(0, 0, 0.5, 0.5, 1, 1), /^corners on one line/],
    ['a sliver', points(0, 0, 1, 0, 0.5, 1e-7), /^corners on one line/],
  ])('refuses %s', (_, polygon, message) => expect(polygonProblem(polygon)).toMatch(message));

  /** Corners around the middle of the picture in the order of their angles. */
  const star = fc
    .array(fc.double({ min: 0.1, max: 0.5, noNaN: true }), { minLength: 4, maxLength: 12 })
    .map((radii) =>
      radii.map((radius, i): Point => {
        const angle = (2 * Math.PI * i) / radii.length;
        return { x: 0.5 + radius * Math.cos(angle), y: 0.5 + radius * Math.sin(angle) };
      }),
    );

  it('accepts corners in order around a point, from any one on, in both directions', () => {
    fc.assert(
      fc.property(star, fc.nat(), fc.boolean(), (polygon, start, reverse) => {
        const from = start % polygon.length;
        const turned = [...polygon.slice(from), ...polygon.slice(0, from)];
        expect(polygonProblem(reverse ? turned.toReversed() : turned)).toBeUndefined();
      }),
    );
  });

  it('refuses convex corners of which two neighbours changed places', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 12 }), fc.nat(), (n, at) => {
        const polygon = Array.from({ length: n }, (_, i): Point => {
          const angle = (2 * Math.PI * i) / n + 0.1;
          return { x: 0.5 + 0.4 * Math.cos(angle), y: 0.5 + 0.4 * Math.sin(angle) };
        });
        const [a, b] = [at % n, (at + 1) % n];
        const swapped = polygon.map((p, i) => (i === a ? polygon[b] : i === b ? polygon[a] : p) ?? p);
        expect(polygonProblem(swapped)).toMatch(/meeting/);
      }),
    );
  });
});

describe('parseShapeOption', () => {
  it('understands a line', () => {
    expect(parseShapeOption('line', 'door:0.5,0, .5,1')).toEqual({
      kind: 'line',
      id: 'door',
      name: 'door',
      line: { a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } },
    });
  });

  it('understands a zone', () => {
    expect(parseShapeOption('zone', 'desk:0.1,0.5,0.4,0.5,0.4,0.9')).toEqual({
      kind: 'zone',
      id: 'desk',
      name: 'desk',
      polygon: points(0.1, 0.5, 0.4, 0.5, 0.4, 0.9),
    });
  });

  it.each([
    ['line', '0.5,0,0.5,1', 'no colon after an id'],
    ['line', 'a b:0.5,0,0.5,1', '"a b", an id is 1–63 letters'],
    ['line', ':0.5,0,0.5,1', '"", an id is 1–63 letters'],
    ['line', 'door:', 'nothing where a number belongs'],
    ['line', 'door:0.5,x,0.5,1', '"x" where a number belongs'],
    ['line', 'door:0.5,,0.5,1', 'nothing where a number belongs'],
    ['line', 'door:0.5,0x1,0.5,1', '"0x1" where a number belongs'],
    ['line', 'door:0.5,0,0.5', '3 numbers, a line has 4'],
    ['line', 'door:0.5,0,0.5,1,1,1', '6 numbers, a line has 4'],
    ['line', 'door:320,0,0.5,1', '320, a coordinate is from 0 to 1'],
    ['line', 'door:-0.1,0,0.5,1', '-0.1, a coordinate is from 0 to 1'],
    ['line', 'door:0.5,0,0.5,0', 'both ends at the same place'],
    ['zone', 'desk:0,0,1,0,1', '5 numbers, corners are pairs'],
    ['zone', 'desk:0,0,1,0', '2 corners, a zone needs at least 3'],
    ['zone', 'desk:0,0,1,1,1,0,0,1', 'edges 1 and 3 meeting'],
  ] as const)('refuses --%s %s', (kind, text, found) => {
    const parse = () => (kind === 'line' ? parseShapeOption(kind, text) : parseShapeOption(kind, text));
    expect(parse).toThrow(ArgusError);
    expect(parse).toThrow(`--${kind} "${text}": found ${found}`);
    expect(parse).toThrow(new RegExp(`Write --${kind} ID:x1,y1,x2,y2`));
  });
});
