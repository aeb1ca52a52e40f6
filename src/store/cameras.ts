import type { Shape } from '../domain/event.ts';
import { cameraId, shapeId, type CameraId, type ShapeId } from '../domain/ids.ts';
import type { CameraLink } from '../domain/link.ts';
import type { Connection } from './database.ts';
import { definitionOf, type ShapeOrigin } from './rows.ts';
import type { CameraDefinition } from './types.ts';

/** The row numbers behind the ids of cameras and of the latest definitions of shapes. */
export class CameraNumbers {
  readonly #cameras = new Map<CameraId, number>();
  readonly #shapes = new Map<string, number>();

  constructor(db: Connection) {
    const cameras = db.prepare<[], { number: number; id: string }>('SELECT number, id FROM cameras').all();
    for (const { number, id } of cameras) this.#cameras.set(cameraId(id), number);
    const shapes = db
      .prepare<[], { number: number; camera: string; id: string }>(
        `SELECT max(shapes.number) AS number, cameras.id AS camera, shapes.id FROM shapes
         JOIN cameras ON cameras.number = shapes.camera GROUP BY shapes.camera, shapes.id`,
      )
      .all();
    for (const { number, camera, id } of shapes) {
      this.#shapes.set(shapeKey(cameraId(camera), shapeId(id)), number);
    }
  }

  /** Throws Error for a camera that `syncCameras` was never told of. */
  camera(camera: CameraId): number {
    const number = this.#cameras.get(camera);
    if (number === undefined) throw new Error(`syncCameras was not told of camera ${camera}`);
    return number;
  }

  /** Also of a shape that was retired just now: the last events at it may still come. Throws Error for an unknown one. */
  shape(camera: CameraId, shape: ShapeId): number {
    const number = this.#shapes.get(shapeKey(camera, shape));
    if (number === undefined) throw new Error(`syncCameras was not told of ${shape} of camera ${camera}`);
    return number;
  }
}

const shapeKey = (camera: CameraId, shape: ShapeId): string => `${camera}/${shape}`;

/** Makes the stored cameras and shapes those of the configuration. To be called in a transaction. */
export function syncCameraRows(
  db: Connection,
  cameras: readonly CameraDefinition[],
  nowMs: number,
  others: 'remove' | 'keep',
): ReplacedShape[] {
  const replaced: ReplacedShape[] = [];
  const put = db.prepare<[string, string, string, number, string | null, number], { number: number }>(
    `INSERT INTO cameras (id, name, source, created_ms, scale, blur_people) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, source = excluded.source, scale = excluded.scale,
     blur_people = excluded.blur_people, removed_ms = NULL RETURNING number`,
  );
  for (const { id, name, source, shapes, scale, blurPeople = false } of cameras) {
    const row = put.get(id, name, source, nowMs, scale ? JSON.stringify(scale) : null, blurPeople ? 1 : 0);
    if (row)
      replaced.push(...syncShapes(db, row.number, shapes, nowMs).map((shape) => ({ camera: id, shape })));
  }
  if (others === 'keep') return replaced;
  const configured = new Set<string>(cameras.map(({ id }) => id));
  const present = db
    .prepare<[], { number: number; id: string }>('SELECT number, id FROM cameras WHERE removed_ms IS NULL')
    .all();
  for (const { number, id } of present) {
    if (configured.has(id)) continue;
    // Its lines and zones stay as they are, for questions about its past.
    db.prepare('UPDATE cameras SET removed_ms = ? WHERE number = ?').run(nowMs, number);
  }
  return replaced;
}

/** A line or zone of an agent whose id the configuration has taken. */
export interface ReplacedShape {
  readonly camera: CameraId;
  readonly shape: ShapeId;
}

/** Makes the stored ways between cameras those given. To be called in a transaction. */
export function syncLinkRows(db: Connection, links: readonly CameraLink[], numbers: CameraNumbers): void {
  db.prepare('DELETE FROM links').run();
  const insert = db.prepare('INSERT INTO links VALUES (?, ?, ?, ?)');
  for (const { from, to, minSeconds, maxSeconds } of links)
    insert.run(numbers.camera(from), numbers.camera(to), minSeconds, maxSeconds);
}

export interface CurrentShape {
  number: number;
  id: string;
  kind: string;
  name: string;
  geometry: string;
  dwell_ms: number | null;
}

/** Those that an agent defined stay, but for one whose id is given. Returns which that are. */
function syncShapes(db: Connection, camera: number, shapes: readonly Shape[], nowMs: number): ShapeId[] {
  const current = db
    .prepare<[number], CurrentShape & { origin: ShapeOrigin }>(
      `SELECT number, id, kind, name, geometry, dwell_ms, origin FROM shapes
       WHERE camera = ? AND retired_ms IS NULL`,
    )
    .all(camera);
  const kept = new Set<string>();
  const replaced: ShapeId[] = [];
  for (const row of current) {
    const shape = shapes.find(({ id }) => id === row.id);
    if (!shape && row.origin === 'agent') continue;
    if (shape && row.origin === 'agent') replaced.push(shape.id);
    if (shape && isDefinedAs(row, shape)) {
      kept.add(row.id);
      db.prepare(`UPDATE shapes SET name = ?, origin = 'config' WHERE number = ?`).run(
        shape.name,
        row.number,
      );
    } else db.prepare('UPDATE shapes SET retired_ms = ? WHERE number = ?').run(nowMs, row.number);
  }
  const insert = db.prepare(
    `INSERT INTO shapes (camera, id, kind, name, geometry, dwell_ms, defined_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const shape of shapes) {
    if (kept.has(shape.id)) continue;
    const { geometry, dwellMs } = definitionOf(shape);
    insert.run(camera, shape.id, shape.kind, shape.name, geometry, dwellMs, nowMs);
  }
  return replaced;
}

export function isDefinedAs(row: CurrentShape, shape: Shape): boolean {
  const { geometry, dwellMs } = definitionOf(shape);
  return row.kind === shape.kind && row.geometry === geometry && row.dwell_ms === dwellMs;
}
