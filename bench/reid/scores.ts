/** Whether two samples are of one person, and how alike they look. */
export interface ScoredPair {
  readonly similarity: number;
  readonly isSame: boolean;
}

/** What a search gave: whether each of the gallery, the most alike first, is the person looked for. */
export type Ranking = readonly boolean[];

/** Share of the searches whose first answer is right. */
export const rank1 = (rankings: readonly Ranking[]): number =>
  rankings.filter(([first]) => first === true).length / rankings.length;

/** Mean average precision: of each search, the mean precision at the place of each right answer. */
export const meanAveragePrecision = (rankings: readonly Ranking[]): number =>
  mean(
    rankings.map((ranking) => {
      const places = ranking.flatMap((isRight, place) => (isRight ? [place + 1] : []));
      return mean(places.map((place, found) => (found + 1) / place));
    }),
  );

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Equal error rate: where as large a share of same pairs is below the threshold as of different ones above it. */
export function equalErrorRate(pairs: readonly ScoredPair[]): number {
  const sorted = pairs.toSorted((a, b) => a.similarity - b.similarity);
  const same = sorted.filter(({ isSame }) => isSame).length;
  const different = sorted.length - same;
  let missed = 0;
  let accepted = different;
  for (const { isSame } of sorted) {
    if (isSame) missed++;
    else accepted--;
    if (missed / same >= accepted / different) return (missed / same + accepted / different) / 2;
  }
  return NaN;
}

export interface Logistic {
  /** Similarity at which same and different are equally likely. */
  readonly middle: number;
  readonly steepness: number;
}

/** Holds a fit flat whose pairs are few, or apart altogether. */
const flatness = 1e-4;

/**
 * Logistic regression of the similarity by Newton's method, the same and the different pairs of equal weight together,
 * with an L2 penalty on the steepness.
 */
export function fitLogistic(pairs: readonly ScoredPair[]): Logistic {
  const centre = mean(pairs.map(({ similarity }) => similarity));
  const same = pairs.filter(({ isSame }) => isSame).length;
  let [slope, bias] = [5, 0];
  for (let round = 0; round < 50; round++) {
    let [gradientS, gradientB] = [flatness * slope, 0];
    let [ss, sb, bb] = [flatness, 0, 1e-9];
    for (const { similarity, isSame } of pairs) {
      const x = similarity - centre;
      const weight = 0.5 / (isSame ? same : pairs.length - same);
      const p = 1 / (1 + Math.exp(-(slope * x + bias)));
      const error = weight * (p - (isSame ? 1 : 0));
      const curvature = weight * p * (1 - p);
      gradientS += error * x;
      gradientB += error;
      ss += curvature * x * x;
      sb += curvature * x;
      bb += curvature;
    }
    const determinant = ss * bb - sb * sb;
    slope -= (bb * gradientS - sb * gradientB) / determinant;
    bias -= (ss * gradientB - sb * gradientS) / determinant;
  }
  return { middle: centre - bias / slope, steepness: slope };
}
