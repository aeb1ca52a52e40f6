import type { EmbedderManifest } from '../config/manifest.ts';
import type { StationStatus } from '../domain/live.ts';
import type { Provider } from '../domain/provider.ts';
import { colourHistogram } from '../identify/histogram.ts';

/** What tells people apart: a network or, without one, their colours. */
export interface ChosenEmbedder {
  readonly model?: { readonly manifest: EmbedderManifest; readonly path: string };
  /** Which, from where and why, a sentence. */
  readonly reason: string;
}

/**
 * What people are really told apart by.
 * @param provider what runs the model; null: it could not be run; undefined: that is not known yet
 */
export function identifying(
  { model, reason }: ChosenEmbedder,
  provider: Provider | null | undefined,
): NonNullable<StationStatus['identify']> {
  if (!model) return { descriptor: colourHistogram, reason };
  if (provider === null)
    return { descriptor: colourHistogram, reason: `${model.manifest.id} could not be run` };
  return { descriptor: model.manifest.id, reason, ...(provider && { provider }) };
}
