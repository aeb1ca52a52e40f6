import * as z from 'zod';
import { polygonProblem } from '../config/shapes.ts';
import { ArgusError } from '../domain/errors.ts';
import type { Shape, ZoneShape } from '../domain/event.ts';
import type { Point } from '../domain/geometry.ts';
import { shapeId } from '../domain/ids.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredCamera, StoredShape } from '../store/types.ts';
import { findShape } from './lookup.ts';

/* Lines and zones as a question names or draws them. What is drawn is checked here rather than by the schema, so that a
 * mistake is answered with what is accepted. */

const point = z.array(z.number());

export const lineInput = z
  .union([z.string(), z.strictObject({ from: point, to: point })], {
    error: 'give the id or name of a line, or {from: [x, y], to: [x, y]} in 0–1 of the picture',
  })
  .describe('Id or name, or drawn now: {from: [x, y], to: [x, y]}, parts of the picture, [0, 0] top left');
export const zoneInput = z
  .union([z.string(), z.strictObject({ polygon: z.array(point) })], {
    error: 'give the id or name of a zone, or {polygon: [[x, y], …]} in 0–1 of the picture',
  })
  .describe('Id or name, or drawn now: {polygon: [[x, y], …]}');

/** A line or zone that a question is about. */
export interface AskedShape {
  readonly shape: Shape;
  /** Its definition in the store; absent: it is drawn by the question. */
  readonly stored?: StoredShape;
}

interface Asked {
  readonly line?: z.output<typeof lineInput> | undefined;
  readonly zone?: z.output<typeof zoneInput> | undefined;
}

/** Whether the question draws its shape itself. */
export const isDrawn = ({ line, zone }: Asked): boolean =>
  typeof line === 'object' || typeof zone === 'object';

/** Throws ArgusError when there is no such line or zone, or when what is drawn is none. */
export function askedShape(reader: Reader, camera: StoredCamera, { line, zone }: Asked): AskedShape {
  if (line !== undefined && zone !== undefined) {
    throw new ArgusError('Both line and zone are given.', 'Give one of them.');
  }
  if (typeof line === 'object') return { shape: drawnLine(line.from, line.to) };
  if (typeof zone === 'object') return { shape: drawnZone(zone.polygon) };
  const stored = findShape(reader, camera, { line, zone });
  return { shape: stored.shape, stored };
}

const drawnId = shapeId('drawn');

function drawnLine(from: readonly number[], to: readonly number[]): Shape {
  const next =
    'Give line as {from: [x, y], to: [x, y]}, two different points with x and y from 0 to 1, or as the id of a line.';
  const a = pointOf(from, 'line: from', next);
  const b = pointOf(to, 'line: to', next);
  if (a.x === b.x && a.y === b.y) {
    throw new ArgusError(`line: from and to are the same point [${a.x}, ${a.y}].`, next);
  }
  return { kind: 'line', id: drawnId, name: 'drawn line', line: { a, b } };
}

function drawnZone(corners: readonly (readonly number[])[]): ZoneShape {
  const next =
    'Give zone as {polygon: [[x, y], …]}, at least 3 corners in order around it, x and y from 0 to 1, no edges ' +
    'crossing, or as the id of a zone.';
  const polygon = corners.map((corner, n) => pointOf(corner, `zone: corner ${n + 1}`, next));
  const problem = polygonProblem(polygon);
  if (problem) throw new ArgusError(`zone: found ${problem}.`, next);
  return { kind: 'zone', id: drawnId, name: 'drawn zone', polygon };
}

function pointOf(values: readonly number[], what: string, next: string): Point {
  const [x, y] = values;
  if (x === undefined || y === undefined || values.length !== 2) {
    throw new ArgusError(`${what} is [${values.join(', ')}], a point is two numbers.`, next);
  }
  if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) {
    throw new ArgusError(`${what} is [${x}, ${y}], outside the picture.`, next);
  }
  return { x, y };
}

/** The shape in words, for the text of an answer. */
export function shapeText({ shape, stored }: AskedShape): string {
  if (stored) return `${shape.kind} ${shape.id}`;
  const place = ({ x, y }: Point) => `[${x}, ${y}]`;
  return shape.kind === 'line'
    ? `the line drawn from ${place(shape.line.a)} to ${place(shape.line.b)}`
    : `the zone drawn with ${shape.polygon.length} corners`;
}
