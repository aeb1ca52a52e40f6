import { ArgusError } from '../domain/errors.ts';
import type { Shape } from '../domain/event.ts';
import type { RunId, ShapeId, TrackId } from '../domain/ids.ts';
import { isDefinedAs, type CurrentShape } from './cameras.ts';
import type { Connection } from './database.ts';
import { definitionOf, type ShapeOrigin } from './rows.ts';

/** From where on a run counts at a shape that is defined in its middle. */
export interface CountedFrom {
  readonly run: RunId;
  /** UTC ms of the last frame before; absent: the run has none yet. */
  readonly afterMs?: number;
  /** The tracks that are followed at that moment: they are not counted at the shape. */
  readonly inView: readonly TrackId[];
}

interface Known extends CurrentShape {
  origin: ShapeOrigin;
}

/**
 * Defines a line or zone, or defines it anew; with the geometry and dwell time that it has only its name changes. To be
 * called in a transaction. Returns whether it is a new version. Throws ArgusError where argus.yaml has it.
 */
export function saveShapeRow(
  db: Connection,
  camera: number,
  shape: Shape,
  nowMs: number,
  countedFrom: CountedFrom | undefined,
): boolean {
  const before = currentShape(db, camera, shape.id);
  if (before?.origin === 'config') throw configured(before);
  if (before && isDefinedAs(before, shape)) {
    db.prepare('UPDATE shapes SET name = ? WHERE number = ?').run(shape.name, before.number);
    return false;
  }
  if (before) db.prepare('UPDATE shapes SET retired_ms = ? WHERE number = ?').run(nowMs, before.number);
  const { geometry, dwellMs } = definitionOf(shape);
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO shapes (camera, id, kind, name, geometry, dwell_ms, defined_ms, origin, run, after_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'agent', ?, ?)`,
    )
    .run(
      camera,
      shape.id,
      shape.kind,
      shape.name,
      geometry,
      dwellMs,
      nowMs,
      countedFrom?.run ?? null,
      countedFrom?.afterMs === undefined ? null : Math.round(countedFrom.afterMs),
    );
  db.prepare(
    `INSERT INTO shape_early_tracks (shape, track)
     SELECT CAST(? AS INTEGER), number FROM tracks WHERE id IN (SELECT value FROM json_each(?))`,
  ).run(lastInsertRowid, JSON.stringify(countedFrom?.inView ?? []));
  return true;
}

/** Ends the counting at a line or zone; what was counted stays. Throws ArgusError where there is none, or argus.yaml has it. */
export function retireShapeRow(db: Connection, camera: number, id: ShapeId, nowMs: number): void {
  const shape = currentShape(db, camera, id);
  if (!shape) throw new ArgusError(`There is no line or zone ${id}.`, 'list_cameras lists those there are.');
  if (shape.origin === 'config') throw configured(shape);
  db.prepare('UPDATE shapes SET retired_ms = ? WHERE number = ?').run(nowMs, shape.number);
}

const currentShape = (db: Connection, camera: number, id: ShapeId): Known | undefined =>
  db
    .prepare<[number, string], Known>(
      `SELECT number, id, kind, name, geometry, dwell_ms, origin FROM shapes
       WHERE camera = ? AND id = ? AND retired_ms IS NULL`,
    )
    .get(camera, id);

const configured = ({ kind, id }: Known): ArgusError =>
  new ArgusError(
    `The ${kind} ${id} is one of argus.yaml or the command line.`,
    'Take another name, or change it there and restart the station.',
  );
