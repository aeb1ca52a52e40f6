import { expect, it } from 'vitest';
import { localHours } from '../../src/mcp/localHours.ts';
import { bucketsOf } from '../../src/mcp/window.ts';

const hourMs = 3_600_000;

it.each([
  ['a week in which clocks go back', 'Europe/Berlin', '2026-10-22T22:30:00Z'],
  ['a week in which they go forward', 'America/New_York', '2026-03-05T05:00:00Z'],
  ['half an hour of summer time', 'Australia/Lord_Howe', '2026-04-02T00:10:00Z'],
  ['a quarter beside the hour', 'Asia/Kathmandu', '2026-06-01T00:00:00Z'],
  ['a place without summer time', 'UTC', '1969-12-30T12:00:00Z'],
])('hours of %s are those of a calendar', (_, timeZone, from) => {
  const fromMs = Date.parse(from);
  const window = { fromMs, toMs: fromMs + 7 * 24 * hourMs + 1234 };
  const hours = localHours(window, timeZone);
  const buckets = [...bucketsOf(window, 'hour', timeZone)];
  expect(hours.map((hour) => [hour.fromMs, hour.toMs])).toEqual(
    buckets.map((hour) => [hour.fromMs, hour.toMs]),
  );
  for (const [i, { hourOfWeek, day }] of hours.entries()) {
    const name = buckets[i]?.name ?? '';
    const weekday = (new Date(name.slice(0, 10)).getUTCDay() + 6) % 7;
    expect(hourOfWeek).toBe(weekday * 24 + Number(name.slice(11, 13)));
    expect(day).toBe(Math.floor(Date.parse(name.slice(0, 10)) / (24 * hourMs)));
  }
});
