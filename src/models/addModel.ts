import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DetectorManifest } from '../config/manifest.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';

/**
 * Keeps a model of the user's: manifest, weights and the picture of its trial in a folder of their own, which is there
 * whole or not at all. Returns that folder.
 * @throws ArgusError when one of that id is there already, or the disk does not take it.
 */
export async function keepModel(
  modelsFolder: string,
  manifest: DetectorManifest,
  weightsPath: string,
  picture: Uint8Array,
): Promise<string> {
  const folder = join(modelsFolder, manifest.id);
  if (existsSync(folder)) {
    throw new ArgusError(
      `There is a model ${manifest.id} already, in ${folder}.`,
      'Give the new one another name with --id, or delete that folder first.',
    );
  }
  const draft = join(modelsFolder, `.${manifest.id}-${randomUUID()}`);
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 });
    await copyFile(weightsPath, join(draft, `${manifest.id}.onnx`));
    await writeFile(join(draft, 'trial.png'), picture);
    // What is kept is found by its path inside the folder of models.
    const kept: DetectorManifest = {
      ...manifest,
      sources: [{ kind: 'file', name: `${manifest.id}/${manifest.id}.onnx` }],
    };
    await writeFile(join(draft, 'manifest.json'), `${JSON.stringify(kept, null, 2)}\n`);
    await rename(draft, folder);
  } catch (error) {
    // What cannot be made need not be removed: the first reason is the one to tell.
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    throw new ArgusError(
      `The model ${manifest.id} could not be kept in ${folder}: ${messageOf(error)}.`,
      'Free some room, or name a data folder that may be written with --data.',
      { cause: error },
    );
  }
  return folder;
}
