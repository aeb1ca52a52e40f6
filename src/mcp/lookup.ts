import { ArgusError } from '../domain/errors.ts';
import { cameraId, shapeId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredCamera, StoredShape } from '../store/types.ts';
import { quoted } from './quoted.ts';

/** The camera of that id or name; the only one when none is named. Throws ArgusError with the known ones. */
export function findCamera(reader: Reader, asked: string | undefined): StoredCamera {
  const cameras = reader.cameras();
  const known = listOf(cameras.map(({ id, name }) => (id === name ? id : `${id} (${quoted(name)})`)));
  if (cameras.length === 0) {
    throw new ArgusError('There is no camera yet.', 'Add one to argus.yaml or run: argus watch SOURCE');
  }
  if (asked === undefined) {
    const [only, ...others] = cameras;
    if (only && others.length === 0) return only;
    throw new ArgusError('Which camera?', `Give camera as one of: ${known}.`);
  }
  const wanted = asked.trim().toLowerCase();
  const found =
    reader.camera(cameraId(asked)) ??
    cameras.find(({ id }) => id.toLowerCase() === wanted) ??
    cameras.find(({ name }) => name.trim().toLowerCase() === wanted);
  if (!found) throw new ArgusError(`There is no camera ${quoted(asked)}.`, `Known cameras: ${known}.`);
  return found;
}

/** The cameras of those ids or names; all when none are named. Throws ArgusError when there is none. */
export function findCameras(reader: Reader, asked: readonly string[] | undefined): StoredCamera[] {
  if (asked === undefined || asked.length === 0) {
    const all = reader.cameras();
    return all.length > 0 ? all : [findCamera(reader, undefined)];
  }
  const found = new Map(asked.map((one) => findCamera(reader, one)).map((camera) => [camera.id, camera]));
  return [...found.values()];
}

/** Those of the cameras that are still there, or were watched in the window: removed ones would look like blind ones. */
export const presentCameras = (
  reader: Reader,
  cameras: readonly StoredCamera[],
  window: Interval,
): StoredCamera[] => {
  const present = cameras.filter(
    ({ id, removedMs }) => removedMs === undefined || reader.coverage(id, window).length > 0,
  );
  return present.length > 0 ? present : [...cameras];
};

/** A note where classes were asked for of which nothing was ever seen; looks at all tracks of the cameras. */
export function unseenClassesNote(
  reader: Reader,
  cameras: readonly StoredCamera[],
  classes: readonly string[] = [],
): string[] {
  if (classes.length === 0) return [];
  const seen = [...new Set(cameras.flatMap(({ id }) => reader.labels(id)))].sort();
  const unseen = classes.filter((label) => !seen.includes(label));
  return unseen.length > 0
    ? [`Never seen here: ${unseen.join(', ')}. Seen: ${seen.join(', ') || 'nothing'}.`]
    : [];
}

/** The line or zone of a camera, by id or name. Throws ArgusError with the known ones. */
export function findShape(
  reader: Reader,
  camera: StoredCamera,
  { line, zone }: { readonly line?: string | undefined; readonly zone?: string | undefined },
): StoredShape {
  const shapes = reader.shapes(camera.id);
  const asked = line ?? zone;
  const known = shapes.map(({ shape }) => `${shape.kind} ${shape.id}`);
  const next =
    known.length > 0
      ? `${camera.id} has: ${listOf(known)}.`
      : `${camera.id} has no lines or zones; add one to argus.yaml.`;
  if (asked === undefined || (line !== undefined && zone !== undefined)) {
    throw new ArgusError('Give either line or zone.', next);
  }
  const kind = line === undefined ? 'zone' : 'line';
  const ofKind = shapes.filter(({ shape }) => shape.kind === kind);
  const found =
    ofKind.find(({ shape }) => shape.id === shapeId(asked)) ??
    ofKind.find(({ shape }) => shape.name.toLowerCase() === asked.toLowerCase());
  if (!found) throw new ArgusError(`${camera.id} has no ${kind} ${quoted(asked)}.`, next);
  return found;
}

const listOf = (items: readonly string[]): string => items.join(', ');
