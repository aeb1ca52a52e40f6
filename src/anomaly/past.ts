import type { Clock, Hour, PerHour, Subject } from './contract.ts';

/** A week: less has no weekdays to compare with. */
const leastDays = 7;
/** Of watched time, hours. */
const leastHours = 72;
/** Weeks that are listed. */
const mostWeeks = 8;
/** Less of an hour is not worth comparing with. */
const leastWatched = 0.25;

/** What keeps a place from being judged, a sentence; undefined: there is enough history. */
export function missingHistory({ hours, past }: Clock, watched: PerHour): string | undefined {
  const days = new Set<number>();
  let sum = 0;
  for (let i = 0; i < past; i++) {
    if ((watched[i] ?? 0) <= 0) continue;
    sum += watched[i] ?? 0;
    days.add(hours[i]?.day ?? 0);
  }
  if (days.size >= leastDays && sum >= leastHours) return undefined;
  return (
    `${days.size} day(s) with ${Math.round(sum)} h watched before the window; ` +
    `${leastDays} days and ${leastHours} h are needed`
  );
}

/** The values of the same hour of the week before, the latest first, at most 8; only those that were watched. */
export function earlierWeeks(
  { hours, past }: Clock,
  index: number,
  values: PerHour,
  watched: PerHour,
): number[] {
  const hourOfWeek = hours[index]?.hourOfWeek;
  const found: number[] = [];
  for (let i = past - 1; i >= 0 && found.length < mostWeeks; i--) {
    if (hours[i]?.hourOfWeek === hourOfWeek && (watched[i] ?? 0) >= leastWatched) found.push(values[i] ?? 0);
  }
  return found;
}

/**
 * What the same hours of earlier weeks brought together, the latest first, at most 8; only weeks of which at least half
 * was watched.
 *
 * @param indices of hours of the window, in order
 */
export function earlierTotals(
  { hours, past }: Clock,
  indices: readonly number[],
  values: PerHour,
  watched: PerHour,
): number[] {
  const byKey = new Map<number, number[]>();
  for (let i = 0; i < past; i++) {
    const key = keyOf(hours[i]);
    byKey.set(key, [...(byKey.get(key) ?? []), i]);
  }
  const asked = indices.flatMap((i) => hours[i] ?? []);
  const [first, last] = [asked[0], asked.at(-1)];
  if (!first || !last) return [];
  const lengthMs = asked.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const totals: number[] = [];
  // A week that reaches into the window itself is none to compare with.
  const firstBack = Math.floor((last.day - first.day) / 7) + 1;
  for (let back = firstBack; back < firstBack + mostWeeks; back++) {
    let [count, watchedHours] = [0, 0];
    for (const hour of asked) {
      for (const i of byKey.get(keyOf(hour) - back * 168) ?? []) {
        count += values[i] ?? 0;
        watchedHours += watched[i] ?? 0;
      }
    }
    if (watchedHours * 3_600_000 >= lengthMs / 2) totals.push(count);
  }
  return totals;
}

/** Numbers hours so that the same one of the week before has 168 less, whatever clocks did in between. */
const keyOf = (hour: Hour | undefined): number =>
  hour ? Math.floor((hour.day + 3) / 7) * 168 + hour.hourOfWeek : NaN;

/** Only what says where and of what. */
export const subjectOf = ({ camera, shape, label }: Subject): Subject => ({
  camera,
  ...(shape !== undefined && { shape }),
  ...(label !== undefined && { label }),
});
