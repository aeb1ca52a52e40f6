import { Temporal } from 'temporal-polyfill';
import { ArgusError } from '../domain/errors.ts';
import type { Interval } from '../domain/time.ts';
import type { WatchHours } from '../domain/watch.ts';

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const dayMinutes = 1440;

/**
 * Reads hours such as "22:00-06:00" (up to but without the end; to the next day where the end is not later) and days
 * such as ["mon", "fri"], on which the hours begin. Throws ArgusError.
 */
export function parseHours(
  hours: string | undefined,
  days: readonly string[] | undefined,
  timeZone: string,
): WatchHours | undefined {
  if (hours === undefined && days === undefined) return undefined;
  const match = /^\s*(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)\s*$/.exec(hours ?? '00:00-24:00');
  const fromMinute = Number(match?.[1]) * 60 + Number(match?.[2]);
  const toMinute = Number(match?.[3]) * 60 + Number(match?.[4]);
  const isTime = (minute: number, text: string | undefined) => minute <= dayMinutes && Number(text) < 60;
  if (!match || !isTime(fromMinute, match[2]) || !isTime(toMinute, match[4]) || fromMinute === dayMinutes) {
    throw new ArgusError(
      `hours: ${JSON.stringify(hours)} are no hours.`,
      'Give local times such as "22:00-06:00".',
    );
  }
  const numbers = days?.map(
    (day) => 1 + dayNames.findIndex((name) => day.trim().toLowerCase().startsWith(name)),
  );
  const strange = numbers?.indexOf(0) ?? -1;
  if (strange >= 0 || days?.length === 0) {
    throw new ArgusError(
      `days: ${JSON.stringify(days?.[strange] ?? [])} is no day.`,
      `Give days as ${JSON.stringify(dayNames)}.`,
    );
  }
  return {
    fromMinute,
    toMinute,
    ...(numbers && { days: [...new Set(numbers)].sort((a, b) => a - b) }),
    timeZone,
  };
}

/** The same in words: "22:00-06:00 mon, fri". */
export function hoursText({ fromMinute, toMinute, days }: WatchHours): string {
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const named = days?.map((day) => dayNames[day - 1]).join(', ');
  const isAllDay = fromMinute === 0 && toMinute === dayMinutes;
  const text = isAllDay && named ? '' : `${clock(fromMinute)}-${clock(toMinute)}`;
  return [text, named].filter(Boolean).join(' ');
}

/**
 * When a watch looks. Hours are read off the clock on the wall: a local time that is skipped when clocks go forward
 * is the moment of the change, one that comes twice when they go back begins at the first and ends at the second, so
 * that a night is longer or shorter by an hour and never falls apart.
 */
export class Schedule {
  readonly #hours: WatchHours | undefined;
  /** The latest answer: the stretch that is open or closed around the time asked about. */
  #known: (Interval & { readonly open: boolean }) | undefined;

  constructor(hours: WatchHours | undefined) {
    this.#hours = hours;
  }

  isOpen(timeMs: number): boolean {
    return this.#around(timeMs).open;
  }

  /** The first moment after `timeMs` at which it opens or closes; Infinity: never. */
  nextChange(timeMs: number): number {
    return this.#around(timeMs).toMs;
  }

  /** How much of the interval is open, ms. */
  openMs({ fromMs, toMs }: Interval): number {
    let openMs = 0;
    for (let atMs = fromMs; atMs < toMs;) {
      const around = this.#around(atMs);
      const untilMs = Math.min(around.toMs, toMs);
      if (around.open) openMs += untilMs - atMs;
      atMs = untilMs;
    }
    return openMs;
  }

  #around(timeMs: number): Interval & { readonly open: boolean } {
    const known = this.#known;
    if (known && timeMs >= known.fromMs && timeMs < known.toMs) return known;
    return (this.#known = this.#hours ? stretchAround(this.#hours, timeMs) : always);
  }
}

const always = { fromMs: -Infinity, toMs: Infinity, open: true };

function stretchAround(hours: WatchHours, timeMs: number): Interval & { readonly open: boolean } {
  const date = Temporal.Instant.fromEpochMilliseconds(Math.floor(timeMs))
    .toZonedDateTimeISO(hours.timeZone)
    .toPlainDate();
  // The days before, as hours may reach over midnight; those after, up to a week, for the next time they begin.
  const openings = joined(
    Array.from({ length: 12 }, (_, n) => date.add({ days: n - 2 })).flatMap((day) => opening(hours, day)),
  );
  const open = openings.find(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs);
  // It may be longer than was looked at.
  if (open) return { ...open, open: true };
  const fromMs = openings.findLast(({ toMs }) => toMs <= timeMs)?.toMs ?? Math.floor(timeMs);
  const toMs = openings.find((next) => next.fromMs > timeMs)?.fromMs ?? Math.floor(timeMs) + 86_400_000;
  return { fromMs, toMs, open: false };
}

/** The hours that begin on the local day. */
function opening({ fromMinute, toMinute, days, timeZone }: WatchHours, day: Temporal.PlainDate): Interval[] {
  if (days && !days.includes(day.dayOfWeek)) return [];
  const moment = (minute: number, disambiguation: 'earlier' | 'later') => {
    const local = day
      .add({ days: Math.floor(minute / dayMinutes) })
      .toPlainDateTime({ hour: Math.floor((minute % dayMinutes) / 60), minute: minute % 60 });
    const zoned = local.toZonedDateTime(timeZone, { disambiguation });
    if (zoned.toPlainDateTime().equals(local)) return zoned.epochMilliseconds;
    // A time that is skipped is the moment of the change.
    const before = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
    return (before.getTimeZoneTransition('next') ?? zoned).epochMilliseconds;
  };
  const until = toMinute > fromMinute ? toMinute : toMinute + dayMinutes;
  const interval = { fromMs: moment(fromMinute, 'earlier'), toMs: moment(until, 'later') };
  return interval.toMs > interval.fromMs ? [interval] : [];
}

/** Hours that follow on one another without a break are one stretch. */
function joined(intervals: readonly Interval[]): Interval[] {
  const all: Interval[] = [];
  for (const next of intervals) {
    const last = all.at(-1);
    if (last && next.fromMs <= last.toMs)
      all[all.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, next.toMs) };
    else all.push(next);
  }
  return all;
}
