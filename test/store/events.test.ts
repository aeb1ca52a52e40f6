import { describe, expect, it } from 'vitest';
import { eventId, trackId } from '../../src/domain/ids.ts';
import type { NewEvent } from '../../src/store/types.ts';
import {
  boxAt,
  complaintOf,
  crossing,
  dock,
  frameOf,
  gate,
  line,
  newRun,
  openStore,
  t0,
  track1,
  track2,
  update,
  zone,
  type Store,
} from './fixture.ts';

const gateTrack = trackId('gate-2-1');
const exit: NewEvent = {
  camera: dock,
  shape: zone.id,
  type: 'exit',
  trackId: track2,
  label: 'dog',
  timeMs: t0 + 3000,
  durationMs: 2500,
  box: boxAt(0.3),
  confidence: 0.5,
};
const given: readonly NewEvent[] = [
  crossing({ timeMs: t0 + 1000 }),
  crossing({ timeMs: t0 + 2000, direction: 'backward', trackId: track2, label: 'dog' }),
  exit,
  crossing({ timeMs: t0 + 3000, label: 'bicycle' }),
  crossing({ timeMs: t0 + 4000, camera: gate, trackId: gateTrack }),
];

/** Stores the events; the last first, as the order of writing is not that of time. */
function storeWith(events: readonly NewEvent[]): Store {
  const store = openStore();
  const { writer } = store;
  const a = writer.beginRun(newRun());
  const b = writer.beginRun(newRun({ camera: gate }));
  writer.commit({
    nowMs: t0,
    frames: [
      frameOf(b, 0, {
        camera: gate,
        tracks: [update(gateTrack, 0)],
        events: events.filter((event) => event.camera === gate),
      }),
      frameOf(a, 0, {
        tracks: [update(track1, 0), update(track2, 0)],
        events: events.filter((event) => event.camera === dock),
      }),
    ],
  });
  return store;
}

const timesOf = (events: readonly { timeMs: number }[]) => events.map(({ timeMs }) => timeMs - t0);

describe('events', () => {
  it('come back as they were given, each with its id', () => {
    const { reader } = storeWith(given);
    const { events, next } = reader.events({});
    expect(next).toBeUndefined();
    expect(timesOf(events)).toEqual([1000, 2000, 3000, 3000, 4000]);
    const stored = events.find((event) => event.type === 'exit');
    expect(stored).toMatchObject(exit);
    expect(stored).toMatchObject({ shapeName: 'Bay' });
    expect(stored).not.toHaveProperty('direction');
    for (const event of events) expect(reader.event(event.id)).toEqual(event);
    expect(reader.event(eventId(99))).toBeUndefined();
    expect(reader.event('s1' as never)).toBeUndefined();
  });

  it.each([
    ['camera', { camera: gate }, [4000]],
    ['shape', { camera: dock, shape: line.id }, [1000, 2000, 3000]],
    ['type', { types: ['exit', 'enter'] }, [3000]],
    ['labels', { labels: ['dog', 'bicycle'] }, [2000, 3000, 3000]],
    ['direction', { direction: 'backward' }, [2000]],
    ['track', { track: track2 }, [2000, 3000]],
    ['time, the end not included', { fromMs: t0 + 2000, toMs: t0 + 4000 }, [2000, 3000, 3000]],
    ['all at once', { camera: dock, types: ['crossing'], labels: ['person'], fromMs: t0 }, [1000]],
    ['no label at all', { labels: [] }, []],
    ['a label that would break a query', { labels: ['\'"; DROP TABLE events --'] }, []],
  ] as const)('are chosen by %s', (_, filter, expected) => {
    const { reader } = storeWith(given);
    expect(timesOf(reader.events(filter).events)).toEqual(expected);
    expect(reader.countEvents(filter)).toEqual([{ count: expected.length }]);
  });

  it.each([false, true])('come in pages that hold each event once (newest first: %s)', (newestFirst) => {
    const { reader } = storeWith(given);
    const all = reader.events({}, { newestFirst }).events.map(({ id }) => id);
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = reader.events({}, { limit: 2, newestFirst, ...(cursor !== undefined && { cursor }) });
      expect(page.events.length).toBeLessThanOrEqual(2);
      ids.push(...page.events.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(ids).toEqual(all);
    expect(new Set(ids).size).toBe(given.length);
  });

  it('are not paged with a limit or cursor that makes no sense', () => {
    const { reader } = storeWith(given);
    expect(complaintOf(() => reader.events({}, { cursor: 'x' }))).toMatch(/cursor "x".*first page/);
    expect(() => reader.events({}, { limit: 0 })).toThrow(/at least 1/);
    expect(() => reader.events({ shape: line.id })).toThrow(/camera/);
  });
});

describe('countEvents', () => {
  it('counts each combination of the keys', () => {
    const { reader } = storeWith(given);
    expect(reader.countEvents({ camera: dock }, ['type', 'direction'])).toEqual(
      expect.arrayContaining([
        { type: 'crossing', direction: 'forward', count: 2 },
        { type: 'crossing', direction: 'backward', count: 1 },
        { type: 'exit', count: 1 },
      ]),
    );
    expect(reader.countEvents({}, ['camera', 'shape', 'label'])).toHaveLength(5);
    expect(reader.countEvents({ fromMs: t0 * 2 }, ['type'])).toEqual([]);
    expect(reader.countEvents({ fromMs: t0 * 2 })).toEqual([{ count: 0 }]);
  });

  it('puts events into the hours of a time zone, also where a clock change repeats one', () => {
    const change = Date.UTC(2026, 9, 25, 1); // Berlin: 03:00 summer time becomes 02:00
    const at = (ms: number) => crossing({ timeMs: change + ms });
    const { reader } = storeWith([at(-1), at(-3_600_000), at(0), at(59_999), at(3_599_999), at(3_600_000)]);
    const zoned = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Europe/Berlin',
      hour: '2-digit',
      timeZoneName: 'shortOffset',
    });
    const hourOf = (timeMs: number) => {
      const parts = zoned.formatToParts(timeMs);
      const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
      return `${part('hour')} ${part('timeZoneName')}`;
    };
    expect(reader.countEvents({}, ['bucket'], hourOf)).toEqual([
      { bucket: '02 GMT+2', count: 2 },
      { bucket: '02 GMT+1', count: 3 },
      { bucket: '03 GMT+1', count: 1 },
    ]);
  });

  it('gives whole minutes to the function that names buckets, also before 1970', () => {
    const { reader } = storeWith([
      crossing({ timeMs: -1 }),
      crossing({ timeMs: -60_001 }),
      crossing({ timeMs: 59_999 }),
    ]);
    const counts = reader.countEvents({}, ['bucket'], String);
    expect(counts.map(({ bucket }) => Number(bucket))).toEqual([-120_000, -60_000, 0]);
    expect(() => reader.countEvents({}, ['bucket'])).toThrow(/bucketOf/);
  });
});

describe('nearestStill', () => {
  it('is the nearest in time on either side', () => {
    const { writer, reader } = openStore();
    expect(reader.nearestStill(dock, t0)).toBeUndefined();
    const still = (timeMs: number) => ({
      camera: dock,
      timeMs,
      path: `${timeMs}.jpg`,
      width: 1,
      height: 1,
      bytes: 1,
    });
    writer.commit({ nowMs: t0, frames: [], stills: [still(t0), still(t0 + 1000), still(t0 + 4000)] });
    const nearest = (ms: number) => (reader.nearestStill(dock, t0 + ms)?.timeMs ?? NaN) - t0;
    expect([-9999, 0, 499, 500, 501, 2499, 2501, 99_999].map(nearest)).toEqual([
      0, 0, 0, 0, 1000, 1000, 4000, 4000,
    ]);
    expect(reader.nearestStill(gate, t0)).toBeUndefined();
  });
});
