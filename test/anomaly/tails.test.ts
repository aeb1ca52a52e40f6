import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../bench/anomaly/random.ts';
import { tailOf } from '../../src/anomaly/longTail.ts';
import { countTails, logGamma, shareTail } from '../../src/anomaly/tails.ts';

describe('tails of counts', () => {
  it.each([
    // Poisson: exact sums.
    { y: 0, mean: 2, variance: 2, upper: 1, lower: Math.exp(-2) },
    { y: 3, mean: 1, variance: 1, upper: 1 - 2.5 * Math.exp(-1), lower: (8 / 3) * Math.exp(-1) },
    { y: 20, mean: 1, variance: 1, upper: 1.5876e-19 },
    // Negative binomial of size 1 is geometric: P(Y ≥ y) = (m / (m + 1))^y.
    { y: 7, mean: 3, variance: 12, upper: 0.75 ** 7, lower: 1 - 0.75 ** 8 },
    { y: 100, mean: 3, variance: 12, upper: 0.75 ** 100 },
    { y: 0, mean: 0, variance: 0, upper: 1, lower: 1 },
    { y: 1, mean: 0, variance: 0, upper: 0, lower: 1 },
    { y: 0, mean: 5000, variance: 5000, upper: 1, lower: 0 },
    { y: 100_000, mean: 10, variance: 10, upper: 0, lower: 1 },
  ])(
    'of $y where $mean are expected are those of the distribution',
    ({ y, mean, variance, upper, lower }) => {
      const tails = countTails(y, mean, variance);
      expect(tails.upper / upper || 1).toBeCloseTo(1, 3);
      if (lower !== undefined) expect(tails.lower).toBeCloseTo(lower, 10);
    },
  );

  it('overlap in the observed count, and never leave 0 to 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 }),
        fc.double({ min: 0.01, max: 300, noNaN: true }),
        fc.double({ min: 1, max: 30, noNaN: true }),
        (y, mean, spread) => {
          const { upper, lower } = countTails(y, mean, mean * spread);
          const beyond = countTails(y + 1, mean, mean * spread).upper;
          expect(lower + beyond).toBeCloseTo(1, 6);
          expect(upper - beyond).toBeGreaterThan(-1e-9);
          expect(upper).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('of shares are those of the beta-binomial', () => {
    // Beta(1, 1): every number of n + 1 is as likely.
    expect(shareTail(8, 9, 1, 1)).toBeCloseTo(0.2, 10);
    expect(shareTail(0, 9, 0.3, 7)).toBeCloseTo(1, 10);
    // A known share: binomial.
    expect(shareTail(3, 3, 0.1 * 1e7, 0.9 * 1e7)).toBeCloseTo(0.001, 6);
  });

  it('rest on a gamma function that is right', () => {
    for (const [x, value] of [
      [0.5, Math.log(Math.PI) / 2],
      [1, 0],
      [10, Math.log(362_880)],
      [100, 359.1342053695754],
    ] as const)
      expect(logGamma(x)).toBeCloseTo(value, 10);
  });
});

describe('the tail of a measure', () => {
  const random = createRandom(5);
  const past = Float64Array.from({ length: 4000 }, () => 30 * Math.exp(0.7 * random.normal()));

  it('is near the truth within the past and beyond it, and only falls', () => {
    const tail = tailOf(past);
    if (!tail) throw new Error('4000 values have a tail');
    // Quantiles of the normal distribution: one in ten, in a hundred, in ten thousand.
    for (const [deviations, p] of [
      [1.2816, 0.1],
      [2.3263, 0.01],
      [3.719, 1e-4],
    ] as const) {
      const told = tail(30 * Math.exp(0.7 * deviations));
      expect(told).toBeGreaterThan(p / 3);
      expect(told).toBeLessThan(p * 3);
    }
    const values = Array.from({ length: 200 }, (_, n) => tail(1.08 ** n));
    expect(values.every((p, n) => n === 0 || p <= (values[n - 1] ?? 1))).toBe(true);
    expect(values.at(-1)).toBeGreaterThan(0);
  });

  it('is not told of too few, and does not fail where all are alike', () => {
    expect(tailOf(past.subarray(0, 99))).toBeUndefined();
    const tail = tailOf(new Float64Array(200).fill(5));
    expect(tail?.(5)).toBe(1);
    expect(tail?.(50)).toBeLessThan(1e-6);
  });
});
