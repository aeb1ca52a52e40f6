import type { Interval } from './time.ts';

/** Two analysed frames further apart than this leave a hole in the coverage: nobody looked in between. */
export const coverageGapMs = 2000;

/** A stretch of UTC time in which a camera was really analysed. */
export interface CoveredInterval extends Interval {
  /** Frames analysed. */
  readonly frames: number;
  /** Frames that were not analysed: the detector was busy with a live source, or no decoder gave them of a file. */
  readonly dropped: number;
}

/** The intervals joined where less than `gapMs` is between them, in order of time; frames and drops add up. */
export function mergeCoverage(
  intervals: readonly CoveredInterval[],
  gapMs = coverageGapMs,
): CoveredInterval[] {
  const merged: CoveredInterval[] = [];
  for (const next of intervals.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last && next.fromMs - last.toMs < gapMs) {
      merged[merged.length - 1] = {
        fromMs: last.fromMs,
        toMs: Math.max(last.toMs, next.toMs),
        frames: last.frames + next.frames,
        dropped: last.dropped + next.dropped,
      };
    } else merged.push(next);
  }
  return merged;
}

/**
 * What of the window is covered. `intervals` are those that lie less than `gapMs` beside the window, too: whether
 * somebody looked at its edges depends on the frames beyond.
 */
export function coverageWithin(
  intervals: readonly CoveredInterval[],
  window: Interval,
  gapMs = coverageGapMs,
): CoveredInterval[] {
  const counted = intervals.map((interval) => {
    const { frames, dropped } = clipCoverage(interval, window) ?? { frames: 0, dropped: 0 };
    return { ...interval, frames, dropped };
  });
  return mergeCoverage(counted, gapMs).flatMap((stretch) => {
    const fromMs = Math.max(stretch.fromMs, window.fromMs);
    const toMs = Math.min(stretch.toMs, window.toMs);
    return toMs > fromMs ? [{ ...stretch, fromMs, toMs }] : [];
  });
}

/** The interval within the window, its frames and drops in proportion; undefined where they do not overlap. */
export function clipCoverage(interval: CoveredInterval, window: Interval): CoveredInterval | undefined {
  const fromMs = Math.max(interval.fromMs, window.fromMs);
  const toMs = Math.min(interval.toMs, window.toMs);
  if (toMs <= fromMs) return undefined;
  const share = (toMs - fromMs) / (interval.toMs - interval.fromMs);
  return {
    fromMs,
    toMs,
    frames: Math.round(interval.frames * share),
    dropped: Math.round(interval.dropped * share),
  };
}
