import { describe, expect, it } from 'vitest';
import { AxisFilter } from '../../src/track/kalman.ts';

/** Follows value = 3·t for two seconds at a frame rate, then looks half a second ahead. */
function follow(framesPerSecond: number): AxisFilter {
  const filter = new AxisFilter(0, 0.05, 1);
  for (let k = 1; k <= 2 * framesPerSecond; k++) {
    filter.predict(1 / framesPerSecond, 0.25);
    filter.correct((3 * k) / framesPerSecond, 0.05);
  }
  filter.predict(0.5, 0.25);
  return filter;
}

describe('AxisFilter', () => {
  it.each([5, 10, 25, 50])('learns a constant velocity at %i frames per second', (framesPerSecond) => {
    const filter = follow(framesPerSecond);
    expect(filter.velocity).toBeCloseTo(3, 1);
    expect(filter.value).toBeCloseTo(7.5, 1);
  });

  it('is less certain the longer it predicts and more certain after a measurement', () => {
    const filter = new AxisFilter(0, 0.05, 1);
    filter.predict(0.1, 0.25);
    const soon = filter.std;
    filter.predict(0.4, 0.25);
    expect(filter.std).toBeGreaterThan(soon);
    filter.correct(0, 0.05);
    expect(filter.std).toBeLessThan(0.05);
  });

  it('predicts the same in one step as in many', () => {
    const one = new AxisFilter(1, 0.05, 1);
    const many = one.clone();
    one.predict(1, 0.25);
    for (let k = 0; k < 10; k++) many.predict(0.1, 0.25);
    expect(many.value).toBeCloseTo(one.value, 9);
    expect(many.std).toBeCloseTo(one.std, 9);
  });
});
