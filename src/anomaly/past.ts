import type { Clock, PerHour, Subject } from './contract.ts';

/** A week: less has no weekdays to compare with. */
const leastDays = 7;
/** Of watched time, hours. */
const leastHours = 72;
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
  for (let i = past - 1; i >= 0 && found.length < 8; i--) {
    if (hours[i]?.hourOfWeek === hourOfWeek && (watched[i] ?? 0) >= leastWatched) found.push(values[i] ?? 0);
  }
  return found;
}

/** Only what says where and of what. */
export const subjectOf = ({ camera, shape, label }: Subject): Subject => ({
  camera,
  ...(shape !== undefined && { shape }),
  ...(label !== undefined && { label }),
});
