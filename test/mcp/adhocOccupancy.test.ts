import { expect, it } from 'vitest';
import type { z } from 'zod';
import { getOccupancy } from '../../src/mcp/tools/getOccupancy.ts';
import { gate, openStore, t0 } from '../store/fixture.ts';
import { record, worldOf, type Walk } from './adhocRecording.ts';

const minuteMs = 60_000;
/** Through the square in the middle from left to right, at a steady pace: the middle two of its five fifths inside. */
const through = (id: string, fromMs: number, toMs: number, label = 'person'): Walk => ({
  id,
  label,
  fromMs,
  toMs,
  from: [0.1, 0.7],
  to: [0.9, 0.7],
});
const square = { polygon: [[0.3, 0.5], [0.7, 0.5], [0.7, 0.9], [0.3, 0.9]] }; // prettier-ignore

it('tells the most at once and when, the mean while watched, and how long visits lasted', async () => {
  const { writer, reader } = openStore();
  const walks = [
    // Inside the square from 2:00 to 4:00, from 3:00 to 5:00, and a car from 3:30 to 5:30.
    through('gate-1-1', t0 + minuteMs, t0 + 5 * minuteMs),
    through('gate-1-2', t0 + 2 * minuteMs, t0 + 6 * minuteMs),
    through('gate-1-3', t0 + 2.5 * minuteMs, t0 + 6.5 * minuteMs, 'car'),
    // Inside from 9:00 on; the recording ends at 10:00.
    through('gate-1-4', t0 + 8 * minuteMs, t0 + 12 * minuteMs),
  ];
  record(writer, gate, { fromMs: t0, toMs: t0 + 10 * minuteMs }, [], walks);
  const world = worldOf(reader, t0 + 20 * minuteMs);
  const ask = async (input: z.input<typeof getOccupancy.input>) => {
    const window = {
      from: new Date(t0).toISOString(),
      to: new Date(t0 + 20 * minuteMs).toISOString(),
      camera: 'gate',
    };
    const { structured, text } = await getOccupancy.handle(
      getOccupancy.input.parse({ ...window, ...input }),
      world,
    );
    return { ...getOccupancy.output.parse(structured), text };
  };
  const second = (iso = '') => Math.round((Date.parse(iso) - t0) / 1000);

  const all = await ask({ zone: square, bucket: 'minute' });
  expect(all.max.count).toBe(3);
  expect([second(all.max.from), second(all.max.to)]).toEqual([210, 240]);
  expect(all.max.track_ids.toSorted()).toEqual(['gate-1-1', 'gate-1-2', 'gate-1-3']);
  // Three visits of 2 minutes and one of just under 1, in 10 minutes watched.
  expect(all.mean).toBeCloseTo(0.7, 2);
  expect(all.visits).toMatchObject({ n: 4, median_seconds: 120, max_seconds: 120 });
  expect(all.visits?.histogram.filter(({ n }) => n > 0)).toEqual([
    { from_seconds: 30, to_seconds: 60, n: 1 },
    { from_seconds: 120, to_seconds: 300, n: 3 },
  ]);
  expect(all.visits?.histogram.at(-1)?.from_seconds).toBe(120);
  expect(all.cut).toEqual({ by_window: 0, by_gap: 1, by_sight: 0 });
  expect(all.coverage.share).toBeCloseTo(0.5, 2);
  expect(all.buckets).toHaveLength(20);
  expect(all.buckets?.map(({ max }) => max)).toEqual([0, 0, 1, 3, 2, 1, 0, 0, 0, 1, ...Array<number>(10).fill(0)]); // prettier-ignore
  expect(all.buckets?.[3]).toMatchObject({ start: '2026-11-22T09:03+00:00', mean: 2.5, watched: 1 });
  expect(all.buckets?.slice(0, 5).map((bucket) => bucket.max_at && second(bucket.max_at))).toEqual([undefined, undefined, 120, 210, 240]); // prettier-ignore
  expect(all.buckets?.[15]).toEqual({ start: '2026-11-22T09:15+00:00', max: 0, watched: 0 });

  const people = await ask({ zone: square, classes: ['person'] });
  expect([people.max.count, second(people.max.from), second(people.max.to)]).toEqual([2, 180, 240]);

  const cut = await ask({ zone: square, to: new Date(t0 + 3 * minuteMs).toISOString() });
  expect([cut.max.count, cut.visits?.n, cut.visits?.max_seconds, cut.cut.by_window]).toEqual([1, 1, 60, 1]);

  const picture = await ask({});
  expect([picture.max.count, second(picture.max.from)]).toEqual([3, 150]);

  const blind = await ask({ from: new Date(t0 + 11 * minuteMs).toISOString() });
  expect(blind.mean).toBeUndefined();
  expect(blind.text).toMatch(/^NOT WATCHED/);
  await expect(ask({ bucket: 'minute', from: '2026-11-21' })).rejects.toThrow(
    /more than 200 times one minute/,
  );
});

it('tells it for each local hour and day, also when the clocks change', async () => {
  const { writer, reader } = openStore();
  // In Berlin the clocks go back from 3:00 to 2:00 at 1:00 UTC on 25 October 2026.
  const changeMs = Date.UTC(2026, 9, 25, 1);
  const walks = [
    through('gate-1-1', changeMs - 10 * minuteMs, changeMs - 6 * minuteMs),
    through('gate-1-2', changeMs + 5 * minuteMs, changeMs + 9 * minuteMs),
    through('gate-1-3', changeMs + 6 * minuteMs, changeMs + 10 * minuteMs),
  ];
  record(writer, gate, { fromMs: changeMs - 20 * minuteMs, toMs: changeMs + 20 * minuteMs }, [], walks);
  const ask = async (bucket: 'hour' | 'day') => {
    const input = getOccupancy.input.parse({
      camera: 'gate',
      zone: square,
      time_zone: 'Europe/Berlin',
      bucket,
    });
    const { structured } = await getOccupancy.handle(input, worldOf(reader, changeMs + 30 * minuteMs));
    return getOccupancy.output
      .parse(structured)
      .buckets?.map(({ start, max, max_at: at }) => [start, max, at]);
  };
  expect(await ask('hour')).toEqual([
    ['2026-10-25T02:00+02:00', 1, '2026-10-25T02:51:00.000+02:00'],
    ['2026-10-25T02:00+01:00', 2, '2026-10-25T02:07:00.000+01:00'],
  ]);
  expect(await ask('day')).toEqual([['2026-10-25', 2, '2026-10-25T02:07:00.000+01:00']]);
});

it('leaves out what stood in one place day and night, but not who waits there, nor parked cars', async () => {
  const { writer, reader } = openStore();
  const hourMs = 60 * minuteMs;
  const standing = (id: string, x: number, fromMs: number, toMs: number, label = 'person'): Walk => ({
    id,
    label,
    fromMs,
    toMs,
    from: [x, 0.7],
    to: [x, 0.7],
  });
  record(
    writer,
    gate,
    { fromMs: t0, toMs: t0 + 7 * hourMs },
    [],
    [
      // A coat stand, which is lost from sight for a moment now and then.
      ...Array.from({ length: 7 }, (_, n) =>
        standing(`gate-1-${n + 1}`, 0.4, t0 + n * hourMs, t0 + (n + 1) * hourMs - minuteMs),
      ),
      standing('gate-1-8', 0.6, t0 + hourMs, t0 + 2 * hourMs),
      standing('gate-1-9', 0.5, t0, t0 + 7 * hourMs, 'car'),
    ],
  );
  const world = worldOf(reader, t0 + 8 * hourMs);
  const ask = async (input: z.input<typeof getOccupancy.input>) => {
    const window = {
      from: new Date(t0).toISOString(),
      to: new Date(t0 + 7 * hourMs).toISOString(),
      camera: 'gate',
    };
    const { structured, text } = await getOccupancy.handle(
      getOccupancy.input.parse({ ...window, ...input }),
      world,
    );
    return { ...getOccupancy.output.parse(structured), text };
  };

  const found = await ask({});
  expect(found.max).toMatchObject({ count: 2, stationary: 1 });
  expect(found.text).toContain(
    'At most 2 at once in the picture of gate (1 of them had stood still for a minute or more)',
  );
  expect(found.max.track_ids.toSorted()).toEqual(['gate-1-8', 'gate-1-9']);
  expect(found.text).toContain('7 tracks that never moved are left out as probably things');
  expect((await ask({ include_fixtures: true })).max.count).toBe(3);
});
