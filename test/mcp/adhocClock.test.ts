import { describe, expect, it } from 'vitest';
import type { Shape } from '../../src/domain/event.ts';
import { shapeId } from '../../src/domain/ids.ts';
import { countZoneEvents } from '../../src/mcp/tools/countZoneEvents.ts';
import { bucketFinder, bucketsOf, localTime, parseMoment } from '../../src/mcp/window.ts';
import { camera, dock, line, openStore, t0 } from '../store/fixture.ts';
import { record, worldOf, type Walk } from './adhocRecording.ts';

const berlin = 'Europe/Berlin';
const minuteMs = 60_000;
/** 02:00 summer time in Berlin; an hour later it is 02:00 again. */
const twoMs = Date.UTC(2026, 9, 25, 0, 0);

describe('a night with the hour from 2 to 3 twice, half of it watched', () => {
  it.each([
    ['a line counted live', 'live', 9],
    ['a line drawn weeks later', 'door', 0],
    ['a line drawn by the question', { from: [0.5, 0], to: [0.5, 1] }, 0],
  ])('is counted right at %s', async (_, asked, storedEvents) => {
    const { writer, reader } = openStore();
    const live: Shape = { ...line, id: shapeId('live') };
    // Crossings at 02:20:10, :30:10, … summer time, until 02:40:10 winter time.
    const walks = Array.from({ length: 9 }, (_, n): Walk => {
      const fromMs = twoMs + (20 + n * 10) * minuteMs;
      return { id: `dock-1-${n}`, fromMs, toMs: fromMs + 20_000, from: [0.31, 0.8], to: [0.7, 0.8] };
    });
    const watched = { fromMs: twoMs + 15 * minuteMs, toMs: twoMs + 105 * minuteMs };
    writer.syncCameras([camera(dock, [live])], watched.fromMs);
    record(writer, dock, watched, [live], walks);
    writer.syncCameras([camera(dock, [live, line])], t0);

    const input = countZoneEvents.input.parse({
      camera: 'dock',
      line: asked,
      from: '2026-10-25T01:30',
      to: '2026-10-25T03:30',
      time_zone: berlin,
      group_by: ['hour'],
      evidence_limit: 9,
    });
    const { structured, text } = await countZoneEvents.handle(input, worldOf(reader, watched.toMs));
    const answer = countZoneEvents.output.parse(structured);
    expect(answer.window).toEqual({
      from: '2026-10-25T01:30:00.000+02:00',
      to: '2026-10-25T03:30:00.000+01:00',
      time_zone: berlin,
    });
    expect(answer.count).toBe(9);
    expect(answer.groups).toEqual([
      { hour: '2026-10-25T02:00+02:00', count: 4 },
      { hour: '2026-10-25T02:00+01:00', count: 5 },
    ]);
    expect(answer.evidence.filter(({ event_id: id }) => id !== undefined)).toHaveLength(storedEvents);
    // One and a half of three hours; what comes after the last frame is not known to have been watched.
    expect(answer.coverage.share).toBeCloseTo(0.5, 3);
    expect(answer.coverage.frames).toBe(5400);
    expect(answer.coverage.effective_fps).toBeCloseTo(1, 2);
    expect(answer.coverage.gaps).toEqual([
      { from: '2026-10-25T01:30:00.000+02:00', to: '2026-10-25T02:15:00.000+02:00' },
      { from: '2026-10-25T02:44:59.001+01:00', to: '2026-10-25T03:30:00.000+01:00' },
    ]);
    expect(text).toMatch(/50 % of the window was analysed/);
  });
});

describe('buckets', () => {
  const at = (iso: string) => Date.parse(iso);

  it.each([
    ['the first hour of two', '2026-10-25T02:59:59.999+02:00', 'hour', '2026-10-25T02:00+02:00'],
    ['the second hour of two', '2026-10-25T02:00:00+01:00', 'hour', '2026-10-25T02:00+01:00'],
    ['a minute in it', '2026-10-25T02:30:59+01:00', 'minute', '2026-10-25T02:30+01:00'],
    ['the hour after the one left out', '2026-03-29T03:10:00+02:00', 'hour', '2026-03-29T03:00+02:00'],
    ['the long day', '2026-10-25T23:59:59+01:00', 'day', '2026-10-25'],
  ] as const)('are named by local time: %s', (_, iso, unit, name) => {
    expect(bucketFinder(unit, berlin)(at(iso)).name).toBe(name);
  });

  it('fill the window without gap or overlap, days of 25 and 23 hours too', () => {
    const window = { fromMs: at('2026-10-24T12:00:00+02:00'), toMs: at('2026-10-26T12:00:00+01:00') };
    const days = [...bucketsOf(window, 'day', berlin)];
    expect(days.map(({ name, fromMs, toMs }) => [name, (toMs - fromMs) / 3_600_000])).toEqual([
      ['2026-10-24', 12],
      ['2026-10-25', 25],
      ['2026-10-26', 12],
    ]);
    const hours = [...bucketsOf(window, 'hour', berlin)];
    expect(hours).toHaveLength(49);
    expect(new Set(hours.map(({ name }) => name)).size).toBe(49);
    hours.forEach(({ fromMs }, n) => {
      expect(fromMs).toBe(hours[n - 1]?.toMs ?? window.fromMs);
    });
    const shortDay = { fromMs: at('2026-03-29T00:00:00+01:00'), toMs: at('2026-03-30T00:00:00+02:00') };
    const spring = [...bucketsOf(shortDay, 'day', berlin)];
    expect(spring.map(({ fromMs, toMs }) => (toMs - fromMs) / 3_600_000)).toEqual([23]);
  });

  it.each([
    ['days where clocks go forward at midnight', 'Africa/Cairo', 'day', '2026-04-24', [24, 23, 24]],
    ['days where they go back at midnight', 'Africa/Cairo', 'day', '2026-10-29', [24, 25, 24]],
    ['hours where they go back by half of one', 'Australia/Lord_Howe', 'hour', '2026-04-05', [1, 1, 0.5, 1]],
    [
      'hours where they go forward by half of one',
      'Australia/Lord_Howe',
      'hour',
      '2026-10-04',
      [1, 1, 0.5, 1],
    ],
  ] as const)('hold just the moments that are called so: %s', (_, zone, unit, change, lengths) => {
    const find = bucketFinder(unit, zone);
    const midnight = parseMoment(change, 'from', zone, 0);
    const window =
      unit === 'day'
        ? { fromMs: find(midnight - 1).fromMs, toMs: find(find(midnight).toMs).toMs }
        : { fromMs: midnight, toMs: midnight + 3.5 * 3_600_000 };
    const buckets = [...bucketsOf(window, unit, zone)];
    expect(buckets.map(({ fromMs, toMs }) => (toMs - fromMs) / 3_600_000)).toEqual(lengths);
    for (const { name, fromMs, toMs } of buckets) {
      for (const timeMs of [fromMs, (fromMs + toMs) / 2, toMs - 1]) {
        expect(find(timeMs)).toEqual({ name, fromMs, toMs });
        expect(localTime(timeMs, zone).startsWith(name.slice(0, unit === 'day' ? 10 : 13))).toBe(true);
      }
    }
  });
});
