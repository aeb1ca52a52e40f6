import { describe, expect, it } from 'vitest';
import { coverageText, joinCoverage, summariseCoverage } from '../../src/mcp/coverage.ts';

const hourMs = 3_600_000;
const window = { fromMs: 0, toMs: 30 * 24 * hourMs };
const watched = (fromMs: number, toMs: number) => ({
  fromMs,
  toMs,
  frames: (toMs - fromMs) / 100,
  dropped: 0,
});
const summary = (...intervals: ReturnType<typeof watched>[]) => summariseCoverage(window, intervals, 'UTC');

describe('the coverage of a month', () => {
  it('of which a minute was watched is not nothing', () => {
    const coverage = summary(watched(hourMs, hourMs + 60_000));
    expect(coverage).toMatchObject({ share: 0.0001, covered_seconds: 60 });
    expect(coverageText(coverage)).toBe(
      'At most 0.01 % of the window was analysed at 10 frames/s; 2 gap(s) over 2 s.',
    );
  });

  it('of which half a minute was not watched is not all', () => {
    const coverage = summary(watched(0, hourMs), watched(hourMs + 30_000, window.toMs));
    expect(coverage).toMatchObject({ share: 0.9999, gap_count: 1 });
    expect(coverageText(coverage)).toContain('99.99 % of the window');
  });

  it('is nothing and all where it is', () => {
    expect(summary()).toMatchObject({ share: 0, gap_count: 1 });
    expect(coverageText(summary())).toMatch(/^NOT WATCHED/);
    expect(summary(watched(0, window.toMs))).toMatchObject({ share: 1, gap_count: 0, gaps: [] });
  });

  it('counts all gaps and lists the longest, in order of time', () => {
    const gapAfter = (hour: number) => (hour === 20 ? hourMs / 2 : 10_000);
    const coverage = summary(
      ...Array.from({ length: 30 }, (_, hour) =>
        watched(hour * hourMs, (hour + 1) * hourMs - gapAfter(hour)),
      ),
      watched(30 * hourMs, window.toMs),
    );
    expect(coverage.gap_count).toBe(30);
    expect(coverage.gaps).toHaveLength(10);
    expect(coverage.gaps).toContainEqual({
      from: '1970-01-01T20:30:00.000+00:00',
      to: '1970-01-01T21:00:00.000+00:00',
    });
    expect(coverage.gaps.toSorted((a, b) => a.from.localeCompare(b.from))).toEqual(coverage.gaps);
    expect(coverageText(coverage)).toContain('; 30 gap(s) over 2 s.');

    const joined = joinCoverage([
      { camera: 'dock', coverage },
      { camera: 'gate', coverage: summary() },
    ]);
    expect(joined).toMatchObject({ gap_count: 31 });
    expect(joined.gaps.filter(({ camera }) => camera === 'gate')).toHaveLength(1);
  });
});
