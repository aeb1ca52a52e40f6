import { describe, expect, test } from 'vitest';
import type { Appearance } from '../../src/domain/appearance.ts';
import { trackId, type CameraId, type TrackId } from '../../src/domain/ids.ts';
import type { LiveStation } from '../../src/domain/live.ts';
import type { World } from '../../src/mcp/contract.ts';
import { countZoneEvents } from '../../src/mcp/tools/countZoneEvents.ts';
import { findSimilar } from '../../src/mcp/tools/findSimilar.ts';
import { getSnapshot } from '../../src/mcp/tools/getSnapshot.ts';
import { tracePerson } from '../../src/mcp/tools/tracePerson.ts';
import { complaintOf, camera, dock, gate, openStore, t0, type Store } from '../store/fixture.ts';
import { colourDistance, pixelsOf, type Pixels } from '../fixtures/pixels.ts';
import { stripes } from '../fixtures/stripes.ts';
import { record, worldOf } from './adhocRecording.ts';

const minuteMs = 60_000;

/** Looks as unlike each other as the directions of space. */
function looks(of: CameraId, track: string, direction: number, timeMs: number): Appearance {
  const vector = new Float32Array(256);
  vector[direction] = 1;
  return { camera: of, trackId: trackId(track), timeMs, descriptor: 'person-reid-0287', vector, quality: 1 };
}

/** Somebody goes from the dock to the gate and comes back; somebody else is at the dock in between. */
function journey(): Store & { world: World } {
  const store = openStore();
  const { writer, reader } = store;
  const span = { fromMs: t0, toMs: t0 + 5 * minuteMs };
  const walk = (id: string, fromMs: number) => ({
    id,
    fromMs,
    toMs: fromMs + 10_000,
    from: [0.2, 0.5] as const,
    to: [0.8, 0.5] as const,
  });
  record(
    writer,
    dock,
    span,
    [],
    [walk('dock-1-1', t0), walk('dock-1-2', t0 + minuteMs), walk('dock-1-3', t0 + 3 * minuteMs)],
  );
  record(writer, gate, span, [], [walk('gate-2-1', t0 + minuteMs)]);
  writer.commit({
    nowMs: span.toMs,
    frames: [],
    appearances: [
      looks(dock, 'dock-1-1', 0, t0),
      looks(gate, 'gate-2-1', 0, t0 + minuteMs),
      looks(dock, 'dock-1-2', 1, t0 + minuteMs),
      looks(dock, 'dock-1-3', 0, t0 + 3 * minuteMs),
    ],
  });
  return { ...store, world: worldOf(reader, span.toMs) };
}

const trace = async (world: World, input: Record<string, unknown>) =>
  (await tracePerson.handle(tracePerson.input.parse(input), world)).structured;

describe('following somebody', () => {
  test('tells their passages through all cameras in order, and leaves others out', async () => {
    const { world } = journey();
    const answer = await trace(world, { track_id: 'gate-2-1', time_zone: 'UTC' });
    expect(answer.passages.map(({ track_id }) => track_id)).toEqual(['dock-1-1', 'gate-2-1', 'dock-1-3']);
    expect(answer).toMatchObject({
      class: 'person',
      cameras: ['dock', 'gate', 'dock'],
      seconds_in_view: 30,
      compared_by: ['person-reid-0287'],
      undecided: [],
    });
    expect(answer.passages[1]).toMatchObject({ seconds_since_previous: 50, because: 'appearance' });
    for (const { probability } of answer.passages.slice(1)) expect(probability).toBeGreaterThanOrEqual(0.9);
  });

  test('follows what a user said, and what follows from it', async () => {
    const { writer, world } = journey();
    writer.correct(trackId('dock-1-2'), trackId('gate-2-1'), true, t0);
    writer.correct(trackId('dock-1-1'), trackId('gate-2-1'), false, t0);
    const { passages } = await trace(world, { track_id: 'dock-1-2' });
    expect(passages.map(({ track_id }) => track_id)).toContain('gate-2-1');
    expect(passages.map(({ track_id }) => track_id)).not.toContain('dock-1-1');
    expect(
      (await trace(world, { track_id: 'dock-1-1' })).passages.map(({ track_id }) => track_id),
    ).not.toContain('gate-2-1');
  });

  test('notes nothing of a call that is refused, and tells what it noted', async () => {
    const { reader, writer, world } = journey();
    const live = () =>
      Promise.resolve({
        correct: (a: TrackId, b: TrackId, same: boolean) => {
          writer.correct(a, b, same, t0);
          return Promise.resolve();
        },
      } as LiveStation);
    const say = (said: Record<string, unknown>) => {
      const input = tracePerson.input.parse({ track_id: 'dock-1-1', ...said });
      return tracePerson.change?.(input, { ...world, mayWrite: true, live });
    };
    await expect(say({ same_as: 'dock-1-2', not_same_as: 'dock-1-9' })).rejects.toThrow(
      /no track "dock-1-9"/,
    );
    await expect(say({ same_as: 'dock-1-2', not_same_as: 'dock-1-2' })).rejects.toThrow(/both dock-1-2/);
    await expect(say({ same_as: 'dock-1-2', not_same_as: 'dock-1-1' })).rejects.toThrow(/asked about/);
    await expect(say({ same_as: 'dock-1-2', to: '2020-01-01' })).rejects.toThrow(/not in the window/);
    expect(reader.corrections()).toEqual([]);
    await say({ same_as: 'dock-1-2' });
    const to = new Date(t0 + 30_000).toISOString();
    const { notes } = await trace(world, { track_id: 'dock-1-1', same_as: 'dock-1-2', to });
    expect(notes).toEqual([
      'Noted: dock-1-2 is the same one as dock-1-1; it is not among the tracks compared here.',
    ]);
  });

  test('knows that nobody is quicker than the ways between the cameras allow', async () => {
    const { writer, world } = journey();
    writer.syncLinks([
      { from: dock, to: gate, minSeconds: 120, maxSeconds: 300 },
      { from: gate, to: dock, minSeconds: 5, maxSeconds: 300 },
    ]);
    const { passages } = await trace(world, { track_id: 'dock-1-1' });
    expect(passages.map(({ track_id }) => track_id)).not.toContain('gate-2-1');
  });

  test('says of whom nothing is known, and who cannot be asked for', async () => {
    const { world, writer } = journey();
    while (writer.prune({ appearancesBeforeMs: t0 + 2 * minuteMs, budgetMs: 5 }).more);
    const answer = await trace(world, { track_id: 'dock-1-1' });
    expect(answer.passages).toHaveLength(1);
    expect(answer.notes).toEqual([
      expect.stringContaining('Of 3 of the 4 tracks no looks are kept') as string,
    ]);
    expect(complaintOf(() => tracePerson.handle({ track_id: 'dock-1-9' }, world))).toMatch(
      /no track "dock-1-9"/,
    );
    expect(complaintOf(() => tracePerson.handle({}, world))).toMatch(/either track_id or event_id/);
  });
});

describe('counting people beside passages', () => {
  const count = async (world: World, input: Record<string, unknown> = {}) => {
    const asked = { camera: 'dock', line: { from: [0.5, 0], to: [0.5, 1] }, people: true, ...input };
    return countZoneEvents.handle(countZoneEvents.input.parse(asked), world);
  };

  test('counts somebody who came twice once, and still tells both passages', async () => {
    const { world } = journey();
    const { structured, text } = await count(world);
    expect(structured).toMatchObject({
      count: 3,
      tracks: 3,
      people: { count: 2, at_least: 2, without_looks: 0 },
    });
    expect(text).toMatch(/Made by 2 different ones/);
    expect((await count(world, { people: false })).structured).not.toHaveProperty('people');
  });

  test('counts each whose looks are not kept, says of how many, and that all may be one', async () => {
    const { world, writer } = journey();
    while (writer.prune({ appearancesBeforeMs: t0 + 2 * minuteMs, budgetMs: 5 }).more);
    expect((await count(world)).structured.people).toEqual({ count: 3, at_least: 1, without_looks: 2 });
  });

  test('follows what a user said over MCP, where that is allowed and a station can note it', async () => {
    const { world, writer } = journey();
    const live = () =>
      Promise.resolve({
        correct: (a: TrackId, b: TrackId, same: boolean) => {
          writer.correct(a, b, same, t0);
          return Promise.resolve();
        },
      } as LiveStation);
    const input = tracePerson.input.parse({ track_id: 'dock-1-1', not_same_as: 'dock-1-3' });
    await expect(tracePerson.change?.(input, world)).rejects.toThrow(/only reads.*--allow-write/);
    await expect(tracePerson.change?.(input, { ...world, mayWrite: true })).rejects.toThrow(
      /No station is running.*argus correct dock-1-1 dock-1-3 --different/,
    );
    await tracePerson.change?.(input, { ...world, mayWrite: true, live });
    expect((await count(world)).structured.people).toMatchObject({ count: 3 });
  });
});

describe('finding who looks alike', () => {
  test('has the most alike first, each with a probability', async () => {
    const { world } = journey();
    const input = findSimilar.input.parse({ track_id: 'dock-1-1' });
    const { structured } = await findSimilar.handle(input, world);
    expect(structured).toMatchObject({ compared_by: 'person-reid-0287', compared_with: 3 });
    // Of two equally alike the earlier.
    expect(structured.tracks.map(({ track_id }) => track_id)).toEqual(['gate-2-1', 'dock-1-3', 'dock-1-2']);
    expect(structured.tracks[0]?.probability).toBeGreaterThan(0.98);
    expect(structured.tracks[2]?.probability).toBeLessThan(0.02);
  });

  test('takes a picture as the example, where it shows one track or is the best of one', async () => {
    const { world, writer } = journey();
    const still = (of: CameraId, timeMs: number, bestOf: TrackId[] = []) => {
      const file = { path: `${of}/${timeMs}.jpg`, width: 640, height: 480, bytes: 1 };
      const batch = { nowMs: timeMs, frames: [], stills: [{ camera: of, timeMs, ...file, bestOf }] };
      return writer.commit(batch).stills[0];
    };
    const find = (id: string | undefined) =>
      findSimilar.handle(findSimilar.input.parse({ still_id: id }), world);
    const [alone, empty] = [still(gate, t0 + minuteMs + 5000), still(dock, t0 + 2 * minuteMs)];
    const { structured } = await find(alone);
    expect(structured.tracks[0]?.track_id).toBe('dock-1-1');
    expect(() => find(empty)).toThrow(/shows no track.*Give track_id/);
    expect(() => find('s99')).toThrow(/no still "s99"/);
    const best = await find(still(dock, t0 + 2 * minuteMs + 1, [trackId('dock-1-2')]));
    expect(best.structured.compared_with).toBe(3);
  });

  test('finds those seen since the last question, and none of whom the looks were deleted', async () => {
    const { world, writer } = journey();
    const find = async () => {
      const input = findSimilar.input.parse({ track_id: 'dock-1-3' });
      return (await findSimilar.handle(input, world)).structured.tracks.map(({ track_id }) => track_id);
    };
    expect(await find()).toEqual(['dock-1-1', 'gate-2-1', 'dock-1-2']);
    writer.forgetTracks([trackId('dock-1-1')]);
    // Takes the place of the one deleted, as far as numbers tell.
    writer.commit({ nowMs: t0, frames: [], appearances: [looks(gate, 'gate-2-1', 0, t0 + minuteMs + 1)] });
    expect(await find()).toEqual(['gate-2-1', 'dock-1-2']);
  });

  test('finds the tracks of a recording that was read again since the last question', async () => {
    const { world, writer } = journey();
    const find = async (id: string) =>
      (await findSimilar.handle(findSimilar.input.parse({ track_id: id }), world)).structured;
    await find('dock-1-3');
    writer.forgetTracks(['dock-1-1', 'gate-2-1', 'dock-1-2', 'dock-1-3'].map((id) => trackId(id)));
    const seen = [
      { id: 'dock-3-1', fromMs: t0, direction: 0 },
      { id: 'dock-3-2', fromMs: t0 + minuteMs, direction: 0 },
      { id: 'dock-3-3', fromMs: t0 + minuteMs, direction: 1 },
      { id: 'dock-3-4', fromMs: t0 + 3 * minuteMs, direction: 0 },
    ];
    const [from, to] = [[0.2, 0.5] as const, [0.8, 0.5] as const];
    const walks = seen.map(({ id, fromMs }) => ({ id, fromMs, toMs: fromMs + 10_000, from, to }));
    record(writer, dock, { fromMs: t0, toMs: t0 + 5 * minuteMs }, [], walks);
    // As many, at the same times: they get the numbers of those deleted.
    const again = seen.map(({ id, fromMs, direction }) => looks(dock, id, direction, fromMs));
    writer.commit({ nowMs: t0, frames: [], appearances: again });
    const { compared_with: comparedWith, tracks } = await find('dock-3-4');
    expect(comparedWith).toBe(3);
    expect(tracks.map(({ track_id }) => track_id)).toEqual(['dock-3-1', 'dock-3-2', 'dock-3-3']);
  });

  test('of somebody whose looks are not kept is refused with the reason', () => {
    const { world, writer } = journey();
    while (writer.prune({ appearancesBeforeMs: t0 + 2 * minuteMs, budgetMs: 5 }).more);
    const input = findSimilar.input.parse({ track_id: 'dock-1-1' });
    expect(complaintOf(() => findSimilar.handle(input, world))).toMatch(
      /Nothing is kept of how track dock-1-1 looked/,
    );
  });
});

test('a camera that wants people blurred shows other pictures than it stores', async () => {
  const { writer, world: plain } = journey();
  const world = { ...plain, readStill: () => Promise.resolve(stripes(640, 480)) };
  const look = async () => {
    const input = getSnapshot.input.parse({ camera: 'dock', at: new Date(t0).toISOString(), draw: false });
    const [picture = Buffer.alloc(0)] = (await getSnapshot.handle(input, world)).pictures ?? [];
    return pixelsOf(picture);
  };
  // The dock's first walker stands there.
  const contrast = (pixels: Pixels) => colourDistance(pixels.at(0.2, 0.4), pixels.at(0.2 + 4 / 640, 0.4));
  expect(contrast(await look())).toBeGreaterThan(200);
  writer.syncCameras([{ ...camera(dock), blurPeople: true }, camera(gate)], t0);
  expect(contrast(await look())).toBeLessThan(60);
});
