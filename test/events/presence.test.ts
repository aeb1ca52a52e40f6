import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrackPoint } from '../../src/domain/track.ts';
import { addPresence, createPresence, longestPlaces, type Presence } from '../../src/events/presence.ts';

const aspect = 16 / 9;
const always = { fromMs: -1e9, toMs: 1e9 };
/** Feet at x, y. */
const at = (timeMs: number, x: number, y = 0.5): TrackPoint => ({
  timeMs,
  box: { x1: x - 0.02, y1: y - 0.2, x2: x + 0.02, y2: y },
  confidence: 0.9,
});
const grid = (): Presence => createPresence(10, 10);
const rowOf = ({ cellMs }: Presence, row: number): number[] =>
  [...cellMs.slice(row * 10, row * 10 + 10)].map((ms) => Number(ms.toFixed(6)));
const total = ({ cellMs }: Presence): number => cellMs.reduce((sum, ms) => sum + ms, 0);

describe('presence', () => {
  it('is the time for which feet were in a cell, also on the way between two points', () => {
    const presence = grid();
    expect(addPresence(presence, [at(0, 0.05), at(1000, 0.95)], { window: always, aspect })).toBeCloseTo(
      1000,
    );
    const row = rowOf(presence, 5);
    expect(Math.min(...row)).toBeGreaterThan(0);
    expect(row.slice(1, 9).every((ms) => Math.abs(ms - 111) < 60)).toBe(true);
    expect(total(presence)).toBeCloseTo(1000);
  });

  it('has the minute of somebody who stood still, of whom two points are stored', () => {
    const presence = grid();
    addPresence(presence, [at(0, 0.31), at(60_000, 0.31)], {
      window: { fromMs: 20_000, toMs: 30_000 },
      aspect,
    });
    expect(rowOf(presence, 5)).toEqual([0, 0, 0, 10_000, 0, 0, 0, 0, 0, 0]);
  });

  it('of what the edge of the picture cuts off is at the edge', () => {
    const presence = grid();
    addPresence(presence, [at(0, 1.02, 1), at(1000, 1.02, 1)], { window: always, aspect });
    expect(presence.cellMs[99]).toBe(1000);
  });

  it('in windows beside one another adds up to that of the whole, and to the length of the track', () => {
    const step = fc.record({
      ms: fc.integer({ min: 30, max: 3000 }),
      x: fc.double({ min: -0.1, max: 1.1, noNaN: true }),
      y: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 2, maxLength: 30 }),
        fc.integer({ min: 0, max: 60_000 }),
        (steps, cutMs) => {
          let timeMs = 0;
          const points = steps.map(({ ms, x, y }) => at((timeMs += ms), x, y));
          const first = points[0]?.timeMs ?? 0;
          const [whole, parts] = [grid(), grid()];
          addPresence(whole, points, { window: always, aspect });
          addPresence(parts, points, { window: { ...always, toMs: cutMs }, aspect });
          addPresence(parts, points, { window: { ...always, fromMs: cutMs }, aspect });
          expect(total(whole)).toBeCloseTo(timeMs - first, 3);
          expect(total(parts)).toBeCloseTo(timeMs - first, 3);
        },
      ),
    );
  });

  it('of stops is without those who walk by, and with those who only tremble', () => {
    const walks = Array.from({ length: 50 }, (_, n) => at(n * 100, 0.1 + n * 0.01));
    const waits = Array.from({ length: 50 }, (_, n) => at(5000 + n * 100, 0.6 + (n % 2) * 0.004));
    const presence = grid();
    const addedMs = addPresence(presence, [...walks, ...waits], { window: always, aspect, stopsOnly: true });
    expect(addedMs).toBeGreaterThan(3500);
    expect(addedMs).toBeLessThanOrEqual(5000);
    expect(rowOf(presence, 5).slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('the longest places', () => {
  it('are blocks of cells, the longest first, and none where nobody was', () => {
    const presence = grid();
    addPresence(presence, [at(0, 0.95, 0.05), at(3000, 0.95, 0.05)], { window: always, aspect });
    addPresence(presence, [at(0, 0.05, 0.95), at(1000, 0.05, 0.95)], { window: always, aspect });
    expect(longestPlaces(presence, 5, 5, 9)).toEqual([
      { x1: 0.8, y1: 0, x2: 1, y2: 0.2, ms: 3000 },
      { x1: 0, y1: 0.8, x2: 0.2, y2: 1, ms: 1000 },
    ]);
    expect(longestPlaces(presence, 5, 5, 1)).toHaveLength(1);
  });
});
