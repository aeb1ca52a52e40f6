import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestSchema } from '../config/manifest.ts';
import type { Manifest } from '../config/manifest.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';

/** `models/` of the package; src/ and dist/ lie at the same depth. */
const packageModels = fileURLToPath(new URL('../../models/', import.meta.url));

/**
 * The manifest of a model.
 * @throws ArgusError for an unknown id, naming the known ones, and for a manifest with mistakes, naming file and key.
 */
export function loadManifest(id: string, folder = packageModels): Manifest {
  const known = knownIds(folder);
  if (!known.includes(id)) {
    throw new ArgusError(
      `There is no model "${id}"; known are ${known.join(', ') || 'none'}.`,
      `Use one of them, or describe yours in ${join(folder, id.replaceAll(/[^a-z0-9-]/g, '-'), 'manifest.json')}.`,
    );
  }
  return readManifest(id, join(folder, id, 'manifest.json'));
}

/** All manifests, by id. */
export const listManifests = (folder = packageModels): Manifest[] =>
  knownIds(folder).map((id) => loadManifest(id, folder));

function knownIds(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((id) => existsSync(join(folder, id, 'manifest.json')))
    .toSorted();
}

function readManifest(id: string, file: string): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw badManifest(file, messageOf(error), error);
  }
  const parsed = manifestSchema.safeParse(content);
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'file'}: ${message}`,
    );
    throw badManifest(file, mistakes.join('; '), parsed.error);
  }
  if (parsed.data.id !== id) throw badManifest(file, `id: is "${parsed.data.id}", but its folder is "${id}"`);
  return parsed.data;
}

const badManifest = (file: string, mistakes: string, cause?: unknown): ArgusError =>
  new ArgusError(`${file} has mistakes: ${mistakes}.`, 'Correct them in that file.', { cause });
