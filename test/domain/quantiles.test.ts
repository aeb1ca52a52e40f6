import { describe, expect, it } from 'vitest';
import { medianOf, quantileOf } from '../../src/domain/quantiles.ts';

describe('of values in order', () => {
  it.each<[number[], number, number, number]>([
    [[7], 7, 7, 7],
    [[1, 2], 1.5, 2, 1],
    [[1, 2, 9], 2, 9, 1],
    [Array.from({ length: 20 }, (_, n) => n + 1), 10.5, 17, 1],
  ])('%o the median is %d, 85 of 100 are at most %d, and none less than %d', (sorted, median, p85, least) => {
    expect([medianOf(sorted), quantileOf(sorted, 0.85), quantileOf(sorted, 0)]).toEqual([median, p85, least]);
  });
});
