import { medianOf } from '../domain/quantiles.ts';
import type { Clock, PerHour } from './contract.ts';

/** Days that the level of a day is told from: long enough to even the weather out, short enough for a season. */
const reach = 21;
const halfReach = (reach - 1) / 2;
/** Fewer days before tell less than those around. */
const leastDays = 5;
/** The usual level counts as so many more of what is counted, so that few a day do not make it jump. */
const prior = 10;

/**
 * How busy it is overall, by day, where 1 is usual: the median of the days' ratios of counted to expected, so that up to
 * half of them may be anything.
 */
export function dayLevels({ hours, past }: Clock) {
  const dayOf = new Int32Array(past);
  let days = 0;
  for (let i = 0; i < past; i++) {
    if (i > 0 && hours[i]?.day !== hours[i - 1]?.day) days++;
    dayOf[i] = days;
  }
  days = past > 0 ? days + 1 : 0;
  /** NaN: nothing was watched. */
  const ratios = new Float64Array(days).fill(NaN);
  const within = new Float64Array(reach + 1);
  const around = new Float64Array(days).fill(1);
  const before = new Float64Array(days).fill(1);
  let now = 1;

  const medianWithin = (from: number, to: number): number | undefined => {
    let found = 0;
    for (let day = Math.max(0, from); day < Math.min(days, to); day++) {
      const ratio = ratios[day] ?? NaN;
      if (!Number.isNaN(ratio)) within[found++] = ratio;
    }
    return found < leastDays ? undefined : medianOf(within.subarray(0, found).sort());
  };
  return {
    /** Of the day of a past hour, from the days before and after: what the hour is to be compared by. */
    around: (i: number): number => around[dayOf[i] ?? 0] ?? 1,
    /** Of the same, from the days before only, as it would have been expected. */
    before: (i: number): number => before[dayOf[i] ?? 0] ?? 1,
    /** Of the first day after the past. */
    now: (): number => now,
    /** Takes the levels from what was counted and what would be expected if the level were 1. */
    follow(counts: PerHour, means: Float64Array, weights: Float64Array): void {
      const sums = Array.from({ length: days }, () => ({ count: 0, mean: 0 }));
      for (let i = 0; i < past; i++) {
        const sum = sums[dayOf[i] ?? 0];
        if (!sum || (weights[i] ?? 0) === 0) continue;
        sum.count += counts[i] ?? 0;
        sum.mean += means[i] ?? 0;
      }
      for (const [day, { count, mean }] of sums.entries())
        ratios[day] = mean > 0 ? (count + prior) / (mean + prior) : NaN;
      for (let day = 0; day < days; day++) {
        around[day] = medianWithin(day - halfReach, day + halfReach + 1) ?? 1;
        before[day] = medianWithin(day - reach, day) ?? around[day] ?? 1;
      }
      now = medianWithin(days - reach, days) ?? 1;
    },
  };
}
