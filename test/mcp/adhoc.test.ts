import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Shape } from '../../src/domain/event.ts';
import type { World } from '../../src/mcp/contract.ts';
import { countZoneEvents } from '../../src/mcp/tools/countZoneEvents.ts';
import { getSnapshot } from '../../src/mcp/tools/getSnapshot.ts';
import { camera, dock, gate, line, openStore, t0, zone } from '../store/fixture.ts';
import { record, worldOf, type Walk } from './adhocRecording.ts';

type CountInput = z.input<typeof countZoneEvents.input>;

async function ask(world: World, input: CountInput) {
  const { structured, text } = await countZoneEvents.handle(countZoneEvents.input.parse(input), world);
  return { ...countZoneEvents.output.parse(structured), text };
}

const refusal = async (world: World, input: CountInput): Promise<string> =>
  ask(world, input).then(
    () => 'answered',
    (error: unknown) => String(error),
  );

const hourMs = 3_600_000;
const minuteMs = 60_000;
const door = { from: [0.5, 0], to: [0.5, 1] };

/** Someone who walks across the middle of the picture in 20 s, from left to right or back. */
const walkAcross = (id: string, fromMs: number, right = true): Walk => ({
  id,
  fromMs,
  toMs: fromMs + 20_000,
  from: [right ? 0.31 : 0.7, 0.8],
  to: [right ? 0.7 : 0.31, 0.8],
});

/** Every five minutes someone, to the right and back by turns. */
const walksFrom = (fromMs: number, count: number, name: string): Walk[] =>
  Array.from({ length: count }, (_, n) => walkAcross(`${name}-${n}`, fromMs + n * 5 * minuteMs, n % 2 === 0));

describe('a line drawn by the question', () => {
  it('counts the past just as the same line counted live', async () => {
    const { writer, reader } = openStore();
    record(writer, dock, { fromMs: t0, toMs: t0 + hourMs }, [line, zone], walksFrom(t0, 12, 'dock-1'));
    const world = worldOf(reader, t0 + hourMs);
    const question: CountInput = {
      camera: 'dock',
      from: new Date(t0 + 7 * minuteMs).toISOString(),
      group_by: ['minute', 'direction'],
      evidence_limit: 50,
    };

    const live = await ask(world, { ...question, line: 'door' });
    const past = await ask(world, { ...question, line: door });
    expect(live.count).toBe(10);
    expect(past).toMatchObject({
      count: live.count,
      counts: live.counts,
      groups: live.groups,
      tracks: live.tracks,
      coverage: live.coverage,
      window: live.window,
    });
    const moments = (answer: typeof live) =>
      answer.evidence.map((moment) => ({ ...moment, event_id: undefined }));
    expect(moments(past)).toEqual(moments(live));
    expect(live.evidence.every(({ event_id: id }) => id !== undefined)).toBe(true);
    expect(past.evidence.some(({ event_id: id }) => id !== undefined)).toBe(false);
    expect(past.text).toMatch(/the line drawn from \[0\.5, 0\] to \[0\.5, 1\] of dock/);

    // Turned around, forward is backward.
    const forward = { ...question, direction: 'forward' as const };
    const there = await ask(world, { ...forward, line: door });
    const back = await ask(world, { ...forward, line: { from: door.to, to: door.from } });
    expect([there.count, back.count]).toEqual([5, 5]);
    const timesOf = (answer: typeof live) => answer.evidence.map(({ time }) => time);
    expect(timesOf(there)).not.toEqual(timesOf(back));
  });

  it('can be looked at: evidence without an event id leads to the track at that moment', async () => {
    const { writer, reader } = openStore();
    record(writer, dock, { fromMs: t0, toMs: t0 + 5 * minuteMs }, [line], [walkAcross('dock-1-1', t0)]);
    const world = worldOf(reader, t0 + hourMs);
    const { evidence } = await ask(world, { camera: 'dock', line: { from: [0.4, 0], to: [0.4, 1] } });
    const [{ track_id, time } = { track_id: '', time: '' }] = evidence;

    const look = async (input: z.input<typeof getSnapshot.input>) =>
      getSnapshot.handle(getSnapshot.input.parse(input), world);
    const { structured, pictures = [] } = await look({ track_id, at: time });
    expect(pictures).toHaveLength(1);
    const [x1 = 0, , x2 = 0, y2 = 0] = structured.track_at_moment?.box ?? [];
    expect((x1 + x2) / 2).toBeCloseTo(0.4, 3);
    expect(y2).toBeCloseTo(0.8, 3);
    expect(Date.parse(structured.asked_for)).toBe(Date.parse(time));

    await expect(look({ track_id, at: new Date(t0 + 4 * minuteMs).toISOString() })).rejects.toThrow(
      /Track dock-1-1 was not seen at 2026-11-22T09:04:00.*from 2026-11-22T09:00:00\.000\+00:00 to/,
    );
  });

  it.each<[string, CountInput, RegExp]>([
    ['a line of one point', { line: { from: [0.2, 0.2], to: [0.2, 0.2] } }, /line: from and to are the same point \[0\.2, 0\.2\]\. Give line as/], // prettier-ignore
    ['a point of three numbers', { line: { from: [0.2, 0.2, 1], to: [0.5, 0.5] } }, /line: from is \[0\.2, 0\.2, 1\], a point is two numbers/], // prettier-ignore
    ['pixels', { line: { from: [0.2, 0.2], to: [640, 480] } }, /line: to is \[640, 480\], outside the picture.*x and y from 0 to 1/], // prettier-ignore
    ['a zone of two corners', { zone: { polygon: [[0, 0], [1, 1]] } }, /zone: found 2 corners, a zone needs at least 3.*Give zone as/], // prettier-ignore
    ['a zone that crosses itself', { zone: { polygon: [[0, 0], [1, 1], [1, 0], [0, 1]] } }, /zone: found edges 1 and 3 meeting/], // prettier-ignore
    ['a zone without area', { zone: { polygon: [[0, 0], [0.5, 0.5], [1, 1]] } }, /zone: found corners on one line/], // prettier-ignore
    ['a corner outside', { zone: { polygon: [[0, 0], [0.5, -0.1], [1, 1]] } }, /zone: corner 2 is \[0\.5, -0\.1\], outside/], // prettier-ignore
    ['line and zone', { line: door, zone: 'bay' }, /Both line and zone are given/],
    [
      'a drawn line of two cameras',
      { camera: ['dock', 'gate'], line: door },
      /camera: a line or zone drawn now/,
    ],
    ['a visit to a line', { line: door, min_dwell_seconds: 5 }, /A line has no visits/],
    ['entries by their length', { zone: 'bay', min_dwell_seconds: 5, event: 'enter' }, /min_dwell_seconds does not go with enter/], // prettier-ignore
    ['two stretches of time', { line: door, group_by: ['hour', 'day'] }, /group_by: hour and day at once/],
  ])('is refused with what is accepted: %s', async (_, input, message) => {
    const { reader } = openStore();
    expect(await refusal(worldOf(reader, t0), { camera: 'dock', ...input })).toMatch(message);
  });
});

describe('a zone', () => {
  const stay = (id: string, fromMs: number, seconds: number): Walk => ({
    id,
    fromMs,
    toMs: fromMs + seconds * 1000,
    from: [0.45, 0.7],
    to: [0.5, 0.7],
  });
  const polygon = [[0.3, 0.5], [0.7, 0.5], [0.7, 0.9], [0.3, 0.9]]; // prettier-ignore

  it('counts visits by their length, each when it became so long', async () => {
    const { writer, reader } = openStore();
    // Of 10, 30 and 89 s, the last as the recording ends then.
    const visits = [
      stay('gate-1-1', t0 + minuteMs, 10),
      stay('gate-1-2', t0 + 2 * minuteMs, 30),
      stay('gate-1-3', t0 + 3 * minuteMs, 100),
    ];
    const toMs = t0 + 3 * minuteMs + 90_000;
    record(writer, gate, { fromMs: t0, toMs }, [], visits);
    const count = async (seconds?: number, more: CountInput = {}) => {
      const by = seconds === undefined ? {} : { min_dwell_seconds: seconds };
      return (await ask(worldOf(reader, toMs), { camera: 'gate', zone: { polygon }, ...by, ...more })).count;
    };
    expect([await count(), await count(5), await count(20), await count(60), await count(90)]).toEqual([3, 3, 2, 1, 0]); // prettier-ignore
    const lengthened = new Date(t0 + 2 * minuteMs + 20_000).toISOString();
    expect([await count(20, { to: lengthened }), await count(20, { from: lengthened })]).toEqual([0, 2]);
    expect(await count(20, { event: 'exit' })).toBe(2);
    expect(await count(20, { event: 'dwell' })).toBe(2);
  });

  it('without a dwell time has no dwells to count, which is no zero', async () => {
    const { writer, reader } = openStore();
    record(writer, gate, { fromMs: t0, toMs: t0 + minuteMs }, [], [stay('gate-1-1', t0, 50)]);
    const world = worldOf(reader, t0 + minuteMs);
    expect(await refusal(world, { camera: 'gate', zone: { polygon }, event: 'dwell' })).toMatch(
      /event: the zone drawn with 4 corners has no dwell time.*Give min_dwell_seconds/,
    );
    expect((await ask(world, { camera: 'gate', zone: 'bay', event: 'dwell' })).count).toBe(0);
  });
});

describe('a line that was drawn while the camera was watched', () => {
  const newLine: Shape = { ...line, line: { a: { x: 0.45, y: 0 }, b: { x: 0.45, y: 1 } } };

  it('has its past from the trajectories and the rest from its events, nothing twice', async () => {
    const { writer, reader } = openStore();
    const secondMs = t0 + hourMs;
    const endMs = secondMs + hourMs;
    record(writer, dock, { fromMs: t0, toMs: secondMs }, [line, zone], walksFrom(t0, 12, 'dock-1'));
    writer.syncCameras([camera(dock, [newLine, zone]), camera(gate)], secondMs);
    const later = walksFrom(secondMs, 12, 'dock-2');
    record(writer, dock, { fromMs: secondMs, toMs: endMs }, [newLine, zone], later);
    const world = worldOf(reader, endMs);
    const question: CountInput = { camera: 'dock', group_by: ['hour'], evidence_limit: 24 };

    const both = await ask(world, { ...question, line: 'door' });
    expect(both.count).toBe(24);
    expect(both.tracks).toBe(24);
    expect(both.groups).toEqual([
      { hour: '2026-11-22T09:00+00:00', count: 12 },
      { hour: '2026-11-22T10:00+00:00', count: 12 },
    ]);
    const ids = both.evidence.map(({ event_id: id }) => id);
    expect(ids.slice(0, 12).every((id) => id === undefined)).toBe(true);
    expect(ids.slice(12).every((id) => id !== undefined)).toBe(true);
    expect(both.notes).toEqual([
      expect.stringMatching(/^Until 2026-11-22T\S+ .* 12 event\(s\) are told from the stored trajectories/),
    ]);
    // Also where the stored ones have to be looked at one by one.
    const sure = await ask(world, { ...question, line: 'door', min_confidence: 0.5 });
    expect(sure).toEqual(both);
    expect((await ask(world, { ...question, line: 'door', min_confidence: 0.9 })).count).toBe(0);
    // And as if drawn just now.
    const drawn = await ask(world, { ...question, line: { from: [0.45, 0], to: [0.45, 1] } });
    expect([drawn.count, drawn.groups]).toEqual([both.count, both.groups]);

    const onlyLater = await ask(world, { ...question, line: 'door', from: new Date(secondMs).toISOString() });
    expect([onlyLater.count, onlyLater.notes]).toEqual([12, undefined]);
  });
});

describe('several cameras', () => {
  it('are counted together where each has a line of that id, and apart by group', async () => {
    const { writer, reader } = openStore();
    record(writer, dock, { fromMs: t0, toMs: t0 + hourMs }, [line], walksFrom(t0, 4, 'dock-1'));
    record(writer, gate, { fromMs: t0, toMs: t0 + hourMs / 2 }, [line], walksFrom(t0, 3, 'gate-1'));
    const answer = await ask(worldOf(reader, t0 + hourMs), {
      camera: ['dock', 'gate'],
      line: 'door',
      group_by: ['camera'],
      classes: ['person'],
    });
    expect(answer.count).toBe(7);
    expect(answer.cameras).toEqual(['dock', 'gate']);
    expect(answer.groups).toEqual([
      { camera: 'dock', count: 4 },
      { camera: 'gate', count: 3 },
    ]);
    expect(answer.coverage.share).toBeCloseTo(0.75, 2);
    expect(answer.coverage.gaps).toMatchObject([{ camera: 'gate' }]);
  });

  it('of which one did not watch: the answer begins with that', async () => {
    const { writer, reader } = openStore();
    record(writer, dock, { fromMs: t0, toMs: t0 + hourMs }, [line], walksFrom(t0, 4, 'dock-1'));
    const answer = await ask(worldOf(reader, t0 + hourMs), { camera: ['dock', 'gate'], line: 'door' });
    expect([answer.count, answer.coverage.share]).toEqual([4, 0.5]);
    expect(answer.notes).toEqual([expect.stringMatching(/^NOT WATCHED by gate: /)]);
    expect(answer.text).toMatch(/^NOT WATCHED by gate: .*\n4 crossing event/);
    expect(answer.text.match(/NOT WATCHED/g)).toHaveLength(1);
  });
});
