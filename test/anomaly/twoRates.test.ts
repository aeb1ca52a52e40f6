import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameRateP } from '../../src/anomaly/twoRates.ts';

describe('whether two counts may come at one rate', () => {
  // Summed in exact fractions; the first is the example of R's poisson.test.
  it.each([
    [11, 800, 21, 3011, 0.079669],
    [11, 800, 3, 1000, 0.013483],
    [30, 1, 22, 1, 0.33175],
    [10, 1, 10, 1, 1],
    [0, 1, 0, 1, 1],
    [5, 1, 0, 1, 0.0625],
    [40, 1, 15, 1, 0.0010158],
  ])('%d in %d and %d in %d: p %f', (a, ta, b, tb, p) => {
    expect(sameRateP({ count: a, time: ta }, { count: b, time: tb })).toBeCloseTo(p, 5);
  });

  it('cannot be told where nothing was watched', () => {
    expect(sameRateP({ count: 3, time: 0 }, { count: 3, time: 1 })).toBeUndefined();
  });

  it('is as likely either way round, and never more than certain', () => {
    const counted = fc.record({ count: fc.nat(300), time: fc.integer({ min: 1, max: 86_400 }) });
    fc.assert(
      fc.property(counted, counted, (a, b) => {
        const p = sameRateP(a, b) ?? NaN;
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(p).toBeCloseTo(sameRateP(b, a) ?? NaN, 6);
      }),
    );
  });
});
