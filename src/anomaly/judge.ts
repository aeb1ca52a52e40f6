import type { Budget } from './budget.ts';
import type { Clock, Finding, Flow, Judged, Measure, Newcomer, Outages, Series } from './contract.ts';
import { judgeCounts } from './counts.ts';
import { judgeCrowds } from './crowding.ts';
import { judgeDarkness } from './darkness.ts';
import { judgeDirections } from './direction.ts';
import { judgeExtremes } from './extremes.ts';
import { judgeNewcomers } from './newcomers.ts';
import { judgeOutages } from './outages.ts';

/** All that is known of a camera, before the window and in it. */
export interface CameraRecord {
  readonly clock: Clock;
  /** Tracks of the picture, crossings of lines and entries into zones, by class. */
  readonly series: readonly Series[];
  readonly flows: readonly Flow[];
  /** Lengths of visits, seconds. */
  readonly stays: readonly Measure[];
  /** km/h. */
  readonly speeds: readonly Measure[];
  /** The most at once in each hour, by zone. */
  readonly peaks: readonly Series[];
  readonly newcomers: readonly Newcomer[];
  readonly outages: Outages;
  /** Bytes of a typical picture of each hour; absent: there are no pictures. */
  readonly pictures?: Series;
}

/** All that was unusual before one camera, the least likely first. */
export function judgeCamera(record: CameraRecord, budget: Budget): Judged {
  const { clock } = record;
  const parts = [
    judgeCounts(clock, record.series, budget),
    judgeDirections(clock, record.flows, budget),
    judgeExtremes(clock, 'loitering', record.stays, budget),
    judgeExtremes(clock, 'speed', record.speeds, budget),
    judgeCrowds(clock, record.peaks, budget),
    judgeNewcomers(record.newcomers, budget),
    judgeOutages(record.outages, budget),
    ...(record.pictures ? [judgeDarkness(clock, record.pictures, budget)] : []),
  ];
  return {
    findings: parts.flatMap(({ findings }) => findings).sort(byRank),
    unjudged: parts.flatMap(({ unjudged }) => unjudged),
    tests: parts.reduce((sum, { tests }) => sum + tests, 0),
  };
}

/**
 * The farthest below what it had to be below comes first: families differ in how unlikely anything of theirs can be at
 * all. Then by time, so that the order never depends on chance.
 */
export const byRank = (a: Finding, b: Finding): number =>
  a.p / a.alpha - b.p / b.alpha || a.fromMs - b.fromMs || order(textOf(a), textOf(b));

const textOf = ({ family, camera, shape, label }: Finding): string =>
  [camera, shape ?? '', label ?? '', family].join('\n');
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
