import { Temporal } from 'temporal-polyfill';
import { ArgusError } from '../domain/errors.ts';
import type { Interval } from '../domain/time.ts';
import { quoted } from './quoted.ts';

/** The year 1: nothing that a camera saw is older, and calendars agree on what is younger. */
const earliestMs = -62_135_596_800_000;

const accepted =
  'Give ISO 8601 (2026-03-29T08:00:00+02:00, or without offset for the time zone asked in), ' +
  '"now", "today", "yesterday", or a time ago such as "-2h", "-30m" or "-7d".';

/**
 * Reads a moment as an agent writes it. A time without an offset is local to `timeZone`; of a local time that
 * happens twice when clocks go back, the earlier is meant. Throws ArgusError naming the field and what is accepted.
 *
 * @param field name of the tool's argument, for the error
 * @returns UTC ms
 */
export function parseMoment(text: string, field: string, timeZone: string, nowMs: number): number {
  const trimmed = text.trim();
  const ago = /^-(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)$/i.exec(trimmed);
  if (ago) {
    const timeMs = nowMs - Number(ago[1]) * unitMs(ago[2] ?? '');
    if (timeMs > earliestMs) return timeMs;
    throw new ArgusError(`${field}: ${quoted(trimmed)} is too long ago.`, accepted);
  }
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).startOfDay();
  switch (trimmed.toLowerCase()) {
    case 'now':
      return nowMs;
    case 'today':
      return today.epochMilliseconds;
    case 'yesterday':
      return today.subtract({ days: 1 }).startOfDay().epochMilliseconds;
  }
  try {
    if (trimmed.includes('[')) return Temporal.ZonedDateTime.from(trimmed).epochMilliseconds;
    return /[t ]\d\d.*(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(trimmed)
      ? Temporal.Instant.from(trimmed).epochMilliseconds
      : Temporal.PlainDateTime.from(trimmed).toZonedDateTime(timeZone).epochMilliseconds;
  } catch (error) {
    throw new ArgusError(`${field}: ${quoted(trimmed)} is not a time.`, accepted, { cause: error });
  }
}

function unitMs(unit: string): number {
  switch (unit.toLowerCase()) {
    case 's':
      return 1_000;
    case 'm':
    case 'min':
      return 60_000;
    case 'h':
      return 3_600_000;
    case 'd':
      return 86_400_000;
    default:
      return 7 * 86_400_000;
  }
}

/** The system's time zone when undefined. Throws ArgusError on a name that is not in the IANA database. */
export function resolveTimeZone(name: string | undefined): string {
  const zone = name ?? Temporal.Now.timeZoneId();
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return zone;
  } catch (error) {
    throw new ArgusError(
      `time_zone: ${quoted(zone)} is not a time zone.`,
      'Give an IANA name such as Europe/Berlin or UTC.',
      { cause: error },
    );
  }
}

/** A moment in local time with its offset, e.g. `2026-03-29T08:00:00.000+02:00`. */
export function localTime(timeMs: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(timeMs)).toString({
    timeZone,
    smallestUnit: 'millisecond',
  });
}

export const bucketUnits = ['minute', 'hour', 'day'] as const;
export type BucketUnit = (typeof bucketUnits)[number];

/** A stretch of local time and what it is called: `2026-10-25T02:00+01:00` by its start, or `2026-10-25`. */
export interface Bucket extends Interval {
  readonly name: string;
}

/**
 * Tells into which local minute, hour or day a moment falls. They are cut off in local time, so of an hour that comes
 * twice when clocks go back each is a bucket, and a day has 23 to 25. Quick for moments in order of time.
 */
export function bucketFinder(unit: BucketUnit, timeZone: string): (timeMs: number) => Bucket {
  let latest: Bucket | undefined;
  return (timeMs) => {
    if (!latest || timeMs < latest.fromMs || timeMs >= latest.toMs) latest = bucketAt(timeMs, unit, timeZone);
    return latest;
  };
}

function bucketAt(timeMs: number, unit: BucketUnit, timeZone: string): Bucket {
  const at = Temporal.Instant.fromEpochMilliseconds(Math.floor(timeMs)).toZonedDateTimeISO(timeZone);
  if (unit === 'day') {
    // Where clocks change at midnight, a day begins at another time.
    const [from, to] = [at.startOfDay(), at.add({ days: 1 }).startOfDay()];
    return { name: at.toPlainDate().toString(), fromMs: from.epochMilliseconds, toMs: to.epochMilliseconds };
  }
  const { minute, second, millisecond, offset } = at;
  const goneMs = (unit === 'hour' ? minute * 60_000 : 0) + second * 1000 + millisecond;
  let from = at.subtract({ milliseconds: goneMs });
  let to = from.add({ [`${unit}s`]: 1 });
  // Where clocks change within an hour, what is left of it to either side is a bucket of its own.
  if (from.offset !== offset) from = at.add({ nanoseconds: 1 }).getTimeZoneTransition('previous') ?? from;
  if (to.subtract({ nanoseconds: 1 }).offset !== offset) to = at.getTimeZoneTransition('next') ?? to;
  const name = from.toString({ timeZoneName: 'never', smallestUnit: 'minute' });
  return { name, fromMs: from.epochMilliseconds, toMs: to.epochMilliseconds };
}

/** The local minutes, hours or days of the window, in order; the first and the last are cut to it. */
export function* bucketsOf(window: Interval, unit: BucketUnit, timeZone: string): Generator<Bucket> {
  for (let { fromMs } = window; fromMs < window.toMs;) {
    const { name, toMs } = bucketAt(fromMs, unit, timeZone);
    yield { name, fromMs, toMs: Math.min(toMs, window.toMs) };
    fromMs = toMs;
  }
}

/** The window asked for, or the whole span where an end is left out. Throws ArgusError when it is empty. */
export function resolveWindow(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  span: Interval | undefined,
  timeZone: string,
  nowMs: number,
): Interval {
  const askedFromMs = asked.from === undefined ? undefined : parseMoment(asked.from, 'from', timeZone, nowMs);
  const askedToMs = asked.to === undefined ? undefined : parseMoment(asked.to, 'to', timeZone, nowMs);
  // The end that is left out may lie beyond the one given: the window is empty then, not turned round.
  const fromMs = askedFromMs ?? Math.min(span?.fromMs ?? nowMs, askedToMs ?? Infinity);
  const toMs = askedToMs ?? Math.max(span?.toMs ?? nowMs, fromMs);
  if (toMs < fromMs) {
    throw new ArgusError(
      `The window ends (${localTime(toMs, timeZone)}) before it begins (${localTime(fromMs, timeZone)}).`,
      'Swap from and to.',
    );
  }
  return { fromMs, toMs };
}
