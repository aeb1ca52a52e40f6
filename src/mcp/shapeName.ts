import { createHash } from 'node:crypto';
import { shapeId, type ShapeId } from '../domain/ids.ts';
import type { StoredShape } from '../store/types.ts';

/** Leaves room for what tells two of the same apart. */
const mostLetters = 50;

/**
 * The id of a line or zone that is called so: that of the one which has the name or id already, else the name in plain
 * letters. A name without any gets an id made of its hash, so that the same name always has the same.
 */
export function idForName(name: string, shapes: readonly StoredShape[]): ShapeId {
  const known = shapeCalled(name, shapes);
  if (known) return known.shape.id;
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
    .slice(0, mostLetters);
  const id = plain || `shape-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
  const isTaken = (candidate: string) => shapes.some(({ shape }) => shape.id === candidate);
  let unique = id;
  for (let n = 2; isTaken(unique); n++) unique = `${id}-${n}`;
  return shapeId(unique);
}

/** The line or zone of that id, or else of that name. */
export const shapeCalled = (name: string, shapes: readonly StoredShape[]): StoredShape | undefined =>
  shapes.find(({ shape }) => shape.id === name) ??
  shapes.find(({ shape }) => shape.name.toLowerCase() === name.toLowerCase());
