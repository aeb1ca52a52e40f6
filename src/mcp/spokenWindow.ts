import type { Temporal } from 'temporal-polyfill';
import type { Interval } from '../domain/time.ts';
import {
  atClock,
  clockTimeOf,
  dayOf,
  localMomentOf,
  momentOf,
  startOf,
  startOfDay,
  todayOf,
  unitMs,
  type Clock,
} from './moment.ts';

export const acceptedWindows =
  'or a whole window: "yesterday 22:00-06:00", "9:00-10:00", "last 2 h", "last night", "this morning", "monday", ' +
  '"last week", "2026-01-31", "2026-01-31 08:00-09:00"';

/** Parts of a day, hours on the clock; a night ends on the day after. */
const parts: Readonly<Record<string, readonly [fromHour: number, toHour: number]>> = {
  morning: [6, 12],
  afternoon: [12, 18],
  evening: [18, 22],
  night: [22, 6],
};
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * The window that a text says by itself, as people say it; undefined where it says none, such as a moment with a time.
 * Ends are told by the clocks of the time zone: a night in which they change has 7 or 9 hours.
 */
export function windowOf(text: string, clock: Clock): Interval | undefined {
  const said = normalised(text);
  return (
    stretchOf(said, clock) ??
    calendarOf(said, clock) ??
    daysOf(said, clock) ??
    dayWithHours(said, clock) ??
    latestHours(said, clock) ??
    betweenMoments(text, said, clock)
  );
}

/** Small letters, one kind of dash, and "from … to", "between … and" and "until" as that dash. */
const normalised = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?:^| )(?:from|between|on) /g, ' ')
    .replaceAll(/ (?:to|until|till|and) /g, ' - ')
    .replaceAll(/([a-z])-(?=[a-z])/g, '$1 - ')
    .trim();

/** "last 2 h", "past 30 minutes", "last hour": up to now. A last week or month is one of the calendar. */
function stretchOf(said: string, { nowMs }: Clock): Interval | undefined {
  const [, count, unit = ''] = /^(?:the )?(?:last|past) (?:(\d+(?:\.\d+)?) ?)?([a-z]+)$/.exec(said) ?? [];
  const ms = unitMs(unit);
  if (ms === undefined || (count === undefined && !/^(?:minute|hour|day)$/.test(unit))) return undefined;
  const lengthMs = Number(count ?? 1) * ms;
  return lengthMs <= 100 * 366 * dayMs ? { fromMs: nowMs - lengthMs, toMs: nowMs } : undefined;
}

/** "this week", "last month". Weeks begin on Monday (ISO 8601). */
function calendarOf(said: string, clock: Clock): Interval | undefined {
  const [, which, unit] = /^(this|last) (week|month)$/.exec(said) ?? [];
  if (!unit) return undefined;
  const today = todayOf(clock);
  const current =
    unit === 'week' ? today.subtract({ days: today.dayOfWeek - 1 }) : today.subtract({ days: today.day - 1 });
  const step = unit === 'week' ? { weeks: 1 } : { months: 1 };
  return which === 'this'
    ? wholeDays(current, current.add(step), clock)
    : wholeDays(current.subtract(step), current, clock);
}

/** "monday", "yesterday", "2026-01-31", and with the last day included "monday - wednesday". */
function daysOf(said: string, clock: Clock): Interval | undefined {
  const [first = '', last = first, ...more] = said.split(' - ');
  const [from, to] = [dayOf(first, clock), dayOf(last, clock)];
  return from && to && more.length === 0 ? wholeDays(from, to.add({ days: 1 }), clock) : undefined;
}

/** "yesterday 22:00-06:00", "monday morning", "last night", "tonight". */
function dayWithHours(said: string, clock: Clock): Interval | undefined {
  const today = todayOf(clock);
  // Before six, the night that people mean is the one that is not over.
  const nightBegan = (day: Temporal.PlainDate) =>
    atClock(today, 6 * hourMs, clock.timeZone) > clock.nowMs ? day.subtract({ days: 1 }) : day;
  if (said === 'last night') return hoursOn(today.subtract({ days: 1 }), 'night', clock);
  if (said === 'tonight' || said === 'this night') return hoursOn(nightBegan(today), 'night', clock);
  const [, part] = /^this (morning|afternoon|evening)$/.exec(said) ?? [];
  if (part !== undefined) return hoursOn(today, part, clock);
  const [, dayText = '', hours = ''] = /^((?:last )?[a-z]+|\d{4}-\d\d-\d\d),? (.+)$/.exec(said) ?? [];
  const day = dayOf(dayText, clock);
  return day && hoursOn(day, hours, clock);
}

/** "22:00-06:00" by itself: the last time that it began. */
function latestHours(said: string, clock: Clock): Interval | undefined {
  const [fromMs, toMs] = clockRange(said) ?? [];
  if (fromMs === undefined || toMs === undefined) return undefined;
  const today = todayOf(clock);
  const hasBegun = atClock(today, fromMs, clock.timeZone) <= clock.nowMs;
  return between(hasBegun ? today : today.subtract({ days: 1 }), fromMs, toMs, clock);
}

/** "yesterday 22:00 - today 06:00", "2026-01-31T08:00Z/2026-01-31T09:00Z". */
function betweenMoments(text: string, said: string, clock: Clock): Interval | undefined {
  // Upper case matters in the name of a time zone.
  const halves = text.includes('/') && !text.includes('[') ? text.split('/') : said.split(' - ');
  const [first = '', last = '', ...more] = halves.map((half) => half.trim());
  if (first === '' || last === '' || more.length > 0) return undefined;
  const fromMs = momentOf(first, clock);
  if (fromMs === undefined) return undefined;
  const toMs = endOf(last, fromMs, clock);
  return toMs === undefined ? undefined : { fromMs, toMs };
}

/** The moment of a window's end; a time of day alone is the first after its beginning. */
export function endOf(text: string, fromMs: number, clock: Clock): number | undefined {
  const clockMs = clockTimeOf(text.trim().toLowerCase());
  if (clockMs === undefined) {
    // Of an end that is a day and a time, or a moment.
    const local = localMomentOf(text.trim().toLowerCase(), clock);
    return local ? startOf(local, clock.timeZone) : momentOf(text, clock);
  }
  const day = todayOf({ nowMs: fromMs, timeZone: clock.timeZone });
  const sameDayMs = atClock(day, clockMs, clock.timeZone);
  return sameDayMs > fromMs ? sameDayMs : atClock(day.add({ days: 1 }), clockMs, clock.timeZone);
}

function hoursOn(day: Temporal.PlainDate, hours: string, clock: Clock): Interval | undefined {
  const part = parts[hours];
  const [fromMs, toMs] = part ? part.map((hour) => hour * hourMs) : (clockRange(hours) ?? []);
  return fromMs === undefined || toMs === undefined ? undefined : between(day, fromMs, toMs, clock);
}

/** "9-10", "22:00 - 6:00", "9am-5pm": ms since midnight on the clock. */
function clockRange(text: string): [fromMs: number, toMs: number] | undefined {
  const [, first = '', last = ''] = /^([\d:]+ ?(?:am|pm)?|noon|midnight) ?- ?([\d:]+ ?(?:am|pm)?|noon|midnight)$/.exec(text) ?? []; // prettier-ignore
  const timeOf = (time: string) => clockTimeOf(/^\d{1,2}$/.test(time) ? `${time}:00` : time);
  const [fromMs, toMs] = [timeOf(first.trim()), timeOf(last)];
  return fromMs === undefined || toMs === undefined || fromMs === dayMs ? undefined : [fromMs, toMs];
}

/** From one time on the clock to another, which is on the day after where it is not later. */
function between(day: Temporal.PlainDate, fromMs: number, toMs: number, { timeZone }: Clock): Interval {
  const lastDay = toMs > fromMs ? day : day.add({ days: 1 });
  return { fromMs: atClock(day, fromMs, timeZone), toMs: atClock(lastDay, toMs, timeZone) };
}

const wholeDays = (from: Temporal.PlainDate, to: Temporal.PlainDate, { timeZone }: Clock): Interval => ({
  fromMs: startOfDay(from, timeZone),
  toMs: startOfDay(to, timeZone),
});
