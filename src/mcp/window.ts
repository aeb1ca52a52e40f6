import { Temporal } from 'temporal-polyfill';
import { ArgusError } from '../domain/errors.ts';
import type { Interval } from '../domain/time.ts';
import { acceptedMoments, parseMoment, type Clock } from './moment.ts';
import { quoted } from './quoted.ts';
import { acceptedWindows, endOf, windowOf } from './spokenWindow.ts';

export { parseMoment } from './moment.ts';

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

/**
 * The window asked for, or the whole span where an end is left out. `from` may say a whole window; the future is cut off
 * it, but for what a recording has of it. Throws ArgusError when it ends before it begins, or is said twice.
 */
export function resolveWindow(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  span: Interval | undefined,
  timeZone: string,
  nowMs: number,
): Interval {
  const clock = { nowMs, timeZone };
  const whole = asked.from === undefined ? undefined : windowOf(asked.from, clock);
  if (whole && asked.to === undefined) {
    if (whole.toMs > whole.fromMs) return withoutFuture(whole, span, nowMs);
    throw new ArgusError(
      `from: ${quoted(asked.from?.trim() ?? '')} is no time in ${timeZone}: clocks go forward over it, to ${localTime(whole.fromMs, timeZone)}.`,
      'Ask for a longer window.',
    );
  }
  const askedFromMs = asked.from === undefined ? undefined : beginOf(asked.from, whole, clock);
  const askedToMs = asked.to === undefined ? undefined : parseEnd(asked.to, askedFromMs, clock);
  // The end that is left out may lie beyond the one given: the window is empty then, not turned round.
  const fromMs = askedFromMs ?? Math.min(span?.fromMs ?? nowMs, askedToMs ?? Infinity);
  const toMs = askedToMs ?? Math.max(span?.toMs ?? nowMs, fromMs);
  return checked({ fromMs, toMs }, timeZone);
}

/** The moment that `from` says beside a `to`: of a day its beginning. */
function beginOf(from: string, whole: Interval | undefined, clock: Clock): number {
  try {
    return parseMoment(from.trim().replace(/^since /i, ''), 'from', clock.timeZone, clock.nowMs);
  } catch (error) {
    if (!(error instanceof ArgusError)) throw error;
    if (!whole) throw new ArgusError(error.what, `${acceptedMoments}; ${acceptedWindows}.`, { cause: error });
    throw new ArgusError(
      `from: ${quoted(from.trim())} is a whole window, and to is given, too.`,
      'Leave to out.',
    );
  }
}

/** A time of day alone is the first one after the beginning. */
function parseEnd(to: string, fromMs: number | undefined, clock: Clock): number {
  const endMs = fromMs === undefined ? undefined : endOf(to, fromMs, clock);
  return endMs ?? parseMoment(to, 'to', clock.timeZone, clock.nowMs);
}

/** What has not come yet cannot have been watched: it would only make the coverage look bad. */
function withoutFuture(window: Interval, span: Interval | undefined, nowMs: number): Interval {
  const knownMs = Math.max(nowMs, span?.toMs ?? nowMs);
  return window.fromMs < knownMs ? { ...window, toMs: Math.min(window.toMs, knownMs) } : window;
}

function checked(window: Interval, timeZone: string): Interval {
  if (window.toMs >= window.fromMs) return window;
  throw new ArgusError(
    `The window ends (${localTime(window.toMs, timeZone)}) before it begins (${localTime(window.fromMs, timeZone)}).`,
    'Swap from and to.',
  );
}
