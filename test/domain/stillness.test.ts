import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/domain/box.ts';
import { StillnessMeter } from '../../src/domain/stillness.ts';

const boxAt = (x: number, y = 0.5): Box => ({ x1: x - 0.05, x2: x + 0.05, y1: y - 0.3, y2: y });

function measured(xs: readonly number[]) {
  const meter = new StillnessMeter();
  xs.forEach((x, n) => {
    meter.add(n * 1000, boxAt(x));
  });
  return meter.stillness;
}

describe('the stillness of a track', () => {
  it('is not known before its first point', () => expect(new StillnessMeter().stillness).toBeUndefined());

  it('of one that trembles in its place is no movement, since its first point', () => {
    const xs = Array.from({ length: 100 }, (_, n) => 0.5 + 0.01 * Math.sin(n));
    expect(measured(xs)).toMatchObject({ stillSinceMs: 0 });
    expect(measured(xs)?.moved).toBeLessThan(0.25);
  });

  it('of one that came and parked begins when it parked', () => {
    const xs = Array.from({ length: 100 }, (_, n) => Math.min(0.8, 0.1 + n * 0.03));
    expect(measured(xs)?.moved).toBeCloseTo(7);
    expect(measured(xs)?.stillSinceMs).toBeGreaterThan(21_000);
    expect(measured(xs)?.stillSinceMs).toBeLessThan(25_000);
  });

  it('of one that waits and goes on begins anew', () => {
    const xs = [
      ...Array.from({ length: 50 }, () => 0.2),
      ...Array.from({ length: 10 }, (_, n) => 0.2 + n * 0.08),
    ];
    expect(measured(xs)?.stillSinceMs).toBe(59_000);
  });

  it('knows how far it went from point to point, in sizes of its box', () => {
    // A box of 0.1 x 0.3 has the size 0.173.
    const xs = Array.from({ length: 10 }, (_, n) => 0.1 + n * 0.08);
    expect(measured(xs)?.meanStep).toBeCloseTo(0.08 / Math.sqrt(0.03));
  });

  it('of a copy goes its own way', () => {
    const meter = new StillnessMeter();
    meter.add(0, boxAt(0.5));
    const copy = meter.clone();
    copy.add(1000, boxAt(0.9));
    expect(meter.stillness).toEqual({ moved: 0, stillSinceMs: 0, meanStep: 0 });
    expect(copy.stillness?.moved).toBeCloseTo(4);
  });
});
