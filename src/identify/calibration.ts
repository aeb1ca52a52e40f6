import { colourHistogram } from './histogram.ts';

/** How the similarity of two tracks tells whether they are of one person. */
export interface Calibration {
  /** The similarity at which it speaks for neither, … */
  readonly middle: number;
  /** … and by how much the logarithm of the likelihood ratio grows with each 1 of similarity. */
  readonly steepness: number;
  /** Mean and standard deviation of the similarities of different people, in the footage of the fit. */
  readonly strangers: { readonly mean: number; readonly spread: number };
}

/**
 * Found by logistic regression on pairs of pieces, of up to 8 s, of different passages of vtest.avi (PETS09-S2L1), as
 * many of one person as of two in weight. One scene is few, so the fits are held flat (L2) and rounded. `npm run bench:reid`
 * fits them again, leaving each person and each video out.
 */
const calibrations: Readonly<Record<string, Calibration>> = {
  'person-reid-0287': { middle: 0.46, steepness: 21, strangers: { mean: 0.19, spread: 0.11 } },
  'osnet-x0-25': { middle: 0.69, steepness: 26, strangers: { mean: 0.51, spread: 0.085 } },
  [colourHistogram]: { middle: 0.83, steepness: 26, strangers: { mean: 0.735, spread: 0.11 } },
};

/** Nothing that was seen speaks louder than 1000 : 1: clothes are alike more often than that tells. */
const loudest = Math.log(1000);
/**
 * In another place strangers may look more alike, all in one light before one wall. By how much is not known before some of
 * them were compared: so many of their own spreads (standard deviation). It is wide on purpose, as little footage is known.
 */
const shiftSpreads = 1.3;
/** By poor pictures half as much is told. */
const poorSteepness = 0.5;

/** The descriptors whose similarity has a known meaning, the most telling first. */
export const calibratedDescriptors: readonly string[] = Object.keys(calibrations);

/** What is known of how alike different people look in one place. */
export interface Strangers {
  /** By how much more alike than in the footage of the calibration. */
  readonly shift: number;
  /** Standard deviation of it. */
  readonly uncertainty: number;
}

/**
 * How alike different people look in a place, by pairs that are certainly different, as they were seen at once. The belief
 * before any were seen and what they show are weighed by their certainty (as Gaussians). Nothing is made of strangers who
 * look less alike than in the footage of the calibration, or more by less than half a standard deviation.
 *
 * @param similarities of pairs of tracks, as `compareTracks` gives them
 * @param tracks of which these are: pairs that share a track tell less than others
 * @param calibration the descriptor's own unless given
 */
export function strangersOf(
  descriptor: string,
  similarities: readonly number[],
  tracks: number,
  calibration = calibrations[descriptor],
): Strangers | undefined {
  if (!calibration) return undefined;
  const { mean, spread } = calibration.strangers;
  const prior = shiftSpreads * spread;
  if (similarities.length === 0) return { shift: 0, uncertainty: prior };
  const seen = similarities.reduce((sum, one) => sum + one, 0) / similarities.length;
  const independent = Math.min(similarities.length, tracks - 1);
  const weight = independent / (independent + 1 / shiftSpreads ** 2);
  return {
    shift: weight * Math.max(0, seen - mean - spread / 2),
    uncertainty: prior * Math.sqrt(1 - weight),
  };
}

/**
 * Natural logarithm of how many times as likely such a similarity of two tracks is if they are of one person as if they
 * are of two, −6.9 to 6.9; undefined for an unknown descriptor. The less is known of the strangers of the place, the less
 * it says: the logistic curve is averaged over where its middle may lie (MacKay 1992, "The evidence framework applied to
 * classification networks").
 *
 * @param similarity as `compareTracks` gives it
 * @param isPoor whether only poor pictures of one of the two were compared
 */
export function logRatioOf(
  descriptor: string,
  similarity: number,
  strangers = strangersOf(descriptor, [], 0),
  isPoor = false,
  calibration = calibrations[descriptor],
): number | undefined {
  if (!calibration || !strangers) return undefined;
  const { steepness, middle } = calibration;
  const flattened = steepness / Math.sqrt(1 + (Math.PI / 8) * (steepness * strangers.uncertainty) ** 2);
  const ratio = (isPoor ? poorSteepness : 1) * flattened * (similarity - middle - strangers.shift);
  return Math.max(-loudest, Math.min(loudest, ratio));
}
