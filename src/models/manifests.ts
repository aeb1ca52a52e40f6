import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestSchema } from '../config/manifest.ts';
import type { DetectorManifest, EmbedderManifest, Manifest } from '../config/manifest.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';

/** `models/` of the package; src/ and dist/ lie at the same depth. */
const packageModels = fileURLToPath(new URL('../../models/', import.meta.url));

/** Where manifests are looked for: the package's own folder comes first, so that nothing takes the place of its own. */
export const manifestFolders = (own: readonly string[] = []): readonly string[] => [packageModels, ...own];

/**
 * The manifest of a model.
 * @throws ArgusError for an unknown id, naming the known ones, and for a manifest with mistakes, naming file and key.
 */
export function loadManifest(id: string, folders = manifestFolders()): Manifest {
  const folder = folders.find((one) => idsIn(one).includes(id));
  if (folder !== undefined) return readManifest(id, join(folder, id, 'manifest.json'));
  const known = [...new Set(folders.flatMap(idsIn))].toSorted();
  throw new ArgusError(
    `There is no model "${id}"; known are ${known.join(', ') || 'none'}.`,
    'Use one of them, or add yours: argus models add FILE.onnx.',
  );
}

/**
 * The manifest of a detector.
 * @throws ArgusError as `loadManifest` does, and for a model of another task.
 */
export function loadDetector(id: string, folders = manifestFolders()): DetectorManifest {
  const manifest = loadManifest(id, folders);
  if (manifest.task === 'detect') return manifest;
  throw new ArgusError(
    `${id} is no detector: it tells people apart (task ${manifest.task}).`,
    `Detectors are ${idsOf('detect', folders)}.`,
  );
}

/**
 * The manifest of a network that tells people apart.
 * @throws ArgusError as `loadManifest` does, and for a model of another task.
 */
export function loadEmbedder(id: string, folders = manifestFolders()): EmbedderManifest {
  const manifest = loadManifest(id, folders);
  if (manifest.task === 'embed') return manifest;
  throw new ArgusError(
    `${id} does not tell people apart: it is a detector.`,
    `Models that do are ${idsOf('embed', folders)}.`,
  );
}

const idsOf = (task: Manifest['task'], folders: readonly string[]): string =>
  listManifests(folders)
    .flatMap((manifest) => (manifest.task === task ? [manifest.id] : []))
    .join(', ') || 'none';

/** All manifests, by id. */
export const listManifests = (folders = manifestFolders()): Manifest[] =>
  [...new Set(folders.flatMap(idsIn))].toSorted().map((id) => loadManifest(id, folders));

function idsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter(
    // What begins with a dot is not kept yet.
    (id) => !id.startsWith('.') && existsSync(join(folder, id, 'manifest.json')),
  );
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
