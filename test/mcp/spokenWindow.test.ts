import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localTime, resolveWindow } from '../../src/mcp/window.ts';

const berlin = 'Europe/Berlin';
const lordHowe = 'Australia/Lord_Howe';
const utc = (text: string): number => Date.parse(text);
/** A Thursday, in Berlin at 10:30. */
const thursday = utc('2026-06-18T08:30:00Z');

/** The window as local times without what is nothing, e.g. `2026-06-17T22:00 2026-06-18T06:00`. */
function said(from: string, zone = berlin, nowMs = thursday, to?: string): string {
  const { fromMs, toMs } = resolveWindow({ from, to }, undefined, zone, nowMs);
  return [fromMs, toMs].map((ms) => localTime(ms, zone).replace(/(:00)?\.000[+-].*$/, '')).join(' ');
}

describe('a window said in one', () => {
  it.each([
    ['last 2 h', '2026-06-18T08:30 2026-06-18T10:30'],
    ['Last 90 minutes', '2026-06-18T09:00 2026-06-18T10:30'],
    ['past 1.5 hours', '2026-06-18T09:00 2026-06-18T10:30'],
    ['the last hour', '2026-06-18T09:30 2026-06-18T10:30'],
    ['last 2d', '2026-06-16T10:30 2026-06-18T10:30'],
    ['last 30 s', '2026-06-18T10:29:30 2026-06-18T10:30'],
    ['yesterday', '2026-06-17T00:00 2026-06-18T00:00'],
    ['monday', '2026-06-15T00:00 2026-06-16T00:00'],
    ['last thursday', '2026-06-11T00:00 2026-06-12T00:00'],
    ['2026-01-31', '2026-01-31T00:00 2026-02-01T00:00'],
    ['monday - wednesday', '2026-06-15T00:00 2026-06-18T00:00'],
    ['Monday–Wednesday', '2026-06-15T00:00 2026-06-18T00:00'],
    ['2026-01-30 to 2026-01-31', '2026-01-30T00:00 2026-02-01T00:00'],
    ['last week', '2026-06-08T00:00 2026-06-15T00:00'],
    ['last month', '2026-05-01T00:00 2026-06-01T00:00'],
    ['yesterday 22:00-06:00', '2026-06-17T22:00 2026-06-18T06:00'],
    ['yesterday 22:00–06:00', '2026-06-17T22:00 2026-06-18T06:00'],
    ['yesterday from 22:00 until 6:00', '2026-06-17T22:00 2026-06-18T06:00'],
    ['yesterday 10pm - 6am', '2026-06-17T22:00 2026-06-18T06:00'],
    ['today 9-10', '2026-06-18T09:00 2026-06-18T10:00'],
    ['today, 9 to 10', '2026-06-18T09:00 2026-06-18T10:00'],
    ['between 9:00 and 10:00', '2026-06-18T09:00 2026-06-18T10:00'],
    ['9-10', '2026-06-18T09:00 2026-06-18T10:00'],
    // The last time that it began.
    ['22:00-06:00', '2026-06-17T22:00 2026-06-18T06:00'],
    ['11-12', '2026-06-17T11:00 2026-06-17T12:00'],
    ['monday 20:00-24:00', '2026-06-15T20:00 2026-06-16T00:00'],
    ['2026-01-31 08:00-09:00', '2026-01-31T08:00 2026-01-31T09:00'],
    ['2026-01-31 08:00-2026-02-01 09:00', undefined],
    ['2026-01-31 08:00 - 2026-02-01 09:00', '2026-01-31T08:00 2026-02-01T09:00'],
    ['yesterday 22:00 to today 06:00', '2026-06-17T22:00 2026-06-18T06:00'],
    ['yesterday 22:00 to 06:00', '2026-06-17T22:00 2026-06-18T06:00'],
    ['2026-06-17T08:00Z/2026-06-17T09:00Z', '2026-06-17T10:00 2026-06-17T11:00'],
    ['last night', '2026-06-17T22:00 2026-06-18T06:00'],
    ['yesterday night', '2026-06-17T22:00 2026-06-18T06:00'],
    ['monday afternoon', '2026-06-15T12:00 2026-06-15T18:00'],
  ])('"%s"', (text, expected) => {
    if (expected === undefined) expect(() => said(text)).toThrow(/is not a time/);
    else expect(said(text)).toBe(expected);
  });

  it.each([
    ['today', '2026-06-18T00:00 2026-06-18T10:30'],
    ['this week', '2026-06-15T00:00 2026-06-18T10:30'],
    ['this morning', '2026-06-18T06:00 2026-06-18T10:30'],
    ['10:00-11:00', '2026-06-18T10:00 2026-06-18T10:30'],
    // All of it is still to come: it is told as it was said.
    ['this evening', '2026-06-18T18:00 2026-06-18T22:00'],
  ])('"%s" ends now where some of it is still to come', (text, expected) => {
    expect(said(text)).toBe(expected);
  });

  it('goes on beyond now as far as a recording has later times', () => {
    const span = { fromMs: thursday, toMs: thursday + 3_600_000 };
    const { toMs } = resolveWindow({ from: 'today' }, span, berlin, thursday);
    expect(toMs).toBe(span.toMs);
  });

  it.each([
    ['last night', '2026-06-17T22:00 2026-06-18T03:00'],
    ['tonight', '2026-06-17T22:00 2026-06-18T03:00'],
    ['22:00-06:00', '2026-06-17T22:00 2026-06-18T03:00'],
  ])('"%s" is the night that it is, at three in the morning', (text, expected) => {
    expect(said(text, berlin, utc('2026-06-18T01:00:00Z'))).toBe(expected);
  });

  it('leaves no room for a second end', () => {
    expect(() => said('last 2 h', berlin, thursday, 'now')).toThrow(
      'from: "last 2 h" is a whole window, and to is given, too. Leave to out.',
    );
    // A day is a moment, too: its beginning.
    expect(said('yesterday', berlin, thursday, 'today')).toBe('2026-06-17T00:00 2026-06-18T00:00');
    expect(said('monday', berlin, thursday, 'now')).toBe('2026-06-15T00:00 2026-06-18T10:30');
  });

  it.each(['last 2', 'last 2 years', 'tomorrow-ish', '25:00-26:00', '2026-02-30', '9-', 'a/b', '9-10-11'])(
    'is not "%s", and the answer lists what is accepted',
    (text) => {
      expect(() => said(text)).toThrow(
        /is not a time\. Give ISO 8601 .* a whole window: "yesterday 22:00-06:00", .*"2026-01-31 08:00-09:00"\.$/,
      );
    },
  );
});

describe('an end that is a time of day', () => {
  it.each([
    ['yesterday 22:00', '06:00', '2026-06-17T22:00 2026-06-18T06:00'],
    ['2026-01-31 08:00', '09:00', '2026-01-31T08:00 2026-01-31T09:00'],
    ['2026-01-31 08:00', '8am', '2026-01-31T08:00 2026-02-01T08:00'],
    ['since monday', 'today 9:00', '2026-06-15T00:00 2026-06-18T09:00'],
  ])('is the first such after the beginning: from "%s" to "%s"', (from, to, expected) => {
    expect(said(from, berlin, thursday, to)).toBe(expected);
  });
});

describe('where clocks change', () => {
  const hoursOf = (from: string, zone: string, at: string): number => {
    const { fromMs, toMs } = resolveWindow({ from }, undefined, zone, utc(at));
    return (toMs - fromMs) / 3_600_000;
  };

  it.each([
    ['last night', berlin, '2026-03-29T10:00Z', 7],
    ['last night', berlin, '2026-10-25T10:00Z', 9],
    ['2026-03-28 22:00-06:00', berlin, '2026-06-01T10:00Z', 7],
    ['2026-10-25', berlin, '2026-11-01T10:00Z', 25],
    // The hour that comes twice, whole.
    ['2026-10-25 02:00-03:00', berlin, '2026-11-01T10:00Z', 2],
    ['2026-10-25 01:00-02:00', berlin, '2026-11-01T10:00Z', 1],
    // Half an hour back on 5 April, and forward on 4 October.
    ['2026-04-05', lordHowe, '2026-04-10T10:00Z', 24.5],
    ['2026-04-04 22:00-06:00', lordHowe, '2026-04-10T10:00Z', 8.5],
    ['2026-10-03 22:00-06:00', lordHowe, '2026-10-10T10:00Z', 7.5],
    ['2026-10-04 01:00-02:30', lordHowe, '2026-10-10T10:00Z', 1],
    // A stretch is one of time that goes by.
    ['last 24 h', berlin, '2026-10-25T20:00Z', 24],
    // The day begins at 1.
    ['2026-04-24', 'Africa/Cairo', '2026-05-01T10:00Z', 23],
  ])('"%s" in %s has its true length', (from, zone, at, hours) => {
    expect(hoursOf(from, zone, at)).toBe(hours);
  });

  it('an hour that clocks skip is no window', () => {
    expect(() => hoursOf('2026-03-29 02:00-03:00', berlin, '2026-04-10T10:00Z')).toThrow(
      'from: "2026-03-29 02:00-03:00" is no time in Europe/Berlin: clocks go forward over it, to ' +
        '2026-03-29T03:00:00.000+02:00. Ask for a longer window.',
    );
  });

  it('a window of hours ends when clocks show its end, whatever the day and the place', () => {
    const zones = fc.constantFrom(berlin, lordHowe, 'UTC', 'America/New_York', 'Asia/Kolkata');
    const days = fc.integer({ min: 0, max: 3000 });
    const hour = fc.integer({ min: 6, max: 23 });
    fc.assert(
      fc.property(zones, days, hour, hour, (zone, day, from, to) => {
        const date = new Date(utc('2020-01-01') + day * 86_400_000).toISOString().slice(0, 10);
        const window = resolveWindow(
          { from: `${date} ${from}:00-${to}:00` },
          undefined,
          zone,
          utc('2031-01-01'),
        );
        const [begins, ends] = [window.fromMs, window.toMs].map((ms) => localTime(ms, zone));
        expect(begins?.slice(0, 13)).toBe(`${date}T${String(from).padStart(2, '0')}`);
        expect(ends?.slice(11, 16)).toBe(`${String(to).padStart(2, '0')}:00`);
        expect(ends?.startsWith(date)).toBe(to > from);
      }),
    );
  });
});
