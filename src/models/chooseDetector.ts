import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Manifest } from '../config/manifest.ts';
import type { ObtainedModel, ObtainOptions } from './contract.ts';
import { asksForSource, whyAccept } from './licences.ts';
import { loadManifest } from './manifests.ts';
import { findLocally, ModelUnavailableError, obtainModel } from './obtain.ts';

export interface ChosenDetector {
  readonly manifest: Manifest;
  /** The .onnx file. */
  readonly path: string;
  /** Which detector, from where and why, and what its licence asks, in one line. */
  readonly reason: string;
}

interface ChooseOptions extends ObtainOptions {
  /** UTC ms; the system's clock unless told. */
  readonly now?: () => number;
  /** Where the manifests are; the package's own unless told. */
  readonly manifestFolders?: readonly string[];
}

const preferredId = 'yolox-nano';
const fallbackId = 'nanodet-g';
/** How long the preferred detector is not asked for again while the fallback is at hand, ms. */
const retryAfterMs = 6 * 3600_000;

/**
 * The detector to run: the one asked for or, when none is, YOLOX-Nano if it can be had and else NanoDet-G.
 * @throws ArgusError when the one asked for, or both, cannot be had.
 */
export async function chooseDetector(
  requestedId: string | undefined,
  options: ChooseOptions,
): Promise<ChosenDetector> {
  if (requestedId !== undefined) {
    const manifest = loadManifest(requestedId, options.manifestFolders);
    return chosen(manifest, await obtainModel(manifest, options));
  }
  const preferred = loadManifest(preferredId, options.manifestFolders);
  const fallback = loadManifest(fallbackId, options.manifestFolders);
  const at = options.now ?? Date.now;

  // A closed network must not delay each start by its time-out.
  const failure = readFailure(options.cacheFolder);
  const sinceMs = failure === null ? Infinity : at() - failure.atMs;
  const atHand = findLocally(fallback, options);
  const isRecent = sinceMs >= 0 && sinceMs < retryAfterMs;
  if (failure !== null && isRecent && atHand !== null && findLocally(preferred, options) === null) {
    const again = `tried ${Math.round(sinceMs / 60_000)} min ago, again after ${retryAfterMs / 3600_000} h`;
    return chosen(fallback, atHand, `as ${preferredId} could not be had (${failure.reason}; ${again})`);
  }

  try {
    return chosen(preferred, await obtainModel(preferred, options), 'the default where it can be had');
  } catch (error) {
    if (!(error instanceof ModelUnavailableError)) throw error;
    const reason = error.tried.at(-1) ?? '';
    const model = await obtainFallback(fallback, options, error);
    await rememberFailure(options.cacheFolder, { atMs: at(), reason });
    return chosen(fallback, model, `as ${preferredId} could not be had (${reason})`);
  }
}

async function obtainFallback(
  fallback: Manifest,
  options: ObtainOptions,
  before: ModelUnavailableError,
): Promise<ObtainedModel> {
  try {
    return await obtainModel(fallback, options);
  } catch (error) {
    if (!(error instanceof ModelUnavailableError)) throw error;
    throw new ModelUnavailableError(
      fallback,
      [...error.tried, `nor ${preferredId}: ${before.tried.join('; ')}`],
      before.next,
    );
  }
}

function chosen(manifest: Manifest, { path, why }: ObtainedModel, because?: string): ChosenDetector {
  const parts = [`${manifest.id} ${why}`];
  if (because !== undefined) parts.push(because);
  if (asksForSource(manifest.licence)) parts.push(whyAccept(manifest.licence));
  return { manifest, path, reason: parts.join(', ') };
}

const failureSchema = z.object({ atMs: z.number(), reason: z.string() });
type Failure = z.infer<typeof failureSchema>;

const failureFile = (cacheFolder: string): string => join(cacheFolder, `${preferredId}.failed.json`);

function readFailure(cacheFolder: string): Failure | null {
  try {
    return failureSchema.parse(JSON.parse(readFileSync(failureFile(cacheFolder), 'utf8')));
  } catch {
    // Missing or damaged: only a hint is lost.
    return null;
  }
}

const rememberFailure = (cacheFolder: string, failure: Failure): Promise<void> =>
  writeFile(failureFile(cacheFolder), JSON.stringify(failure));
