import type { EmbedderManifest } from '../config/manifest.ts';
import type { ObtainedModel, ObtainOptions } from './contract.ts';
import { recentFailure, rememberFailure } from './failures.ts';
import { loadEmbedder } from './manifests.ts';
import { findLocally, ModelUnavailableError, obtainModel } from './obtain.ts';

/** What tells people apart: a network or, without one, the colours of their clothes. */
export interface ChosenEmbedder {
  readonly model?: {
    readonly manifest: EmbedderManifest;
    /** The .onnx file. */
    readonly path: string;
  };
  /** Which, from where and why, in one line. */
  readonly reason: string;
}

interface ChooseOptions extends ObtainOptions {
  /** UTC ms; the system's clock unless told. */
  readonly now?: () => number;
  /** Where the manifests are; the package's own unless told. */
  readonly manifestFolders?: readonly string[];
}

/** What needs no weights. */
const colours = 'colour-histogram';
const preferredId = 'person-reid-0287';
const fallbackId = 'osnet-x0-25';

/**
 * What is to tell people apart: what is asked for or, with `auto`, person-reid-0287 if it can be had, else osnet-x0-25
 * if its file is there, else colours alone.
 * @throws ArgusError when what is asked for by its name cannot be had.
 */
export async function chooseEmbedder(asked: string, options: ChooseOptions): Promise<ChosenEmbedder> {
  if (asked === colours) return { reason: `${colours}, as asked for` };
  if (asked !== 'auto') {
    const manifest = loadEmbedder(asked, options.manifestFolders);
    return chosen(manifest, await obtainModel(manifest, options));
  }
  const preferred = loadEmbedder(preferredId, options.manifestFolders);
  const at = options.now ?? Date.now;
  // A closed network must not delay each start by its time-out.
  const failure =
    findLocally(preferred, options) === null ? recentFailure(options.cacheFolder, preferredId, at()) : null;
  if (failure !== null) return withoutPreferred(failure.reason, options);
  try {
    return chosen(preferred, await obtainModel(preferred, options), 'the default where it can be had');
  } catch (error) {
    if (!(error instanceof ModelUnavailableError)) throw error;
    const reason = error.tried.at(-1) ?? '';
    await rememberFailure(options.cacheFolder, preferredId, { atMs: at(), reason });
    return withoutPreferred(reason, options);
  }
}

function withoutPreferred(reason: string, options: ChooseOptions): ChosenEmbedder {
  const because = `as ${preferredId} could not be had (${reason})`;
  const fallback = loadEmbedder(fallbackId, options.manifestFolders);
  const atHand = findLocally(fallback, options);
  return atHand === null ? { reason: `${colours}, ${because}` } : chosen(fallback, atHand, because);
}

const chosen = (
  manifest: EmbedderManifest,
  { path, why }: ObtainedModel,
  because?: string,
): ChosenEmbedder => ({
  model: { manifest, path },
  reason: [`${manifest.id} ${why}`, because].filter((part) => part !== undefined).join(', '),
});
