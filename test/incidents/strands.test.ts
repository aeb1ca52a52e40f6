import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cameraId, eventId, shapeId, trackId } from '../../src/domain/ids.ts';
import type { Moment } from '../../src/domain/moment.ts';
import { contextAfterMs, contextBeforeMs, strandsOf } from '../../src/incidents/strands.ts';

const gate = cameraId('gate');
const yard = cameraId('yard');
const minuteMs = 60_000;
const hourMs = 3_600_000;
/** A whole hour. */
const t0 = Date.UTC(2026, 2, 29, 0);

const event = (number: number, atMs: number, track = `gate-1-${number}`, camera = gate): Moment => ({
  camera,
  trackId: trackId(track),
  label: 'person',
  timeMs: t0 + atMs,
  toMs: t0 + atMs,
  event: { id: eventId(number), type: 'enter', shape: shapeId('bay'), confidence: 0.8 },
});
const presence = (track: string, fromMs: number, toMs: number): Moment => ({
  camera: gate,
  trackId: trackId(track),
  label: 'person',
  timeMs: t0 + fromMs,
  toMs: t0 + toMs,
});
/** The numbers of the events of each strand. */
const grouped = (moments: readonly Moment[], gapMs = minuteMs) =>
  strandsOf(
    moments.toSorted((a, b) => a.timeMs - b.timeMs),
    gapMs,
  ).map((strand) => strand.moments.map(({ event: of }) => Number(of?.id.slice(1))));

describe('what belongs together in one camera', () => {
  test('is what follows within the gap, to the millisecond', () => {
    const moments = [event(1, 0), event(2, minuteMs), event(3, 2 * minuteMs + 1)];
    expect(grouped(moments)).toEqual([[1, 2], [3]]);
    expect(grouped(moments, minuteMs + 1)).toEqual([[1, 2, 3]]);
  });

  test('is not what happened in another camera', () => {
    expect(grouped([event(1, 0), event(2, 10, 'yard-1-1', yard), event(3, 20)])).toEqual([[1, 3], [2]]);
  });

  test('is also what a track does up to ten minutes later, with all that is beside it', () => {
    const visit = [event(1, 0, 'gate-1-1'), event(3, 10 * minuteMs, 'gate-1-1')];
    expect(grouped([...visit, event(2, 5 * minuteMs)])).toEqual([[1, 2, 3]]);
    expect(strandsOf([...visit], minuteMs)).toMatchObject([{ bySameTrack: 1 }]);
    expect(grouped([event(1, 0, 'gate-1-1'), event(2, 10 * minuteMs + 1, 'gate-1-1')])).toEqual([[1], [2]]);
  });

  test('of a presence lasts as long as it does, but ten minutes at most', () => {
    const short = [presence('gate-1-1', 0, 5 * minuteMs), presence('gate-1-2', 6 * minuteMs, 7 * minuteMs)];
    expect(strandsOf(short, minuteMs)).toHaveLength(1);
    const parked = presence('gate-1-1', 0, 9 * hourMs);
    const later = presence('gate-1-2', 12 * minuteMs, 13 * minuteMs);
    expect(strandsOf([parked, later], minuteMs).map(({ fromMs, toMs }) => [fromMs - t0, toMs - t0])).toEqual([
      [0, 10 * minuteMs],
      [12 * minuteMs, 13 * minuteMs],
    ]);
  });

  test('is cut at the whole hour once it has gone on for one', () => {
    const busy = Array.from({ length: 200 }, (_, n) => event(n, (30 + n) * minuteMs));
    const strands = strandsOf(busy, minuteMs);
    expect(
      strands.map(({ fromMs, toMs, continues, goesOn }) => [
        (fromMs - t0) / minuteMs,
        (toMs - t0) / minuteMs,
        continues,
        goesOn,
      ]),
    ).toEqual([
      [30, 119, false, true],
      [120, 179, true, true],
      [180, 229, true, false],
    ]);
  });

  test('is the same from whichever window it is looked at', () => {
    const moments = fc.array(
      fc.record({ stepMs: fc.integer({ min: 0, max: 4 * minuteMs }), track: fc.integer({ max: 5, min: 0 }) }),
      { minLength: 1, maxLength: 400 },
    );
    fc.assert(
      fc.property(moments, fc.double({ min: 0, max: 1, noNaN: true }), (steps, share) => {
        let atMs = 0;
        const all = steps.map(({ stepMs, track }, n) => event(n, (atMs += stepMs), `gate-1-${track}`));
        const timeMs = t0 + share * atMs;
        const seen = all.filter(
          (one) => one.timeMs >= timeMs - contextBeforeMs && one.timeMs < timeMs + contextAfterMs,
        );
        const at = (from: readonly Moment[]) =>
          strandsOf(from, minuteMs)
            .filter(({ fromMs, toMs }) => fromMs <= timeMs && toMs >= timeMs)
            .map(({ moments: of }) => of.map(({ event: made }) => made?.id));
        expect(at(seen)).toEqual(at(all));
      }),
    );
  });
});
