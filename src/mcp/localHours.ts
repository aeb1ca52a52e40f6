import { Temporal } from 'temporal-polyfill';
import type { Hour } from '../anomaly/contract.ts';
import type { Interval } from '../domain/time.ts';

const hourMs = 3_600_000;
const dayHours = 24;
/** 1 January 1970 was a Thursday. */
const firstHourOfWeek = 3 * dayHours;

/**
 * The hours of the interval by the clocks of the time zone, in order; the first and the last are cut to it, and one within
 * which clocks change is two. Of an hour that comes twice when clocks go back, both are the same hour of the week.
 */
export function localHours({ fromMs, toMs }: Interval, timeZone: string): Hour[] {
  const hours: Hour[] = [];
  for (let atMs = fromMs; atMs < toMs;) {
    const at = Temporal.Instant.fromEpochMilliseconds(Math.floor(atMs)).toZonedDateTimeISO(timeZone);
    const offsetMs = at.offsetNanoseconds / 1e6;
    const changesMs = at.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
    const untilMs = Math.min(toMs, changesMs);
    // As long as the clocks run evenly, hours can be told without a calendar.
    while (atMs < untilMs) {
      const hour = Math.floor((atMs + offsetMs) / hourMs);
      const endMs = Math.min((hour + 1) * hourMs - offsetMs, untilMs);
      hours.push({
        fromMs: atMs,
        toMs: endMs,
        hourOfWeek: (((hour + firstHourOfWeek) % 168) + 168) % 168,
        day: Math.floor(hour / dayHours),
      });
      atMs = endMs;
    }
  }
  return hours;
}
