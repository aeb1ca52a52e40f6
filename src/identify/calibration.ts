import { colourHistogram } from './histogram.ts';

/** How the similarity of two tracks tells whether they are of one person. */
interface Calibration {
  /** The similarity at which it speaks for neither, … */
  readonly middle: number;
  /** … and by how much the logarithm of the likelihood ratio grows with each 1 of similarity. */
  readonly steepness: number;
}

/**
 * Found by logistic regression on pairs of pieces, of up to 8 s, of different passages of vtest.avi (PETS09-S2L1), as
 * many of one person as of two in weight: `npm run bench:reid` fits them anew, and checks them leaving each person out.
 * One scene is few, so the fits are held flat (L2) and rounded.
 */
const calibrations: Readonly<Record<string, Calibration>> = {
  'person-reid-0287': { middle: 0.46, steepness: 21 },
  'osnet-x0-25': { middle: 0.69, steepness: 26 },
  [colourHistogram]: { middle: 0.83, steepness: 26 },
};

/** Nothing that was seen speaks louder than 1000 : 1: clothes are alike more often than that tells. */
const loudest = Math.log(1000);

/** The descriptors whose similarity has a known meaning, the most telling first. */
export const calibratedDescriptors: readonly string[] = Object.keys(calibrations);

/**
 * Natural logarithm of how many times as likely such a similarity of two tracks is if they are of one person as if they
 * are of two, −6.9 to 6.9; undefined for an unknown descriptor.
 *
 * @param similarity as `compareTracks` gives it
 */
export function logRatioOf(descriptor: string, similarity: number): number | undefined {
  const calibration = calibrations[descriptor];
  if (!calibration) return undefined;
  const ratio = calibration.steepness * (similarity - calibration.middle);
  return Math.max(-loudest, Math.min(loudest, ratio));
}
