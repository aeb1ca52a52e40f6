import { ArgusError } from '../domain/errors.ts';
import type { CameraId } from '../domain/ids.ts';
import { classesOf, type DetectorManifest } from './manifest.ts';
import { nearestOf } from './problems.ts';

/** A class that a camera asks for by its name. */
export interface ClassName {
  readonly camera: CameraId;
  readonly name: string;
  /** The name with its variables, if it has any, as they are written. */
  readonly written: string;
  /** `argus.yaml:9: cameras[0].classes[1]` or `--classes`. */
  readonly where: string;
}

/** Throws ArgusError with a line for each class that the model does not have. */
export function checkClassNames(names: readonly ClassName[], manifest: DetectorManifest): void {
  const known = classesOf(manifest);
  const problems = names
    .filter(({ name }) => !known.includes(name))
    .map(({ camera, name, written, where }) => {
      const nearest = nearestOf(name, known);
      const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
      return `${where}: camera ${camera} asks for the class "${written}"${hint}, which ${manifest.id} does not have`;
    });
  if (problems.length > 0)
    throw new ArgusError(
      `${problems.join('\n')}.`,
      `List its classes with: argus models classes ${manifest.id}`,
    );
}
