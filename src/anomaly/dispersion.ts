/** How much counts spread around what is expected: variance = mean · (floor + slope · mean). */
export interface Dispersion {
  /** 1: as Poisson. */
  readonly floor: number;
  /** Of counts that all rise and fall together, by their relative variance. */
  readonly slope: number;
}

export const varianceOf = ({ floor, slope }: Dispersion, mean: number): number =>
  mean * (floor + slope * mean);

const rounds = 6;
/** Of so few the squared residuals are too lopsided to be cut. */
const leastCutMean = 3;

/** Squared residuals count for at most `limit` times what is usual; `share` is what that leaves of a normal one. */
export interface Cut {
  readonly limit: number;
  readonly share: number;
}
/** E min(Z², c²): holds where up to a fifth are anything. */
export const strictCut: Cut = { limit: 4, share: 0.9205 };
/** Once the outliers are out. */
export const looseCut: Cut = { limit: 9, share: 0.995 };

/**
 * Fits the dispersion to squared Pearson residuals (y − m)²/m by weighted least squares. Quasi-Poisson spread is the
 * floor, negative binomial spread (NB2) the slope (McCullagh & Nelder, Generalized Linear Models, 2nd ed., 6.2 and 9.2).
 * The weight is the inverse of the residual's own variance, which is 2φ² + 1/m. Large residuals are cut (Huber's second
 * proposal), so that outliers do not pass for spread.
 *
 * @param weights 0 leaves a count out
 */
export function fitDispersion(
  counts: ArrayLike<number>,
  means: ArrayLike<number>,
  weights: ArrayLike<number>,
  cut: Cut,
): Dispersion {
  let floor = 1;
  let slope = 0;
  for (let round = 0; round < rounds; round++) {
    let [s0, s1, s2, t0, t1] = [0, 0, 0, 0, 0];
    for (let i = 0; i < counts.length; i++) {
      const mean = means[i] ?? 0;
      const weight = weights[i] ?? 0;
      if (weight <= 0 || mean <= 0) continue;
      const phi = floor + slope * mean;
      const w = weight / (2 * phi * phi + 1 / mean);
      const raw = ((counts[i] ?? 0) - mean) ** 2 / mean;
      const z2 = mean < leastCutMean ? raw : Math.min(raw, cut.limit * phi) / cut.share;
      s0 += w;
      s1 += w * mean;
      s2 += w * mean * mean;
      t0 += w * z2;
      t1 += w * z2 * mean;
    }
    if (s0 === 0) break;
    const det = s0 * s2 - s1 * s1;
    const free = det > 1e-9 * s0 * s2;
    floor = free ? (t0 * s2 - t1 * s1) / det : t0 / s0;
    slope = free ? (t1 * s0 - t0 * s1) / det : 0;
    if (slope < 0) [floor, slope] = [t0 / s0, 0];
    if (floor < 1) [floor, slope] = [1, s2 > 0 ? Math.max(0, (t1 - s1) / s2) : 0];
  }
  return { floor, slope };
}
