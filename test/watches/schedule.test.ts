import { describe, expect, it } from 'vitest';
import type { WatchHours } from '../../src/domain/watch.ts';
import { hoursText, parseHours, Schedule } from '../../src/watches/schedule.ts';
import { complaintOf } from '../store/fixture.ts';

const hourMs = 3_600_000;
const at = (text: string) => Date.parse(text);
const hours = (
  text: string | undefined,
  days?: readonly string[],
  timeZone = 'Europe/Berlin',
): WatchHours => {
  const parsed = parseHours(text, days, timeZone);
  if (!parsed) throw new Error('always');
  return parsed;
};

/** The stretches in which it is open within the window. */
function open(schedule: Schedule, from: string, to: string): string[][] {
  const stretches: string[][] = [];
  for (let ms = at(from); ms < at(to); ms = schedule.nextChange(ms)) {
    if (schedule.isOpen(ms)) {
      const until = Math.min(schedule.nextChange(ms), at(to));
      stretches.push([ms, until].map((one) => new Date(one).toISOString().slice(5, 16)));
    }
  }
  return stretches;
}

describe('hours of a watch', () => {
  it('reach over midnight, up to but without their end', () => {
    const schedule = new Schedule(hours('22:00-06:00'));
    expect(open(schedule, '2026-06-01T12:00+02:00', '2026-06-03T12:00+02:00')).toEqual([
      ['06-01T20:00', '06-02T04:00'],
      ['06-02T20:00', '06-03T04:00'],
    ]);
    expect([schedule.isOpen(at('2026-06-02T04:00Z') - 1), schedule.isOpen(at('2026-06-02T04:00Z'))]).toEqual([
      true,
      false,
    ]);
  });

  it('belong to the day on which they begin', () => {
    const schedule = new Schedule(hours('22:00-06:00', ['sat']));
    // 2026-06-06 is a Saturday.
    expect(open(schedule, '2026-06-01T00:00Z', '2026-06-15T00:00Z')).toEqual([
      ['06-06T20:00', '06-07T04:00'],
      ['06-13T20:00', '06-14T04:00'],
    ]);
  });

  it.each([
    ['forward', '2026-03-28T12:00Z', 7],
    ['back', '2026-10-24T12:00Z', 9],
  ])('of a night in which clocks go %s are an hour shorter or longer', (_, from, expected) => {
    const schedule = new Schedule(hours('22:00-06:00'));
    expect(schedule.openMs({ fromMs: at(from), toMs: at(from) + 24 * hourMs }) / hourMs).toBe(expected);
  });

  it('that begin at a time that is skipped begin at the change', () => {
    const schedule = new Schedule(hours('02:30-05:00'));
    expect(open(schedule, '2026-03-29T00:00Z', '2026-03-29T12:00Z')).toEqual([
      ['03-29T01:00', '03-29T03:00'],
    ]);
  });

  it('that begin at a time that comes twice begin at the first, and those that end at one end at the second', () => {
    expect(open(new Schedule(hours('02:30-05:00')), '2026-10-24T22:00Z', '2026-10-25T12:00Z')).toEqual([
      ['10-25T00:30', '10-25T04:00'],
    ]);
    expect(open(new Schedule(hours('01:00-02:30')), '2026-10-24T22:00Z', '2026-10-25T12:00Z')).toEqual([
      ['10-24T23:00', '10-25T01:30'],
    ]);
  });

  it('may be of days alone, and are then from midnight to midnight', () => {
    const schedule = new Schedule(hours(undefined, ['Sunday', 'mon']));
    expect(
      schedule.openMs({ fromMs: at('2026-06-01T00:00+02:00'), toMs: at('2026-06-08T00:00+02:00') }),
    ).toBe(48 * hourMs);
    expect(hoursText(hours(undefined, ['Sunday', 'mon']))).toBe('mon, sun');
    expect(hoursText(hours('9:00 - 17:30', ['fri']))).toBe('09:00-17:30 fri');
  });

  it.each(['25:00-26:00', '22-6', '22:00', '24:00-06:00', '10:60-11:00', ''])('refuses "%s"', (text) => {
    expect(complaintOf(() => parseHours(text, undefined, 'UTC'))).toMatch(/hours: .*22:00-06:00/);
  });

  it('refuses a day that is none', () => {
    expect(complaintOf(() => parseHours(undefined, ['mon', 'Tag'], 'UTC'))).toContain('"Tag" is no day');
  });
});
