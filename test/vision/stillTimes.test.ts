import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StillTimes } from '../../src/vision/stillTimes.ts';

/** The frames that may have a still, when each still comes this many frames after its own; negative: before. */
function asked(framesMs: readonly number[], stillsMs: readonly number[], late: number): number[] {
  const times = new StillTimes(1);
  let told = 0;
  return framesMs.filter((frameMs, i) => {
    const comeMs = framesMs[i - late] ?? (i - late < 0 ? -Infinity : Infinity);
    for (let still = stillsMs[told]; still !== undefined && still <= comeMs; still = stillsMs[++told])
      times.onStill(still);
    return times.mayHaveStill(frameMs);
  });
}

const every = (intervalMs: number, count: number) => Array.from({ length: count }, (_, i) => i * intervalMs);

/** Of the frames, those that the pipeline makes stills of: the nearest to each second. */
const nearestToSeconds = (framesMs: readonly number[]) => {
  const seconds = every(1000, Math.floor((framesMs.at(-1) ?? 0) / 1000) + 1);
  const nearest = seconds.map((second) =>
    framesMs.reduce((best, ms) => (Math.abs(ms - second) < Math.abs(best - second) ? ms : best), Infinity),
  );
  return [...new Set(nearest)];
};

describe('a frame may have a still', () => {
  it('when the still is there', () => {
    expect(asked(every(100, 30), [0, 1000, 2000], -15)).toEqual([0, 1000, 2000]);
  });

  it('when a second has gone by since the last one, until the next has come', () => {
    expect(asked(every(100, 24), [0, 1000, 2000], 3)).toEqual([
      ...[0, 100, 200],
      ...[1000, 1100, 1200],
      ...[2000, 2100, 2200],
    ]);
  });

  it('whenever it has one, at any rate of frames, early or late', () => {
    const lateness = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(fc.double({ min: 1.1, max: 60, noNaN: true }), lateness, (fps, late) => {
        const framesMs = every(1000 / fps, 300);
        const stillsMs = nearestToSeconds(framesMs);
        expect(asked(framesMs, stillsMs, late)).toEqual(expect.arrayContaining(stillsMs));
      }),
    );
  });
});
