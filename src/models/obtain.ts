import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Manifest, ModelSource } from '../config/manifest.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';
import type { FetchProgress, ObtainedModel, ObtainOptions } from './contract.ts';
import { download } from './download.ts';
import { importTfjsGraph } from './import/tfjs/index.ts';
import { filesOfPackage } from './npmPackage.ts';
import type { NpmSource } from './npmPackage.ts';

type RemoteSource = Exclude<ModelSource, { kind: 'file' }>;

/** No source gave the weights. */
export class ModelUnavailableError extends ArgusError {
  /** Each source that was tried and why it failed. */
  readonly tried: readonly string[];

  constructor(manifest: Manifest, tried: readonly string[], next: string) {
    super(`The weights of ${manifest.id} could not be had: ${tried.join('; ')}.`, next);
    this.tried = tried;
  }
}

/**
 * The weights of a model as an .onnx file on this machine. A file in a folder of `modelPath` comes first, as somebody
 * put it there; then what was fetched before; then the manifest's other sources in their order.
 * @throws ModelUnavailableError when no source gives them.
 */
export async function obtainModel(manifest: Manifest, options: ObtainOptions): Promise<ObtainedModel> {
  const local = findLocally(manifest, options);
  if (local !== null) return local;

  const path = cachePath(manifest, options);
  const tried = [...whyNotLocal(manifest, options)];
  await makeCacheFolder(options.cacheFolder);
  for (const source of manifest.sources) {
    if (source.kind === 'file') continue;
    const name = nameOf(source);
    try {
      await saveWhole(path, await fetchWeights(manifest, source, options));
      return { path, source: source.kind, why: `from ${name}, kept as ${path}` };
    } catch (error) {
      const failure = `${name}: ${messageOf(error)}`;
      options.log?.(`${manifest.id}: ${failure}`);
      tried.push(failure);
    }
  }
  throw new ModelUnavailableError(manifest, tried, howToMend(manifest, options));
}

/** The weights when no network is needed for them. */
export function findLocally(
  manifest: Manifest,
  options: Pick<ObtainOptions, 'cacheFolder' | 'modelPath'>,
): ObtainedModel | null {
  for (const name of fileNames(manifest)) {
    for (const folder of options.modelPath) {
      const path = join(folder, name);
      if (isFile(path)) return { path, source: 'file', why: `from ${path}` };
    }
  }
  const path = cachePath(manifest, options);
  return isFile(path) ? { path, source: 'cache', why: `from ${path}, fetched before` } : null;
}

async function fetchWeights(
  manifest: Manifest,
  source: RemoteSource,
  options: ObtainOptions,
): Promise<Uint8Array> {
  const startedAt = performance.now();
  let bytes: Pick<FetchProgress, 'receivedBytes' | 'totalBytes'> = {};
  const ticker = setInterval(() => {
    const elapsedMs = performance.now() - startedAt;
    options.onProgress?.({ modelId: manifest.id, source: source.kind, elapsedMs, ...bytes });
  }, 1000);
  try {
    switch (source.kind) {
      case 'url':
        return await download(source.url, {
          sha256: source.sha256,
          firstByteMs: options.fetchTimeoutMs,
          onBytes: (receivedBytes, totalBytes) => {
            bytes = totalBytes === undefined ? { receivedBytes } : { receivedBytes, totalBytes };
          },
        });
      case 'npm':
        return translate(source, await filesOfPackage(source));
    }
  } finally {
    clearInterval(ticker);
  }
}

const importers: Record<
  NpmSource['importer'],
  (graph: string, readWeights: (path: string) => Uint8Array) => Uint8Array
> = { 'tfjs-graph': importTfjsGraph };

/** The .onnx file that the source's importer makes of a package's files, the first of which is the graph. */
function translate(
  { importer, files: [graph = ''] }: NpmSource,
  files: ReadonlyMap<string, Buffer>,
): Uint8Array {
  const file = (name: string): Buffer => {
    const content = files.get(name);
    if (content === undefined) throw new Error(`${graph} needs ${name}, which "files" does not name`);
    return content;
  };
  return importers[importer](file(graph).toString('utf8'), (path) =>
    file(posix.join(posix.dirname(graph), path)),
  );
}

/** Writes a file that is there whole or not at all, also when two processes write it at once. */
async function saveWhole(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(part, bytes);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

async function makeCacheFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new ArgusError(
      `The folder for model weights cannot be made: ${messageOf(error)}.`,
      'Give Argus a data folder that it may write to.',
      { cause: error },
    );
  }
}

const cachePath = ({ id }: Manifest, { cacheFolder }: Pick<ObtainOptions, 'cacheFolder'>): string =>
  join(cacheFolder, `${id}.onnx`);

const fileNames = ({ sources }: Manifest): string[] =>
  sources.flatMap((source) => (source.kind === 'file' ? [source.name] : []));

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

function nameOf(source: RemoteSource): string {
  return source.kind === 'url' ? source.url : `npm package ${source.package}@${source.version}`;
}

function whyNotLocal(manifest: Manifest, options: ObtainOptions): string[] {
  const folders = options.modelPath.join(', ') || 'a folder of ARGUS_MODEL_PATH, which names none';
  return [
    ...fileNames(manifest).map((name) => `${name} is not in ${folders}`),
    `${cachePath(manifest, options)} is not there`,
  ];
}

function howToMend(manifest: Manifest, options: ObtainOptions): string {
  const ways: string[] = [];
  for (const source of manifest.sources) {
    if (source.kind === 'url')
      ways.push(`run: curl --fail --location --output "${cachePath(manifest, options)}" "${source.url}"`);
    if (source.kind === 'npm') ways.push(`make "npm view ${source.package}" work and start again`);
    if (source.kind === 'file')
      ways.push(
        `put ${source.name} into a folder and set ARGUS_MODEL_PATH to it: export ARGUS_MODEL_PATH=/that/folder`,
      );
  }
  return `Do one of these: ${ways.join('; or ')}.`;
}
