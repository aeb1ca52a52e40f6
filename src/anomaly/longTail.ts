/** How likely a value is to be at least so large. */
export type Tail = (value: number) => number;

/** Fewer values have no tail to speak of. */
export const leastValues = 100;
/** The tail is what lies above this share of the values. */
const bulk = 0.9;
const leastExcesses = 20;
/** Tails lighter than that end, which a tail learnt from a sample should not. */
const lightest = -0.1;
const heaviest = 0.5;

/**
 * The tail of a positive measure that scatters by factors, as lengths of stays and speeds do: in logarithms the values
 * themselves where there are many, and beyond their 90th percentile a generalised Pareto distribution (peaks over
 * threshold: Pickands 1975) fitted by probability-weighted moments (Hosking & Wallis 1987). Undefined for fewer than 100
 * values.
 */
export function tailOf(past: ArrayLike<number>): Tail | undefined {
  if (past.length < leastValues) return undefined;
  const logs = Float64Array.from(past, (value) => Math.log(Math.max(value, 1e-3))).sort();
  const n = logs.length;
  const excesses = Math.max(leastExcesses, Math.round(n * (1 - bulk)));
  const threshold = logs[n - excesses - 1] ?? 0;
  let [mean, weighted] = [0, 0];
  for (let i = 0; i < excesses; i++) {
    const excess = (logs[n - excesses + i] ?? 0) - threshold;
    mean += excess / excesses;
    weighted += ((1 - (i + 0.65) / excesses) * excess) / excesses;
  }
  // All alike: nothing longer was ever seen, and how much longer is unusual cannot be told but by the smallest step.
  const spread = Math.max(mean, 1e-3);
  const raw = mean > 2 * weighted ? 2 - mean / (mean - 2 * weighted) : 0;
  const shape = Math.min(heaviest, Math.max(lightest, raw));
  const scale = spread * (1 - shape);
  return (value) => {
    const log = Math.log(Math.max(value, 1e-3));
    if (log <= threshold) return Math.min(1, (n - countBelow(logs, log) + 1) / (n + 1));
    const t = (log - threshold) / scale;
    const beyond = Math.abs(shape) < 1e-6 ? Math.exp(-t) : Math.max(0, 1 + shape * t) ** (-1 / shape);
    return Math.max(((excesses + 1) / (n + 1)) * beyond, smallest);
  };
}

/** What no past of a few thousand values can tell apart any more. */
const smallest = 1e-9;

/** How many of the sorted values are less. */
function countBelow(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
