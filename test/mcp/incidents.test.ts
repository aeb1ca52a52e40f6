import { describe, expect, test } from 'vitest';
import type { Appearance } from '../../src/domain/appearance.ts';
import { trackId, type CameraId } from '../../src/domain/ids.ts';
import type { World } from '../../src/mcp/contract.ts';
import { incidentOf } from '../../src/mcp/incidents.ts';
import { findTracks } from '../../src/mcp/tools/findTracks.ts';
import { getTrack } from '../../src/mcp/tools/getTrack.ts';
import { listIncidents } from '../../src/mcp/tools/listIncidents.ts';
import { summarizeIncident } from '../../src/mcp/tools/summarizeIncident.ts';
import { camera, dock, gate, line, openStore, t0, type Store } from '../store/fixture.ts';
import { record, worldOf, type Walk } from './adhocRecording.ts';

const minuteMs = 60_000;
const iso = (timeMs: number) => new Date(timeMs).toISOString();

interface Scene extends Store {
  readonly world: World;
}

/** The dock counts at the line `door` in the middle of its picture, the gate at nothing. */
function openScene(): Scene {
  const store = openStore();
  store.writer.syncCameras([camera(dock, [line]), camera(gate, [])], t0);
  return { ...store, world: worldOf(store.reader, t0 + 60 * minuteMs) };
}

/** Across the picture in 10 s: it crosses `door` after 5. */
const walk = (id: string, fromMs: number, change: Partial<Walk> = {}): Walk => ({
  id,
  fromMs,
  toMs: fromMs + 10_000,
  from: [0.2, 0.5],
  to: [0.8, 0.5],
  ...change,
});

function look(of: CameraId, track: string, direction: number, timeMs: number): Appearance {
  const vector = new Float32Array(256);
  vector[direction] = 1;
  return { camera: of, trackId: trackId(track), timeMs, descriptor: 'person-reid-0287', vector, quality: 1 };
}

const list = async (world: World, input: object = {}) =>
  (await listIncidents.handle(listIncidents.input.strict().parse(input), world)).structured;
const summarize = async (world: World, input: object) => {
  const answer = await summarizeIncident.handle(summarizeIncident.input.strict().parse(input), world);
  return { ...answer.structured, text: answer.text, pictures: answer.pictures ?? [] };
};
const find = async (world: World, input: object = {}) =>
  (await findTracks.handle(findTracks.input.strict().parse(input), world)).structured;
const track = async (world: World, input: object) =>
  (await getTrack.handle(getTrack.input.strict().parse(input), world)).structured;
const complaint = async (action: () => Promise<unknown>): Promise<string> => {
  try {
    await action();
  } catch (error) {
    if (error instanceof Error && error.name === 'ArgusError') return error.message;
    throw error;
  }
  throw new Error('Nothing was thrown');
};

/** Two cross the dock's line within a minute of each other, a third ten minutes later. */
function threeAtTheDock(): Scene {
  const scene = openScene();
  const span = { fromMs: t0, toMs: t0 + 20 * minuteMs };
  record(
    scene.writer,
    dock,
    span,
    [line],
    [
      walk('dock-1-1', t0 + minuteMs),
      walk('dock-1-2', t0 + minuteMs + 4000, { from: [0.8, 0.7], to: [0.2, 0.7] }),
      walk('dock-1-3', t0 + 11 * minuteMs),
    ],
  );
  return scene;
}

/** Somebody leaves the dock and is seen at the gate 20 s later, where nothing is counted. */
function fromDockToGate(withLooks: boolean): Scene {
  const scene = openScene();
  const span = { fromMs: t0, toMs: t0 + 5 * minuteMs };
  record(scene.writer, dock, span, [line], [walk('dock-1-1', t0 + minuteMs)]);
  record(scene.writer, gate, span, [], [walk('gate-2-1', t0 + minuteMs + 30_000)]);
  if (withLooks) {
    scene.writer.commit({
      nowMs: span.toMs,
      frames: [],
      appearances: [
        look(dock, 'dock-1-1', 0, t0 + minuteMs),
        look(gate, 'gate-2-1', 0, t0 + minuteMs + 30_000),
      ],
    });
  }
  return scene;
}

describe('incidents', () => {
  test('are told newest first, with what happened, why it is one, and what was watched', async () => {
    const { world } = threeAtTheDock();
    const { incidents, total, coverage } = await list(world, { cameras: ['dock'] });
    expect(incidents).toMatchObject([
      { incident_id: 'i3', seconds: 0, what: ['1 person crossing door forward'], reason: 'a single one' },
      {
        incident_id: 'i1',
        seconds: 4,
        what: ['1 person crossing door backward', '1 person crossing door forward'],
        tracks: 2,
        reason: 'within 60 s of each other at dock',
      },
    ]);
    expect(total).toBe(2);
    expect(coverage).toEqual({ share: 1, gap_count: 0, gaps: [] });
    const closer = await list(world, { cameras: ['dock'], gap_seconds: 2 });
    expect(closer.incidents.map(({ incident_id }) => incident_id)).toEqual(['i3-g2', 'i2-g2', 'i1-g2']);
  });

  test('come in pages that miss none and repeat none', async () => {
    const { world } = threeAtTheDock();
    const ids = [];
    let cursor: string | undefined;
    do {
      const page = await list(world, { gap_seconds: 1, limit: 1, ...(cursor !== undefined && { cursor }) });
      ids.push(...page.incidents.map(({ incident_id }) => incident_id));
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(ids).toEqual(['i3-g1', 'i2-g1', 'i1-g1']);
    expect(await complaint(() => list(world, { cursor: 'x' }))).toMatch(/cursor "x"/);
  });

  test('are the same from whichever window, and found again by their id', async () => {
    const { world, reader } = threeAtTheDock();
    const cut = { from: iso(t0 + minuteMs + 6000), to: iso(t0 + minuteMs + 7000) };
    expect((await list(world, cut)).incidents.map(({ incident_id }) => incident_id)).toEqual(['i1']);
    const { incident } = incidentOf(reader, 'i1');
    expect(incident.moments.map(({ trackId: id }) => id)).toEqual(['dock-1-1', 'dock-1-2']);
    // Asked for what it does not begin with, the same one under its own id.
    expect(incidentOf(reader, 'i2').id).toBe('i1');
    expect(await complaint(() => summarize(world, { incident_id: 'i9' }))).toMatch(
      /no incident "i9".*list_incidents/,
    );
  });

  test('of classes are grouped without the others', async () => {
    const { world, writer } = openScene();
    const cars = Array.from({ length: 10 }, (_, n) =>
      walk(`dock-1-${n + 1}`, t0 + n * 50_000, { label: 'car' }),
    );
    const people = [walk('dock-1-20', t0 + 10_000), walk('dock-1-21', t0 + 400_000)];
    record(writer, dock, { fromMs: t0, toMs: t0 + 10 * minuteMs }, [line], [...cars, ...people]);
    expect((await list(world)).total).toBe(1);
    const { incidents } = await list(world, { classes: ['person'] });
    expect(incidents.map(({ what }) => what)).toEqual(Array(2).fill(['1 person crossing door forward']));
    const summary = await summarize(world, { incident_id: incidents[1]?.incident_id });
    expect(summary.participants.map(({ track_id }) => track_id)).toEqual(['dock-1-20']);
  });

  test('of a camera that counts nothing are who was in view', async () => {
    const { world } = fromDockToGate(false);
    const { incidents } = await list(world, { cameras: ['gate'] });
    expect(incidents).toMatchObject([{ incident_id: 'i.gate-2-1', seconds: 10, what: ['1 person present'] }]);
    expect(await summarize(world, { incident_id: 'i.gate-2-1' })).toMatchObject({
      incident_id: 'i.gate-2-1',
      timeline: [{ what: 'person first seen' }, { what: 'person last seen' }],
    });
  });

  test('of two cameras are one where the same person was in both', async () => {
    const apart = fromDockToGate(false);
    expect((await list(apart.world)).total).toBe(2);
    const { world } = fromDockToGate(true);
    const { incidents } = await list(world);
    expect(incidents).toMatchObject([{ incident_id: 'i1.gate-2-1', cameras: ['dock', 'gate'] }]);
    expect(incidents[0]?.reason).toMatch(
      /dock-1-1 and gate-2-1 the same by appearance, 0\.9\d \(after 20 s\)/,
    );
    // The window ends before the gate's part of it begins.
    const early = await list(world, { from: iso(t0), to: iso(t0 + minuteMs + 8000) });
    expect(early.incidents).toMatchObject([{ incident_id: 'i1.gate-2-1' }]);
    const summary = await summarize(world, { event_id: 'e1' });
    expect(summary.incident_id).toBe('i1.gate-2-1');
    expect(summary.participants).toMatchObject([
      { track_id: 'dock-1-1' },
      { track_id: 'gate-2-1', same_as: 'dock-1-1' },
    ]);
  });

  test('of two cameras are one where only the way between them tells, and that is said', async () => {
    const { world, writer } = fromDockToGate(false);
    writer.syncLinks([{ from: dock, to: gate, minSeconds: 5, maxSeconds: 60 }]);
    expect((await list(world)).incidents.map(({ incident_id }) => incident_id)).toEqual(['i1.gate-2-1']);
    const { uncertain } = await summarize(world, { incident_id: 'i1.gate-2-1' });
    expect(uncertain).toContain(
      'whether dock-1-1 and gate-2-1 are the same: only the time between them tells',
    );
    writer.syncLinks([{ from: dock, to: gate, minSeconds: 25, maxSeconds: 60 }]);
    expect((await list(world)).total).toBe(2);
  });

  test('where nothing was watched are none, and that says nothing', async () => {
    const { world } = threeAtTheDock();
    const answer = await listIncidents.handle(
      listIncidents.input.parse({ from: iso(t0 - 60 * minuteMs), to: iso(t0 - minuteMs) }),
      world,
    );
    expect(answer.structured).toMatchObject({ total: 0, coverage: { share: 0 } });
    expect(answer.text).toMatch(/NOT WATCHED/);
  });

  test('that went away with their tracks are not found any more', async () => {
    const { world, writer } = threeAtTheDock();
    writer.forgetTracks([trackId('dock-1-3')]);
    expect((await list(world)).incidents.map(({ incident_id }) => incident_id)).toEqual(['i1']);
    expect(await complaint(() => summarize(world, { incident_id: 'i3' }))).toMatch(/not kept any more/);
  });
});

describe('a summary', () => {
  test('tells who did what where, what is certain, and what is not', async () => {
    const { world } = threeAtTheDock();
    const summary = await summarize(world, { incident_id: 'i1' });
    expect(summary.timeline.map(({ what, track_id }) => `${what} ${track_id}`)).toEqual([
      'person first seen dock-1-1',
      'person first seen dock-1-2',
      'person crossing door forward dock-1-1',
      'person crossing door backward dock-1-2',
      'person last seen dock-1-1',
      'person last seen dock-1-2',
    ]);
    expect(summary.certain).toEqual([
      'at least 2 different person: in view at once at 09:01:04 (dock)',
      'dock was watched all the time',
    ]);
    expect(summary.uncertain).toContain(
      'where they went: 2 tracks ended inside the picture, hidden or lost (dock-1-1, dock-1-2)',
    );
    expect(summary.images).toHaveLength(summary.pictures.length);
  });

  test('says when the camera was not watched in between, and just before', async () => {
    const { world, writer } = openScene();
    const half = 30_000;
    record(writer, dock, { fromMs: t0, toMs: t0 + half }, [line], [walk('dock-1-1', t0 + 2000)]);
    record(
      writer,
      dock,
      { fromMs: t0 + 2 * half, toMs: t0 + 3 * half },
      [line],
      [walk('dock-2-1', t0 + 2 * half)],
    );
    const { incidents } = await list(world);
    expect(incidents).toMatchObject([{ incident_id: 'i1', tracks: 2 }]);
    const { uncertain, coverage } = await summarize(world, { incident_id: 'i1' });
    expect(coverage.share).toBeLessThan(0.6);
    expect(uncertain.join('\n')).toMatch(/not watched: dock 2026-11-22T09:00:29\S* to 2026-11-22T09:01:00/);
    expect(uncertain.join('\n')).toMatch(/how many different person: 2 tracks, 1 to 2/);
  });

  test('of a busy hour stays short, and says what it leaves out', async () => {
    const { world, writer } = openScene();
    const people = Array.from({ length: 300 }, (_, n) =>
      walk(`dock-1-${n + 1}`, t0 + n * 10_000, n % 2 === 0 ? {} : { from: [0.8, 0.5], to: [0.2, 0.5] }),
    );
    record(writer, dock, { fromMs: t0, toMs: t0 + 55 * minuteMs }, [line], people);
    const hour = { from: iso(t0), to: iso(t0 + 60 * minuteMs), cameras: ['dock'] };
    const { text, pictures, ...structured } = await summarize(world, hour);
    expect(pictures.length).toBeGreaterThan(0);
    expect(JSON.stringify(structured).length + text.length).toBeLessThan(6000);
    expect(structured.counts).toEqual([
      '150 person crossing door backward',
      '150 person crossing door forward',
    ]);
    expect(structured.left_out?.join('\n')).toMatch(/292 of 300 participants: find_tracks/);
    const detailed = await summarize(world, { ...hour, response_format: 'detailed' });
    expect(detailed.timeline.length).toBeGreaterThan(structured.timeline.length);
    expect(detailed.participants).toHaveLength(40);
  });

  test('has as many pictures as asked for, within the bytes asked for', async () => {
    const { world, writer } = openScene();
    for (const n of [0, 1, 2]) {
      const fromMs = t0 + n * 40_000;
      record(writer, dock, { fromMs, toMs: fromMs + 30_000 }, [line], [walk(`dock-${n + 1}-1`, fromMs)]);
    }
    const window = { from: iso(t0), to: iso(t0 + 2 * minuteMs) };
    const { images, pictures } = await summarize(world, { ...window, max_image_kb: 20 });
    // No best pictures are known of these tracks: the one nearest to the beginning is shown.
    expect(images).toMatchObject([{ camera: 'dock', track_ids: ['dock-1-1'] }]);
    expect(pictures.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(20_000);
    expect((await summarize(world, { ...window, images: 0 })).pictures).toEqual([]);
  });

  test('is asked of one thing', async () => {
    const { world } = threeAtTheDock();
    expect(await complaint(() => summarize(world, {}))).toMatch(/one of incident_id, event_id, or a window/);
    expect(await complaint(() => summarize(world, { incident_id: 'i1', event_id: 'e1' }))).toMatch(
      /Give one/,
    );
    expect(await complaint(() => summarize(world, { event_id: 'e99' }))).toMatch(/no event "e99"/);
    const empty = worldOf(openStore().reader, t0);
    expect(await summarize(empty, { from: iso(t0), to: iso(t0 + minuteMs) })).toMatchObject({
      timeline: [],
      coverage: { share: 0 },
    });
  });
});

describe('tracks', () => {
  test('are found by window, also those from before it, by class, length, and in pages', async () => {
    const { world, writer } = openScene();
    record(
      writer,
      dock,
      { fromMs: t0, toMs: t0 + 20 * minuteMs },
      [line],
      [
        walk('dock-1-1', t0, { toMs: t0 + 19 * minuteMs, from: [0.1, 0.5], to: [0.11, 0.5], label: 'car' }),
        walk('dock-1-2', t0 + minuteMs),
        walk('dock-1-3', t0 + 15 * minuteMs),
        walk('dock-1-4', t0 + 16 * minuteMs),
      ],
    );
    const ids = async (input: object) => (await find(world, input)).tracks.map(({ track_id }) => track_id);
    expect(await ids({})).toEqual(['dock-1-4', 'dock-1-3', 'dock-1-2', 'dock-1-1']);
    // In view all the time, with hardly a move.
    expect(await ids({ from: iso(t0 + 10 * minuteMs), to: iso(t0 + 11 * minuteMs) })).toEqual(['dock-1-1']);
    expect(await ids({ from: iso(t0 + 19 * minuteMs + 1) })).toEqual([]);
    expect(await ids({ classes: ['person'], order: 'oldest', limit: 1 })).toEqual(['dock-1-2']);
    expect(await ids({ min_seconds: 60 })).toEqual(['dock-1-1']);
    expect(await ids({ order: 'longest', limit: 1 })).toEqual(['dock-1-1']);
    expect(await ids({ cameras: ['gate'] })).toEqual([]);
    const { notes } = await find(world, { classes: ['people'] });
    expect(notes).toEqual(['Never seen here: people. Seen: car, person.']);
    const first = await find(world, { limit: 3 });
    expect(first.total).toBe(4);
    expect(await ids({ limit: 3, cursor: first.next_cursor })).toEqual(['dock-1-1']);
  });

  test('are found by the line that they crossed, named or drawn', async () => {
    const { world } = threeAtTheDock();
    const drawn = { from: [0.3, 0.6], to: [0.3, 1] };
    expect((await find(world, { cameras: ['dock'], line: drawn })).tracks).toMatchObject([
      { track_id: 'dock-1-2', first_at: [0.8, 0.7], last_at: [0.2, 0.7], events: 1 },
    ]);
    expect((await find(world, { cameras: ['dock'], line: 'door' })).total).toBe(3);
    expect(await complaint(() => find(world, { line: 'door' }))).toMatch(/one camera.*dock, gate/);
  });

  test('are found by their speed, where the camera has a scale', async () => {
    const { world, writer } = openScene();
    // The picture is 20 m wide: a walk is 12 m long.
    const scale = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ].map(([x = 0, y = 0]) => ({ picture: { x, y }, ground: { xM: 20 * x, yM: 20 * y } }));
    expect(await complaint(() => find(world, { min_speed_kmh: 1 }))).toMatch(
      /Speeds of dock, gate are not known/,
    );
    writer.syncCameras([{ ...camera(dock, [line]), scale }], t0);
    record(
      writer,
      dock,
      { fromMs: t0, toMs: t0 + 5 * minuteMs },
      [line],
      [walk('dock-1-1', t0), walk('dock-1-2', t0 + minuteMs, { toMs: t0 + minuteMs + 30_000 })],
    );
    const fast = await find(world, { cameras: ['dock'], min_speed_kmh: 3 });
    expect(fast.tracks).toMatchObject([{ track_id: 'dock-1-1', speed_kmh: 4.3 }]);
    expect((await find(world, { cameras: ['dock'], max_speed_kmh: 3 })).tracks).toMatchObject([
      { track_id: 'dock-1-2' },
    ]);
    expect(await track(world, { track_id: 'dock-1-2' })).toMatchObject({
      speed_kmh: { median: 1.4, max: 1.4 },
    });
  });

  test('are told one by one: path, events, who it is, and who was beside', async () => {
    const { world } = threeAtTheDock();
    expect(await track(world, { track_id: 'dock-1-1' })).toMatchObject({
      class: 'person',
      seconds: 10,
      path: [
        { seconds: 0, at: [0.2, 0.5] },
        { seconds: 10, at: [0.8, 0.5] },
      ],
      events: [{ event_id: 'e1', what: 'crossing door forward' }],
      same: [],
      beside: [{ track_id: 'dock-1-2', seconds: 6 }],
    });
    const { world: both } = fromDockToGate(true);
    expect((await track(both, { event_id: 'e1' })).same).toMatchObject([
      { track_id: 'gate-2-1', camera: 'gate', seconds: 20 },
    ]);
    expect(await complaint(() => track(world, { track_id: 'dock-9-9' }))).toMatch(/no track "dock-9-9"/);
  });
});
