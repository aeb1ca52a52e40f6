import type { DetectorManifest } from '../config/manifest.ts';
import type { ObtainedModel, ObtainOptions } from './contract.ts';
import { recentFailure, rememberFailure } from './failures.ts';
import { asksForSource, whyAccept } from './licences.ts';
import { loadDetector } from './manifests.ts';
import { findLocally, ModelUnavailableError, obtainModel } from './obtain.ts';

export interface ChosenDetector {
  readonly manifest: DetectorManifest;
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

/**
 * The detector to run: the one asked for or, when none is, YOLOX-Nano if it can be had and else NanoDet-G.
 * @throws ArgusError when the one asked for, or both, cannot be had.
 */
export async function chooseDetector(
  requestedId: string | undefined,
  options: ChooseOptions,
): Promise<ChosenDetector> {
  if (requestedId !== undefined) {
    const manifest = loadDetector(requestedId, options.manifestFolders);
    return chosen(manifest, await obtainModel(manifest, options));
  }
  const preferred = loadDetector(preferredId, options.manifestFolders);
  const fallback = loadDetector(fallbackId, options.manifestFolders);
  const at = options.now ?? Date.now;

  // A closed network must not delay each start by its time-out.
  const failure = recentFailure(options.cacheFolder, preferredId, at());
  const atHand = findLocally(fallback, options);
  if (failure !== null && atHand !== null && findLocally(preferred, options) === null)
    return chosen(fallback, atHand, `as ${preferredId} could not be had (${failure.reason})`);

  try {
    return chosen(preferred, await obtainModel(preferred, options), 'the default where it can be had');
  } catch (error) {
    if (!(error instanceof ModelUnavailableError)) throw error;
    const reason = error.tried.at(-1) ?? '';
    const model = await obtainFallback(fallback, options, error);
    await rememberFailure(options.cacheFolder, preferredId, { atMs: at(), reason });
    return chosen(fallback, model, `as ${preferredId} could not be had (${reason})`);
  }
}

async function obtainFallback(
  fallback: DetectorManifest,
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

function chosen(manifest: DetectorManifest, { path, why }: ObtainedModel, because?: string): ChosenDetector {
  const parts = [`${manifest.id} ${why}`];
  if (because !== undefined) parts.push(because);
  if (asksForSource(manifest.licence)) parts.push(whyAccept(manifest.licence));
  return { manifest, path, reason: parts.join(', ') };
}
