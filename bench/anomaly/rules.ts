// What is compared with: the two rules that are built everywhere, on the same numbers.
import type { CameraRecord } from '../../src/anomaly/judge.ts';
import type { Family } from '../../src/anomaly/contract.ts';
import { hourMs } from './year.ts';

export interface Alarm {
  readonly family: Family;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Tells from what was there before, and now, whether to alarm. */
type Rule = (past: readonly number[], now: number) => 'more' | 'fewer' | undefined;

/**
 * One threshold for all hours: the 99.9th percentile of all hours before, above which it alarms; of days the most and the
 * least before, of visits the 99.99th percentile.
 */
export const fixedThreshold = (record: CameraRecord): Alarm[] =>
  alarmsOf(record, {
    hour: (past, now) => (now > quantile(past, 0.999) ? 'more' : undefined),
    ofWeek: false,
    day: (past, now) => (now > Math.max(...past) ? 'more' : now < Math.min(...past) ? 'fewer' : undefined),
    visit: (past) => quantile(past, 0.9999),
  });

/** Tukey's fences around the same hour of the week (day of the week, all visits). */
export const iqrRule =
  (factor: number) =>
  (record: CameraRecord): Alarm[] => {
    const fences: Rule = (past, now) => {
      const [low, high] = [quantile(past, 0.25), quantile(past, 0.75)];
      const reach = factor * (high - low);
      return now > high + reach ? 'more' : now < low - reach ? 'fewer' : undefined;
    };
    return alarmsOf(record, {
      hour: fences,
      ofWeek: true,
      day: fences,
      visit: (past) => {
        const [low, high] = [quantile(past, 0.25), quantile(past, 0.75)];
        return high + factor * (high - low);
      },
    });
  };

interface Rules {
  readonly hour: Rule;
  readonly ofWeek: boolean;
  readonly day: Rule;
  readonly visit: (past: readonly number[]) => number;
}

function alarmsOf({ clock, series, flows, stays }: CameraRecord, rules: Rules): Alarm[] {
  const { hours, past } = clock;
  const alarms: Alarm[] = [];
  const judgeHours = (
    counts: Float64Array,
    familyOf: (what: 'more' | 'fewer') => Family | undefined,
  ): void => {
    const found: Alarm[] = [];
    const all = rules.ofWeek ? [] : [...counts.subarray(0, past)].sort(ascending);
    for (let i = past; i < hours.length; i++) {
      const before = rules.ofWeek ? everyWeek(counts, i).sort(ascending) : all;
      const what = rules.hour(before, counts[i] ?? 0);
      const family = what && familyOf(what);
      const hour = hours[i];
      if (!family || !hour) continue;
      const last = found.at(-1);
      if (last?.family === family && hour.fromMs - last.toMs <= hourMs)
        found[found.length - 1] = { ...last, toMs: hour.toMs };
      else found.push({ family, fromMs: hour.fromMs, toMs: hour.toMs });
    }
    alarms.push(...found);
  };
  for (const { counts } of series) {
    judgeHours(counts, (what) => what);
    const totals = Array.from({ length: hours.length / 24 }, (_, day) =>
      sum(counts, day * 24, day * 24 + 24),
    );
    const now = totals.pop() ?? 0;
    const before = rules.ofWeek ? totals.filter((_, day) => (totals.length - day) % 7 === 0) : totals;
    const family = rules.day(before.sort(ascending), now);
    if (family) alarms.push({ family, fromMs: hours[past]?.fromMs ?? 0, toMs: hours.at(-1)?.toMs ?? 0 });
  }
  for (const { forward, backward } of flows) {
    const isForwardUsual = sum(forward, 0, past) >= sum(backward, 0, past);
    const wrong = isForwardUsual ? backward : forward;
    const share = sum(wrong, 0, past) / (sum(forward, 0, past) + sum(backward, 0, past));
    if (share <= 0.2) judgeHours(wrong, (what) => (what === 'more' ? 'wrong_way' : undefined));
  }
  for (const stay of stays) {
    const limit = rules.visit([...stay.past].sort(ascending));
    const long = new Set(stay.now.filter(({ value }) => value > limit).map(({ hour }) => hour));
    for (const hour of [...long].sort(ascending))
      alarms.push({ family: 'loitering', fromMs: hours[hour]?.fromMs ?? 0, toMs: hours[hour]?.toMs ?? 0 });
  }
  return alarms;
}

function everyWeek(counts: Float64Array, index: number): number[] {
  const found: number[] = [];
  for (let i = index - 168; i >= 0; i -= 168) found.push(counts[i] ?? 0);
  return found;
}

const ascending = (a: number, b: number): number => a - b;
const sum = (values: Float64Array, from: number, to: number): number =>
  values.subarray(from, to).reduce((total, value) => total + value, 0);

/** Linear between the two nearest. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const a = sorted[low] ?? 0;
  return a + (at - low) * ((sorted[low + 1] ?? a) - a);
}
