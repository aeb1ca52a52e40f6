import { Temporal } from 'temporal-polyfill';
import { ArgusError } from '../domain/errors.ts';
import { quoted } from './quoted.ts';

/* Moments as people say them. A local time that happens twice when clocks go back is the earlier; one that does not
 * happen as clocks go forward is the one after the gap (RFC 5545, as Temporal's "compatible"). */

/** The year 1: nothing that a camera saw is older, and calendars agree on what is younger. */
const earliestMs = -62_135_596_800_000;

export const acceptedMoments =
  'Give ISO 8601 (2026-03-29T08:00:00+02:00, or without offset for the time zone asked in), ' +
  '"now", "today", "yesterday 22:00", "monday", "09:00", or a time ago such as "-2h", "-30m" or "-7d"';

/** What moments are told by. */
export interface Clock {
  readonly nowMs: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** A day and, where one was said, a time of it, ms since its midnight on the clock. */
export interface LocalMoment {
  readonly day: Temporal.PlainDate;
  readonly clockMs?: number;
}

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const dayMs = 86_400_000;

/**
 * Reads a moment. Throws ArgusError naming the field and what is accepted.
 *
 * @param field name of the tool's argument, for the error
 * @returns UTC ms
 */
export function parseMoment(text: string, field: string, timeZone: string, nowMs: number): number {
  const trimmed = text.trim();
  const timeMs = momentOf(trimmed, { nowMs, timeZone });
  if (timeMs === undefined)
    throw new ArgusError(`${field}: ${quoted(trimmed)} is not a time.`, `${acceptedMoments}.`);
  if (timeMs <= earliestMs)
    throw new ArgusError(`${field}: ${quoted(trimmed)} is too long ago.`, `${acceptedMoments}.`);
  return timeMs;
}

/** The moment that the text says, UTC ms; undefined where it is none. */
export function momentOf(text: string, clock: Clock): number | undefined {
  const said = text.trim().toLowerCase();
  if (said === 'now') return clock.nowMs;
  const ago = /^-(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)$/.exec(said);
  if (ago) return clock.nowMs - Number(ago[1]) * (unitMs(ago[2] ?? '') ?? NaN);
  const clockMs = clockTimeOf(said);
  if (clockMs !== undefined) return latestAt(clockMs, clock);
  const local = localMomentOf(said, clock);
  if (local) return startOf(local, clock.timeZone);
  return isoMomentOf(text.trim(), clock.timeZone);
}

/** The last time, up to now, at which clocks showed it. */
function latestAt(clockMs: number, clock: Clock): number {
  const today = todayOf(clock);
  const todayMs = atClock(today, clockMs, clock.timeZone);
  return todayMs <= clock.nowMs ? todayMs : atClock(today.subtract({ days: 1 }), clockMs, clock.timeZone);
}

/** E.g. "yesterday", "monday 9:30", "2026-01-31 08:00"; undefined for anything else. */
export function localMomentOf(said: string, clock: Clock): LocalMoment | undefined {
  const [, dayText = '', timeText = ''] =
    /^((?:last )?[a-z]+|\d{4}-\d\d-\d\d)(?: (?:at )?(.+))?$/.exec(said) ?? [];
  const day = dayOf(dayText, clock);
  if (!day) return undefined;
  if (timeText === '') return { day };
  const clockMs = clockTimeOf(timeText);
  return clockMs === undefined ? undefined : { day, clockMs };
}

/** A day by its name or date. A weekday is its last one, today included unless "last" is said. */
export function dayOf(said: string, clock: Clock): Temporal.PlainDate | undefined {
  const today = todayOf(clock);
  if (said === 'today') return today;
  if (said === 'yesterday') return today.subtract({ days: 1 });
  const weekday = weekdays.indexOf(said.replace(/^last /, '')) + 1;
  if (weekday > 0) {
    const back = (today.dayOfWeek - weekday + 7) % 7;
    return today.subtract({ days: back === 0 && said.startsWith('last ') ? 7 : back });
  }
  return /^\d{4}-\d\d-\d\d$/.test(said) ? tried(() => Temporal.PlainDate.from(said)) : undefined;
}

/** A time of day on the clock, ms since its midnight, up to 24:00: "9:30", "09:30:15", "9am", "noon". */
export function clockTimeOf(said: string): number | undefined {
  if (said === 'noon') return dayMs / 2;
  if (said === 'midnight') return 0;
  const [, hours = '', minutes, seconds, half] =
    /^(\d{1,2})(?::(\d\d)(?::(\d\d))?)?\s*(am|pm)?$/.exec(said) ?? [];
  // A number alone may be anything.
  if (hours === '' || (minutes === undefined && half === undefined)) return undefined;
  const twelve = half === 'am' || half === 'pm';
  const [h, m, s] = [Number(hours), Number(minutes ?? 0), Number(seconds ?? 0)];
  if (m > 59 || s > 59 || (twelve && (h < 1 || h > 12))) return undefined;
  const ms = (((twelve ? (h % 12) + (half === 'pm' ? 12 : 0) : h) * 60 + m) * 60 + s) * 1000;
  return ms <= dayMs ? ms : undefined;
}

/** UTC ms at which clocks show so much on the day. */
export function atClock(day: Temporal.PlainDate, clockMs: number, timeZone: string): number {
  const [on, restMs] = clockMs >= dayMs ? [day.add({ days: 1 }), clockMs - dayMs] : [day, clockMs];
  const time = new Temporal.PlainTime().add({ milliseconds: restMs });
  return on.toPlainDateTime(time).toZonedDateTime(timeZone).epochMilliseconds;
}

/** UTC ms at which the day begins: where clocks go forward at midnight, not at 0:00. */
export const startOfDay = (day: Temporal.PlainDate, timeZone: string): number =>
  day.toZonedDateTime(timeZone).startOfDay().epochMilliseconds;

export const startOf = ({ day, clockMs }: LocalMoment, timeZone: string): number =>
  clockMs === undefined ? startOfDay(day, timeZone) : atClock(day, clockMs, timeZone);

export const todayOf = ({ nowMs, timeZone }: Clock): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate();

/** Length of "min", "hours" and so on; undefined for other words. */
export function unitMs(unit: string): number | undefined {
  const name = /^(?:[smhdw]|(?:sec|min|hr?|day|week|second|minute|hour)s?)$/.exec(unit)?.[0];
  return name === undefined ? undefined : unitsMs[name.charAt(0)];
}

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: dayMs,
  w: 7 * dayMs,
};

function isoMomentOf(text: string, timeZone: string): number | undefined {
  return tried(() => {
    if (text.includes('[')) return Temporal.ZonedDateTime.from(text).epochMilliseconds;
    return /[t ]\d\d.*(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(text)
      ? Temporal.Instant.from(text).epochMilliseconds
      : Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds;
  });
}

/** Temporal says by a RangeError that a text is not what it is read as. */
function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
