import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgusError } from '../../src/domain/errors.ts';
import {
  bucketFinder,
  localTime,
  parseMoment,
  resolveTimeZone,
  resolveWindow,
} from '../../src/mcp/window.ts';

const berlin = 'Europe/Berlin';
const utc = (text: string): number => Date.parse(text);
/** Noon of the day on which the clocks of Berlin go forward, 13:00 there is 11:00 UTC. */
const now = utc('2026-03-29T11:00:00Z');
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

describe('a moment', () => {
  it.each([
    ['now', '2026-03-29T11:00:00.000Z'],
    ['today', '2026-03-28T23:00:00.000Z'],
    ['Today', '2026-03-28T23:00:00.000Z'],
    ['yesterday', '2026-03-27T23:00:00.000Z'],
    ['-30s', '2026-03-29T10:59:30.000Z'],
    ['-90m', '2026-03-29T09:30:00.000Z'],
    ['-90min', '2026-03-29T09:30:00.000Z'],
    ['-2h', '2026-03-29T09:00:00.000Z'],
    [' -1.5 h ', '2026-03-29T09:30:00.000Z'],
    ['-1d', '2026-03-28T11:00:00.000Z'],
    ['-1w', '2026-03-22T11:00:00.000Z'],
    ['2026-03-29T08:00:00Z', '2026-03-29T08:00:00.000Z'],
    ['2026-03-29T08:00+05:30', '2026-03-29T02:30:00.000Z'],
    ['2026-03-29T08:00:00.25-0700', '2026-03-29T15:00:00.250Z'],
    ['2026-03-29 08:00+05:30', '2026-03-29T02:30:00.000Z'],
    ['2026-03-29t08:00z', '2026-03-29T08:00:00.000Z'],
    ['2026-03-29T08:00+05:30[Asia/Kolkata]', '2026-03-29T02:30:00.000Z'],
    ['2026-03-29T08:00[Asia/Kolkata]', '2026-03-29T02:30:00.000Z'],
    ['2026-03-29T08:00', '2026-03-29T06:00:00.000Z'],
    ['2026-03-28 08:00', '2026-03-28T07:00:00.000Z'],
    ['2026-03-28', '2026-03-27T23:00:00.000Z'],
    ['2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['yesterday 22:00', '2026-03-28T21:00:00.000Z'],
    ['today at 9am', '2026-03-29T07:00:00.000Z'],
    ['monday', '2026-03-22T23:00:00.000Z'],
    ['sunday', '2026-03-28T23:00:00.000Z'],
    ['last Sunday 12:30pm', '2026-03-22T11:30:00.000Z'],
    // Today, or where that is still to come the day before.
    ['09:00', '2026-03-29T07:00:00.000Z'],
    ['13:01', '2026-03-28T12:01:00.000Z'],
    ['noon', '2026-03-29T10:00:00.000Z'],
  ])('%s in Berlin is %s', (text, expected) => {
    expect(iso(parseMoment(text, 'from', berlin, now))).toBe(expected);
  });

  it.each([
    [
      'that does not exist as clocks go forward is the one after the gap',
      '2026-03-29T02:30',
      '2026-03-29T01:30:00.000Z',
    ],
    ['that happens twice as clocks go back is the earlier', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['that happens twice can be told by its offset', '2026-10-25T02:30+01:00', '2026-10-25T01:30:00.000Z'],
  ])('%s', (_, text, expected) => {
    expect(iso(parseMoment(text, 'from', berlin, now))).toBe(expected);
  });

  it('knows that a day has 23 or 25 hours when clocks change', () => {
    const day = (at: string) => {
      const [from, to] = ['yesterday', 'today'].map((text) => parseMoment(text, 'from', berlin, utc(at)));
      return ((to ?? 0) - (from ?? 0)) / 3_600_000;
    };
    expect([day('2026-03-30T10:00Z'), day('2026-10-26T10:00Z'), day('2026-06-01T10:00Z')]).toEqual([
      23, 25, 24,
    ]);
  });

  it('knows that a day begins at 1 where clocks go forward at midnight', () => {
    const cairo = (text: string, at: string) => iso(parseMoment(text, 'from', 'Africa/Cairo', utc(at)));
    expect(cairo('today', '2026-04-24T10:00Z')).toBe('2026-04-23T22:00:00.000Z');
    expect(cairo('yesterday', '2026-04-24T10:00Z')).toBe('2026-04-22T22:00:00.000Z');
    expect(cairo('yesterday', '2026-04-25T10:00Z')).toBe('2026-04-23T22:00:00.000Z');
  });

  it.each([
    '',
    'soon',
    '25:00',
    '24:01',
    '13pm',
    '9',
    'today 9',
    'yesterday 22:00-06:00',
    '2026-13-01',
    '2026-02-30',
    '2026-03-29T25:00',
    '-2',
    '-2y',
    '2h',
    '-h',
    '1774',
  ])('"%s" is none, and the answer names the field and what is accepted', (text) => {
    const parse = () => parseMoment(text, 'to', berlin, now);
    expect(parse).toThrow(ArgusError);
    expect(parse).toThrow(`to: "${text}" is not a time. Give ISO 8601`);
  });

  it('that was said can be asked for again', () => {
    const times = fc.integer({ min: utc('2020-01-01'), max: utc('2030-01-01') });
    const zones = fc.constantFrom(berlin, 'UTC', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Apia');
    fc.assert(
      fc.property(times, zones, (timeMs, zone) => {
        expect(parseMoment(localTime(timeMs, zone), 'from', 'Asia/Tokyo', now)).toBe(timeMs);
      }),
    );
  });
});

describe('the local hour', () => {
  it.each([
    ['2026-03-29T00:59:59.999Z', berlin, '2026-03-29T01:00+01:00'],
    ['2026-03-29T01:00:00Z', berlin, '2026-03-29T03:00+02:00'],
    ['2026-10-25T00:30:00Z', berlin, '2026-10-25T02:00+02:00'],
    ['2026-10-25T01:30:00Z', berlin, '2026-10-25T02:00+01:00'],
    ['2026-10-25T02:30:00Z', berlin, '2026-10-25T03:00+01:00'],
    ['2026-06-01T00:10:00Z', 'Asia/Kolkata', '2026-06-01T05:00+05:30'],
    ['2026-06-01T00:10:00Z', 'UTC', '2026-06-01T00:00+00:00'],
  ])('of %s in %s is %s', (time, zone, hour) => {
    expect(bucketFinder('hour', zone)(utc(time)).name).toBe(hour);
  });
});

describe('a time zone', () => {
  it('is an IANA name, or the own', () => {
    expect(resolveTimeZone(berlin)).toBe(berlin);
    expect(resolveTimeZone(undefined)).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
    for (const name of ['Mars', '', 'Europe/Berlin ']) {
      expect(() => resolveTimeZone(name)).toThrow(/IANA name such as Europe\/Berlin/);
    }
  });
});

describe('a window', () => {
  const span = { fromMs: utc('2026-03-01T00:00Z'), toMs: utc('2026-03-02T00:00Z') };
  const window = (from?: string, to?: string, of: typeof span | undefined = span) => {
    const { fromMs, toMs } = resolveWindow({ from, to }, of, 'UTC', now);
    return `${iso(fromMs)} ${iso(toMs)}`.replaceAll(':00.000Z', '');
  };

  it('is what was asked for, and everything recorded where an end is left out', () => {
    expect(window()).toBe('2026-03-01T00:00 2026-03-02T00:00');
    expect(window('2026-03-01T12:00')).toBe('2026-03-01T12:00 2026-03-02T00:00');
    expect(window(undefined, '2026-03-01T12:00')).toBe('2026-03-01T00:00 2026-03-01T12:00');
    expect(window('-2h', '-1h')).toBe('2026-03-29T09:00 2026-03-29T10:00');
    // From a moment after all that was recorded.
    expect(window('-2h')).toBe('2026-03-29T09:00 2026-03-29T09:00');
    // And up to one before it.
    expect(window(undefined, '2026-02-01')).toBe('2026-02-01T00:00 2026-02-01T00:00');
    expect(resolveWindow({}, undefined, 'UTC', now)).toEqual({ fromMs: now, toMs: now });
  });

  it('that ends before it begins is refused, with both ends', () => {
    expect(() => window('2026-03-02', '2026-03-01')).toThrow(
      /2026-03-01T00:00.*2026-03-02T00:00.*Swap from and to/,
    );
  });
});
