import { delimiter, join, resolve } from 'node:path';
import type { DataFolder } from '../config/dataFolder.ts';
import { loadConfig, type CameraConfig, type Config } from '../config/load.ts';
import { ArgusError } from '../domain/errors.ts';
import { chooseEmbedder } from '../models/chooseEmbedder.ts';
import { chooseDetector } from '../models/chooseDetector.ts';
import { acceptedLicences } from '../models/licences.ts';
import { manifestFolders } from '../models/manifests.ts';
import type { FetchProgress } from '../models/contract.ts';
import { parseSource } from '../source/parseSource.ts';
import type { ChosenEmbedder } from '../station/identifying.ts';
import type { ChosenDetector } from '../station/stationOptions.ts';
import type { StationCamera } from '../station/stationCamera.ts';
import { configPath, type CommonFlags } from './place.ts';
import type { Terminal } from './terminal.ts';

/** Longest wait for a server that offers weights to answer; a closed network must not hold the start up. */
const fetchTimeoutMs = 3_000;

export async function readConfig(flags: CommonFlags): Promise<{ path: string; config: Config } | undefined> {
  const path = configPath(flags);
  return path === undefined ? undefined : { path, config: await loadConfig(path, process.env, parseSource) };
}

/** The configuration, which must be there. */
export async function requireConfig(flags: CommonFlags): Promise<{ path: string; config: Config }> {
  const found = await readConfig(flags);
  if (found) return found;
  throw new ArgusError(
    'There is no configuration: neither --config, ARGUS_CONFIG nor argus.yaml in this folder.',
    'Write one with "argus init", or look at a single source with "argus watch SOURCE".',
  );
}

export const stationCameras = (config: Config): StationCamera[] =>
  config.cameras.map((camera) => stationCamera(camera, config.folder));

function stationCamera(camera: CameraConfig, folder: string): StationCamera {
  const { id, name, shapes, scale, maxFps, reading, classes, confidence, identify, startTimeMs } = camera;
  return {
    id,
    name,
    shapes,
    ...(camera.ignore && { ignore: camera.ignore }),
    ...(scale && { scale }),
    ...(camera.blurPeople === true && { blurPeople: true }),
    source: parseSource(camera.source, { folder, written: camera.sourceWritten }),
    ...(maxFps !== undefined && { maxFps }),
    ...(reading && { reading }),
    ...(classes && { classes }),
    ...(confidence && { confidence }),
    ...(identify !== undefined && { identify }),
    ...(startTimeMs !== undefined && { startMs: startTimeMs }),
  };
}

/**
 * Folders in which weights are looked for by name: `ARGUS_MODEL_PATH`, then those of added models, then a `shared` folder
 * beside the program.
 */
export function modelPath({ models }: DataFolder): string[] {
  const named = (process.env['ARGUS_MODEL_PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const shared = process.env['ARGUS_SHARED'] ?? join(import.meta.dirname, '../../../shared');
  return [...named, models, join(shared, 'models')].map((folder) => resolve(folder));
}

/** Chooses what tells people apart and fetches its weights where need be; undefined for `off`. */
export async function embedderFor(
  asked: string,
  data: DataFolder,
  terminal: Terminal,
): Promise<ChosenEmbedder | undefined> {
  return asked === 'off' ? undefined : chooseEmbedder(asked, obtainOptions(data, terminal));
}

/** Chooses the detector and fetches its weights where need be. `auto` and undefined: the default one. */
export async function detectorFor(
  asked: string | undefined,
  data: DataFolder,
  terminal: Terminal,
): Promise<ChosenDetector> {
  return chooseDetector(asked === 'auto' ? undefined : asked, obtainOptions(data, terminal));
}

const obtainOptions = (data: DataFolder, terminal: Terminal) => ({
  cacheFolder: data.weights,
  modelPath: modelPath(data),
  manifestFolders: manifestFolders([data.models]),
  fetchTimeoutMs,
  acceptedLicences: acceptedLicences(data.weights),
  onProgress: progressOf(terminal),
  log: (line: string) => terminal.say(line),
});

/** A bar where the size is known, else what goes on. */
export const progressOf =
  (terminal: Terminal) =>
  (progress: FetchProgress): void => {
    const { receivedBytes, totalBytes, elapsedMs } = progress;
    if (receivedBytes !== undefined && totalBytes !== undefined)
      terminal.progress(receivedBytes / totalBytes, progressText(progress));
    else terminal.working(progressText(progress), elapsedMs);
  };

function progressText({ modelId, source, elapsedMs, receivedBytes, totalBytes }: FetchProgress): string {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const amount =
    receivedBytes === undefined
      ? ''
      : `, ${megabytes(receivedBytes)}${totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`}`;
  return `Fetching ${modelId} (${source === 'npm' ? 'npm package' : 'download'}): ${Math.round(elapsedMs / 1000)} s${amount}`;
}
