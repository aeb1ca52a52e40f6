import { env } from 'node:process';
import type { DecodingChoice } from '../config/decoding.ts';
import { ArgusError } from '../domain/errors.ts';
import { chooseChains, featureRanks, refusal, type ChainSelection } from './chains.ts';
import { elementExists } from './elements.ts';

/**
 * Finds out how this machine can decode. To be called before anything else of this room: GStreamer reads the ranks of
 * its decoders once. Throws ArgusError when what was asked for by name is not there.
 */
export function openDecoding(asked: DecodingChoice): ChainSelection {
  const ranks = featureRanks(asked, env['GST_PLUGIN_FEATURE_RANK']);
  if (ranks !== undefined) env['GST_PLUGIN_FEATURE_RANK'] = ranks;
  const selection = chooseChains(asked, elementExists);
  if (selection.chains.length === 0) throw new ArgusError(...refusal(selection));
  return selection;
}
