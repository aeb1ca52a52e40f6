import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { countZoneEvents } from '../../src/mcp/tools/countZoneEvents.ts';
import { findTracks } from '../../src/mcp/tools/findTracks.ts';
import { flagAnomaly } from '../../src/mcp/tools/flagAnomaly.ts';
import { getOccupancy } from '../../src/mcp/tools/getOccupancy.ts';
import { dock, gate, line, openStore, t0 } from '../store/fixture.ts';
import { record, worldOf, type Walk, type Wander } from './adhocRecording.ts';

const s = 1000;
const minuteMs = 60_000;
const at = (timeMs: number) => new Date(timeMs).toISOString();
const square = { polygon: [[0.3, 0.5], [0.7, 0.5], [0.7, 0.9], [0.3, 0.9]] }; // prettier-ignore

describe('who stayed longest in a zone', () => {
  /** Somebody stands in the square for so long, of all the time that he is in view. */
  const standing = (id: string, fromMs: number, insideS: number, beforeS: number): Wander => ({
    id,
    fromMs,
    toMs: fromMs + (beforeS + insideS + 20) * s,
    footAt: (timeMs) => {
      const goneS = (timeMs - fromMs) / s;
      if (goneS < beforeS) return { x: 0.1, y: 0.7 };
      return goneS < beforeS + insideS ? { x: 0.5, y: 0.7 } : { x: 0.9, y: 0.7 };
    },
  });
  function hall() {
    const { writer, reader } = openStore();
    const people = [
      standing('gate-1-1', t0 + 10 * s, 30, 200),
      standing('gate-1-2', t0 + 20 * s, 120, 10),
      standing('gate-1-3', t0 + 30 * s, 60, 10),
    ];
    record(writer, gate, { fromMs: t0, toMs: t0 + 10 * minuteMs }, [], people);
    return worldOf(reader, t0 + 20 * minuteMs);
  }

  it('is said by get_occupancy, with times and what to look at', async () => {
    const input = { camera: 'gate', zone: square } satisfies z.input<typeof getOccupancy.input>;
    const { structured, text } = await getOccupancy.handle(getOccupancy.input.parse(input), hall());
    const { longest = [], visits } = getOccupancy.output.parse(structured);
    expect(longest.map(({ track_id: id }) => id)).toEqual(['gate-1-2', 'gate-1-3', 'gate-1-1']);
    expect(longest[0]).toMatchObject({ class: 'person', seconds: visits?.max_seconds });
    expect(Date.parse(longest[0]?.from ?? '')).toBeCloseTo(t0 + 30 * s, -4);
    expect(Date.parse(longest[0]?.to ?? '') - Date.parse(longest[0]?.from ?? '')).toBeCloseTo(120 * s, -4);
    expect(text).toMatch(/Stayed longest: gate-1-2 person, 1\d\d(\.\d)? s from \S+ to \S+; gate-1-3/);
  });

  it('is the order of find_tracks, which is another than how long they were in view', async () => {
    const ask = async (
      order: 'longest' | 'longest_in_zone',
      more: Partial<z.input<typeof findTracks.input>> = {},
    ) => {
      const input = findTracks.input.parse({ cameras: ['gate'], zone: square, order, ...more });
      return findTracks.output.parse((await findTracks.handle(input, hall())).structured);
    };
    const inView = await ask('longest');
    expect(inView.tracks[0]?.track_id).toBe('gate-1-1');
    const inZone = await ask('longest_in_zone');
    expect(inZone.tracks.map(({ track_id: id }) => id)).toEqual(['gate-1-2', 'gate-1-3', 'gate-1-1']);
    expect(inZone.tracks[0]?.seconds_in_zone).toBeCloseTo(120, -1);
    const first = await ask('longest_in_zone', { limit: 2 });
    const second = await ask('longest_in_zone', { limit: 2, cursor: first.next_cursor });
    expect([...first.tracks, ...second.tracks]).toEqual(inZone.tracks);
    await expect(ask('longest_in_zone', { zone: undefined })).rejects.toThrow(/about a zone.*Give zone/);
  });
});

describe('a count beside another', () => {
  const crossing = (id: string, fromMs: number): Walk => ({ id, fromMs, toMs: fromMs + 8 * s, from: [0.1, 0.7], to: [0.9, 0.7] }); // prettier-ignore
  /** So many crossings in each of these minutes after `t0`. */
  function crossings(minutes: readonly (readonly [startMs: number, n: number])[]) {
    const { writer, reader } = openStore();
    for (const [startMs, n] of minutes) {
      const walks = Array.from({ length: n }, (_, i) =>
        crossing(`dock-${startMs}-${i}`, startMs + 500 + i * s),
      );
      record(writer, dock, { fromMs: startMs, toMs: startMs + minuteMs }, [line], walks, 500);
    }
    return worldOf(reader, (minutes.at(-1)?.[0] ?? 0) + 2 * minuteMs);
  }
  const ask = async (
    world: ReturnType<typeof crossings>,
    compare: 'previous' | 'same_time_last_week',
    fromMs: number,
  ) => {
    const input = countZoneEvents.input.parse({ camera: 'dock', line: 'door', from: at(fromMs), to: at(fromMs + minuteMs), compare }); // prettier-ignore
    const { structured, text } = await countZoneEvents.handle(input, world);
    return { ...countZoneEvents.output.parse(structured), text };
  };

  it('is compared with the time right before', async () => {
    const world = crossings([[t0, 4], [t0 + minuteMs, 30]]); // prettier-ignore
    const { count, comparison, text } = await ask(world, 'previous', t0 + minuteMs);
    expect(count).toBe(30);
    expect(comparison).toMatchObject({ count: 4, difference: 26, more_than_chance: true });
    expect(comparison?.with.from).toBe('2026-11-22T09:00:00.000+00:00');
    expect(comparison?.p).toBeLessThan(0.001);
    expect(text).toMatch(/That is 26 more than the 4 from \S+ to \S+.*: more than chance \(p /);
  });

  it('is compared with the same time a week before, and a small difference may be chance', async () => {
    const weekMs = 7 * 86_400_000;
    const world = crossings([[t0, 9], [t0 + weekMs, 7]]); // prettier-ignore
    const { comparison, text } = await ask(world, 'same_time_last_week', t0 + weekMs);
    expect(comparison).toMatchObject({ count: 9, difference: -2, more_than_chance: false });
    expect(text).toMatch(/2 fewer than the 9 .*may be chance/);
  });

  it('is not compared with a time that nobody watched', async () => {
    const { comparison, text } = await ask(crossings([[t0, 9]]), 'previous', t0);
    expect(comparison).toEqual({
      with: { from: '2026-11-22T08:59:00.000+00:00', to: '2026-11-22T09:00:00.000+00:00' },
      count: 0,
      watched: 0,
    });
    expect(text).toMatch(/NOT WATCHED from .*nothing to compare with/);
  });
});

it('without history flag_anomaly begins with what could not be judged, and does not call it usual', async () => {
  const { writer, reader } = openStore();
  record(writer, dock, { fromMs: t0, toMs: t0 + 5 * minuteMs }, [line], []);
  const { text } = await flagAnomaly.handle(
    flagAnomaly.input.parse({ camera: 'dock' }),
    worldOf(reader, t0 + 6 * minuteMs),
  );
  const [first, second] = text.split('\n');
  expect(first).toMatch(/^Not judged: dock/);
  expect(second).toMatch(/^So nothing can be said of .*: ask again when more is recorded\.$/);
  expect(text).not.toContain('Nothing unusual');
});
