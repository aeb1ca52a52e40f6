/* Probabilities of counts, summed term by term from the observed one outwards: exact far out, where sums from the
 * middle would lose everything to rounding. */

/** Above it a negative binomial cannot be told from Poisson in double precision. */
const largestSize = 1e7;
const smallestTerm = 1e-17;

/**
 * P(Y ≥ y) and P(Y ≤ y) of a negative binomial of that mean and variance; Poisson where the variance is not larger.
 *
 * @param y a whole number ≥ 0
 */
export function countTails(y: number, mean: number, variance: number): { upper: number; lower: number } {
  if (mean <= 0) return y > 0 ? { upper: 0, lower: 1 } : { upper: 1, lower: 1 };
  const size = variance > mean ? (mean * mean) / (variance - mean) : Infinity;
  const at = size < largestSize ? negativeBinomial(y, mean, size) : poisson(y, mean);
  // The ratio of a term to the one before it.
  const growth =
    size < largestSize
      ? (n: number) => (((n - 1 + size) / n) * mean) / (mean + size)
      : (n: number) => mean / n;
  if (at === 0) return y > mean ? { upper: 0, lower: 1 } : { upper: 1, lower: 0 };
  return tailsAround(y, at, growth, Infinity);
}

/** P(Y ≥ y) of a beta-binomial: so many of `n`, whose share is Beta(a, b). */
export function shareTail(y: number, n: number, a: number, b: number): number {
  const at = Math.exp(logChoose(n, y) + logBeta(y + a, n - y + b) - logBeta(a, b));
  const growth = (k: number) => (((n - k + 1) / k) * (k - 1 + a)) / (n - k + b);
  return tailsAround(y, at, growth, n).upper;
}

function tailsAround(
  y: number,
  at: number,
  growth: (n: number) => number,
  most: number,
): { upper: number; lower: number } {
  let beyond = 0;
  let term = at;
  for (let n = y + 1; n <= most; n++) {
    const factor = growth(n);
    term *= factor;
    beyond += term;
    if (factor < 1 && term <= beyond * smallestTerm) break;
    if (term === 0 && factor < 1) break;
  }
  let below = 0;
  term = at;
  for (let n = y; n >= 1; n--) {
    const factor = growth(n);
    term /= factor;
    below += term;
    if (factor > 1 && term <= below * smallestTerm) break;
  }
  return { upper: Math.min(1, at + beyond), lower: Math.min(1, at + below) };
}

const poisson = (y: number, mean: number): number => Math.exp(y * Math.log(mean) - mean - logGamma(y + 1));

const negativeBinomial = (y: number, mean: number, size: number): number =>
  Math.exp(
    logGamma(y + size) -
      logGamma(size) -
      logGamma(y + 1) +
      size * Math.log(size / (size + mean)) +
      y * Math.log(mean / (size + mean)),
  );

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/**
 * ln Γ(x) for x > 0: Stirling's series after Γ(x) = Γ(x+1)/x has brought x to 8 or more (NIST DLMF 5.5.1, 5.11.1); good to
 * about 1e-13.
 */
export function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 8; z++) shift += Math.log(z);
  const z2 = 1 / (z * z);
  const series = (1 / 12 - z2 * (1 / 360 - z2 * (1 / 1260 - z2 * (1 / 1680 - z2 * (1 / 1188))))) / z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift;
}
