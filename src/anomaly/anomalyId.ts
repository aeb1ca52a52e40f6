import { cameraId, idPattern, shapeId, type CameraId, type ShapeId } from '../domain/ids.ts';
import { families, type Family, type Finding } from './contract.ts';

/**
 * The id of a finding says what it is of, so that nobody has to remember it: family, camera, line or zone, class,
 * direction, and from and to in seconds, e.g. `more.dock.door.person.f.tdq8o0~tdqb00`. `-`: none.
 */
export function anomalyIdOf(finding: Finding): string {
  const { family, camera, shape = '-', label, direction, fromMs, toMs } = finding;
  const times = [fromMs, toMs].map((ms) => Math.floor(ms / 1000).toString(36)).join('~');
  const named = label === undefined ? '-' : encodeURIComponent(label).replaceAll('.', '%2E');
  return [family, camera, shape, named, direction?.[0] ?? '-', times].join('.');
}

/** What an id says; undefined: it is none. */
export function readAnomalyId(
  id: string,
): { readonly family: Family; readonly camera: CameraId; readonly shape?: ShapeId } | undefined {
  const parts = id.split('.');
  const [family, camera = '', shape = '', , , times = ''] = parts;
  const known = families.find((one) => one === family);
  const isShape = shape === '-' || idPattern.test(shape);
  if (parts.length !== 6 || !known || !idPattern.test(camera) || !isShape) return undefined;
  if (!/^-?[0-9a-z]+~-?[0-9a-z]+$/.test(times)) return undefined;
  return { family: known, camera: cameraId(camera), ...(shape !== '-' && { shape: shapeId(shape) }) };
}
