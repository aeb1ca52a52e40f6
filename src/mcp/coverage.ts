import * as z from 'zod';
import { coverageGapMs, type CoveredInterval } from '../domain/coverage.ts';
import type { CameraId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { Reader } from '../store/reader.ts';
import { localTime } from './window.ts';

const gapsListed = 10;
/** The least that is told of what was watched at all. */
const leastShare = 0.0001;

export const coverageSchema = z.object({
  share: z
    .number()
    .describe('Share of the window that was really analysed, 0–1. Below 1, the count may be too low.'),
  covered_seconds: z.number(),
  frames: z.int().describe('Frames analysed in the window'),
  frames_dropped: z
    .int()
    .describe('Frames not analysed: the detector was busy, or they could not be decoded'),
  effective_fps: z.number(),
  gap_count: z.int().describe('Stretches over 2 s not analysed'),
  gaps: z
    .array(z.object({ from: z.string(), to: z.string(), camera: z.string().optional() }))
    .describe('The longest of them, at most 10, in order of time'),
});

export type Coverage = z.infer<typeof coverageSchema>;

/** How much of a window one camera was really watched: the one source of every share that a tool reports. */
export const coverageOf = (reader: Reader, camera: CameraId, window: Interval, timeZone: string): Coverage =>
  summariseCoverage(window, reader.coverage(camera, window), timeZone);

/** Sums up what was analysed in a window. `intervals` are clipped to the window, sorted and apart. */
export function summariseCoverage(
  window: Interval,
  intervals: readonly CoveredInterval[],
  timeZone: string,
): Coverage {
  const coveredMs = intervals.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const frames = intervals.reduce((sum, interval) => sum + interval.frames, 0);
  const windowMs = window.toMs - window.fromMs;
  const gaps = gapsOf(window, intervals);
  return {
    share: windowMs > 0 ? shareOf(coveredMs / windowMs, gaps.length > 0) : 0,
    covered_seconds: round(coveredMs / 1000, 1),
    frames,
    frames_dropped: intervals.reduce((sum, interval) => sum + interval.dropped, 0),
    effective_fps: coveredMs > 0 ? round(frames / (coveredMs / 1000), 2) : 0,
    gap_count: gaps.length,
    gaps: longest(gaps, ({ fromMs, toMs }) => toMs - fromMs).map(({ fromMs, toMs }) => ({
      from: localTime(fromMs, timeZone),
      to: localTime(toMs, timeZone),
    })),
  };
}

/** Rounded, but 0 is only said when nothing was watched, and 1 when nothing is missing. */
function shareOf(share: number, hasGaps: boolean): number {
  if (share <= 0) return 0;
  return Math.min(Math.max(round(share, 4), leastShare), hasGaps ? 0.9999 : 1);
}

function longest<Gap>(gaps: readonly Gap[], lengthOf: (gap: Gap) => number): Gap[] {
  const listed = gaps.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, gapsListed);
  return gaps.filter((gap) => listed.includes(gap));
}

/** The coverage of several cameras in the same window: shares as their mean, the rest added up. */
export function joinCoverage(
  parts: readonly { readonly camera: string; readonly coverage: Coverage }[],
): Coverage {
  const [first, ...others] = parts;
  if (first && others.length === 0) return first.coverage;
  const sum = (of: (coverage: Coverage) => number) =>
    parts.reduce((total, { coverage }) => total + of(coverage), 0);
  const coveredSeconds = sum((coverage) => coverage.covered_seconds);
  const frames = sum((coverage) => coverage.frames);
  return {
    share: shareOf(
      sum(({ share }) => share) / parts.length,
      parts.some(({ coverage }) => coverage.gap_count > 0),
    ),
    covered_seconds: round(coveredSeconds, 1),
    frames,
    frames_dropped: sum((coverage) => coverage.frames_dropped),
    effective_fps: coveredSeconds > 0 ? round(frames / coveredSeconds, 2) : 0,
    gap_count: sum((coverage) => coverage.gap_count),
    gaps: longest(
      parts.flatMap(({ camera, coverage }) => coverage.gaps.map((gap) => ({ ...gap, camera }))),
      ({ from, to }) => Date.parse(to) - Date.parse(from),
    ),
  };
}

/** One sentence on the coverage; starts with a warning where the window was not watched at all. */
export function coverageText(coverage: Coverage): string {
  if (coverage.share === 0)
    return 'NOT WATCHED: nothing in this window was analysed, so a count of 0 says nothing.';
  const atMost = coverage.share <= leastShare ? 'At most ' : '';
  const share = `${atMost}${percentText(coverage.share)} of the window was analysed at ${coverage.effective_fps} frames/s`;
  return coverage.gap_count === 0 ? `${share}.` : `${share}; ${coverage.gap_count} gap(s) over 2 s.`;
}

/** A share in words, as precise as it matters: never 100 % where something is missing. */
export const percentText = (share: number): string =>
  `${round(share * 100, share < 0.001 || share > 0.999 ? 2 : 1)} %`;

/** Of one camera among others that did watch. */
export const blindText = (camera: string): string =>
  `NOT WATCHED by ${camera}: nothing in this window was analysed there, so the count is without it.`;

function gapsOf(window: Interval, intervals: readonly Interval[]): Interval[] {
  const edges = [...intervals, { fromMs: window.toMs, toMs: window.toMs }];
  const gaps: Interval[] = [];
  let fromMs = window.fromMs;
  for (const interval of edges) {
    if (interval.fromMs - fromMs > coverageGapMs) gaps.push({ fromMs, toMs: interval.fromMs });
    fromMs = interval.toMs;
  }
  return gaps;
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
