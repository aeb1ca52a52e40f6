import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineShape, Shape, TrackEvent, ZoneShape } from '../../src/domain/event.ts';
import type { FrameRecord } from '../../src/domain/frame.ts';
import { runId, shapeId, trackId } from '../../src/domain/ids.ts';
import type { TrackUpdate } from '../../src/domain/track.ts';
import { gather } from '../../src/mcp/gather.ts';
import { storedEvents } from '../../src/mcp/tally.ts';
import { parseSource } from '../../src/source/parseSource.ts';
import { CameraSession } from '../../src/station/cameraSession.ts';
import { Committer } from '../../src/station/committer.ts';
import { LiveShapes } from '../../src/station/liveShapes.ts';
import { StillKeeper } from '../../src/station/stills.ts';
import type { EndReason } from '../../src/store/types.ts';
import { camera, dock, gate, line, newRun, openStore, t0, zone, type Store } from '../store/fixture.ts';

const stepMs = 200;
const aspect = 4 / 3;
/** Read at another speed than it was recorded: the wall clock has nothing to do with media time. */
const wallMs = (frame: number): number => t0 + 86_400_000 + frame;

/** Someone who goes to and fro across the middle of the picture, from one frame to another. */
interface Walker {
  readonly from: number;
  readonly frames: number;
  /** Frames from one end to the other. */
  readonly pace: number;
  readonly startsAt: number;
}

const walker = fc.record({
  from: fc.integer({ min: 0, max: 100 }),
  frames: fc.integer({ min: 4, max: 90 }),
  pace: fc.integer({ min: 5, max: 30 }),
  startsAt: fc.double({ min: 0, max: 1, noNaN: true }),
});

const added: LineShape = {
  ...line,
  id: shapeId('new'),
  name: 'New',
  line: { a: { x: 0.4, y: 0 }, b: { x: 0.45, y: 1 } },
};
const area: ZoneShape = {
  kind: 'zone',
  id: shapeId('new'),
  name: 'New',
  polygon: [{ x: 0.2, y: 0.1 }, { x: 0.6, y: 0.1 }, { x: 0.6, y: 0.95 }, { x: 0.2, y: 0.95 }], // prettier-ignore
};

/** A camera as the station has it, without the process that watches. */
class Watched {
  readonly store: Store = openStore();
  readonly session: CameraSession;
  readonly committer: Committer;
  readonly shapes: LiveShapes;
  /** What is counted at, each time that those who look at it were told. */
  readonly told: string[][] = [];
  readonly #frames: { next: number; run: number } = { next: 0, run: 0 };

  constructor() {
    const { writer } = this.store;
    const watched = { id: dock, name: 'Dock', source: parseSource('test:ball'), shapes: [line, zone] };
    this.session = new CameraSession(watched, new StillKeeper('/nowhere'), writer.shapes(dock));
    this.committer = new Committer({
      commit: (batch) => writer.commit(batch),
      stillsOf: () => undefined,
      keepers: () => [],
      now: () => wallMs(this.#frames.next),
      onStored: () => undefined,
      onProblem: (problem) => expect(problem).toBeUndefined(),
    });
    this.shapes = new LiveShapes({
      writer,
      committer: this.committer,
      sessionOf: (id) => (id === dock ? this.session : undefined),
      now: () => wallMs(this.#frames.next),
      onChanged: ({ shapes }) => this.told.push(shapes.map(({ id }) => id)),
    });
  }

  begin(): void {
    const run = this.store.writer.beginRun(newRun({ startedAtMs: wallMs(this.#frames.next), live: false }));
    this.#frames.run = run;
    this.session.begin(run, this.session.progress, false);
    this.session.setRunning(aspect, undefined);
    this.store.writer.noteAspect(run, aspect);
  }

  /** The next frame, of those who are in it. */
  async see(walkers: readonly Walker[]): Promise<void> {
    const frame = this.#frames.next++;
    const record: FrameRecord = {
      camera: dock,
      frame,
      mediaTimeMs: frame * stepMs,
      timeMs: t0 + frame * stepMs,
      detections: [],
      tracks: walkers.flatMap((one, n) => this.#sightOf(one, n, frame)),
      // A track is given up some frames after its last point.
      ended: walkers.flatMap((one, n) => (frame === one.from + one.frames + 5 ? [this.#idOf(n)] : [])),
      dropped: 0,
    };
    const events = this.session.accept(record, wallMs(frame));
    this.committer.add({ run: runId(this.#frames.run), record, events });
    if (frame % 7 === 0) await this.committer.flush();
  }

  async end(reason: EndReason): Promise<void> {
    await this.committer.flush();
    const events = this.session.endTracks();
    this.store.writer.endRun(runId(this.#frames.run), reason, wallMs(this.#frames.next), events);
  }

  /** A track begins with its first point in this run, and is told of when it has three. */
  #sightOf({ from, frames, pace, startsAt }: Walker, n: number, frame: number): TrackUpdate[] {
    const age = frame - Math.max(from, this.#runBegan);
    if (age < 2 || frame >= from + frames) return [];
    const points = (age === 2 ? [frame - 2, frame - 1, frame] : [frame]).map((at) => {
      const way = Math.abs((((at - from) / pace + startsAt * 2) % 2) - 1);
      const x = 0.1 + 0.8 * way;
      return {
        timeMs: t0 + at * stepMs,
        box: { x1: x - 0.02, y1: 0.4, x2: x + 0.02, y2: 0.7 },
        confidence: 0.8,
      };
    });
    return [{ trackId: this.#idOf(n), label: 'person', points }];
  }

  #runBegan = 0;
  restart(): void {
    this.#runBegan = this.#frames.next;
    this.begin();
  }

  #idOf = (n: number) => trackId(`dock-${this.#frames.run}-${n + 1}`);

  /** What a count of the shape rests on. */
  async events(shape: Shape, stored: boolean, window = { fromMs: 0, toMs: 2 * t0 }): Promise<string[]> {
    const { reader } = this.store;
    const [asked] = reader.cameras();
    if (!asked) throw new Error('no camera');
    const known = reader.shape(dock, shape.id);
    const { stored: filters, inHand } = await gather(reader, {
      camera: asked,
      at: { shape, ...(stored && known && { stored: known }) },
      window,
      types: ['crossing', 'enter', 'exit', 'dwell'],
    });
    return [...inHand, ...filters.flatMap((filter) => [...storedEvents(reader, filter)])].map(nameOf).sort();
  }

  close(): void {
    this.store.reader.close();
    this.store.writer.close();
  }
}

const nameOf = ({ timeMs, trackId: id, type, direction, durationMs }: TrackEvent): string =>
  [timeMs - t0, id, type, direction, durationMs].join(' ');

describe('a shape defined while its camera is watched', () => {
  it('is counted from whatever moment on as if it had always been there, nothing twice and nothing left out', async () => {
    const scene = fc.record({
      walkers: fc.array(walker, { minLength: 1, maxLength: 6 }),
      definedAt: fc.integer({ min: 0, max: 130 }),
      changedAt: fc.integer({ min: 0, max: 130 }),
      restartAt: fc.integer({ min: 1, max: 160 }),
      shape: fc.constantFrom<Shape>(added, area, { ...area, dwellMs: 2000 }),
      cut: fc.integer({ min: 0, max: 130 }),
    });
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(scene, async ({ walkers, definedAt, changedAt, restartAt, shape, cut }) => {
        const watched = new Watched();
        watched.begin();
        for (let frame = 0; frame < 130; frame++) {
          // Another geometry of that id comes first or later; the last one counts.
          if (frame === changedAt && changedAt < definedAt)
            await watched.shapes.save(dock, { ...line, id: shape.id });
          if (frame === definedAt) await watched.shapes.save(dock, shape);
          if (frame === restartAt) {
            await watched.end('stopped');
            watched.restart();
          }
          await watched.see(walkers);
        }
        await watched.end('stopped');
        await watched.shapes.save(dock, { ...shape, name: 'Other name' });
        if (definedAt >= 130) await watched.shapes.save(dock, shape);

        const drawn = await watched.events(shape, false);
        expect(await watched.events(shape, true)).toEqual(drawn);
        counted += drawn.length;
        // And in two windows beside one another.
        const middleMs = t0 + cut * stepMs;
        const parts = [
          ...(await watched.events(shape, true, { fromMs: 0, toMs: middleMs })),
          ...(await watched.events(shape, true, { fromMs: middleMs, toMs: 2 * t0 })),
        ];
        expect(parts.sort()).toEqual(drawn);
        watched.close();
      }),
      { numRuns: 50 },
    );
    expect(counted).toBeGreaterThan(100);
  });

  it('is counted live from the next new track on, with events that can be looked at', async () => {
    const watched = new Watched();
    const walkers = [0, 40, 80].map((from) => ({ from, frames: 35, pace: 30, startsAt: 0 }));
    watched.begin();
    for (let frame = 0; frame < 130; frame++) {
      // The second walker is in view.
      if (frame === 45) await watched.shapes.save(dock, added);
      await watched.see(walkers);
    }
    await watched.end('finished');
    const { reader } = watched.store;
    const stored = reader.events({ camera: dock, shape: added.id }).events;
    expect(stored.map(({ trackId: id }) => id)).toEqual(['dock-1-3']);
    expect(await watched.events(added, true)).toHaveLength(3);
    expect(reader.coverage(dock, { fromMs: t0, toMs: t0 + 26_000 }, added.id)).toMatchObject([
      { fromMs: t0 + 44 * stepMs + 1 },
    ]);
  });

  it('is counted no more once it is removed, while what was counted stays', async () => {
    const watched = new Watched();
    const walkers = [0, 50].map((from) => ({ from, frames: 60, pace: 20, startsAt: 0 }));
    await watched.shapes.save(dock, added);
    watched.begin();
    for (let frame = 0; frame < 130; frame++) {
      if (frame === 45) await watched.shapes.remove(dock, added.id);
      await watched.see(walkers);
    }
    await watched.end('finished');
    const { reader } = watched.store;
    expect(reader.shapes(dock).map(({ shape }) => shape.id)).toEqual(['bay', 'door']);
    const { events } = reader.events({ camera: dock, shape: added.id });
    expect(events.length).toBeGreaterThan(0);
    expect(Math.max(...events.map(({ timeMs }) => timeMs))).toBeLessThan(t0 + 46 * stepMs);
    expect(watched.session.shapes.map(({ id }) => id)).not.toContain(added.id);
    expect(watched.told).toEqual([
      [line.id, zone.id, added.id],
      [line.id, zone.id],
    ]);
  });

  it('of a camera that nobody watches is told from the trajectories alone', async () => {
    const watched = new Watched();
    watched.begin();
    for (let frame = 0; frame < 60; frame++)
      await watched.see([{ from: 0, frames: 55, pace: 20, startsAt: 0 }]);
    await watched.end('finished');
    watched.session.setState('finished');
    await watched.shapes.save(dock, added);
    await watched.shapes.save(gate, added);
    const past = await watched.events(added, true);
    expect(past.length).toBeGreaterThan(0);
    expect(past).toEqual(await watched.events(added, false));
    expect(watched.store.reader.shape(gate, added.id)).toMatchObject({ origin: 'agent' });
  });
});

describe('the configuration', () => {
  it('keeps what agents defined, and its own shapes from them', async () => {
    const watched = new Watched();
    const { writer, reader } = watched.store;
    await watched.shapes.save(dock, added);
    expect(writer.syncCameras([camera(dock), camera(gate)], t0 + 1000)).toEqual([]);
    expect(reader.shapes(dock).map(({ shape, origin }) => [shape.id, origin])).toEqual([
      ['bay', 'config'],
      ['door', 'config'],
      ['new', 'agent'],
    ]);
    await expect(watched.shapes.save(dock, { ...added, id: line.id })).rejects.toThrow(
      /door is one of argus\.yaml/,
    );
    await expect(watched.shapes.remove(dock, zone.id)).rejects.toThrow(/bay is one of argus\.yaml/);
    await expect(watched.shapes.remove(dock, shapeId('none'))).rejects.toThrow(/no line or zone none/);
    const nowhere = { ...added, line: { a: added.line.a, b: added.line.a } };
    await expect(watched.shapes.save(dock, nowhere)).rejects.toThrow(/no length/);
    expect(reader.shape(dock, line.id)).toMatchObject({ shape: line });
  });

  it('that takes the id of such a shape wins, and says so; the same geometry goes on as it is', async () => {
    const watched = new Watched();
    const { writer, reader } = watched.store;
    await watched.shapes.save(dock, added);
    const before = reader.shape(dock, added.id)?.version;
    const replaced = writer.syncCameras(
      [camera(dock, [{ ...added, name: 'Theirs' }]), camera(gate)],
      t0 + 1000,
    );
    expect(replaced).toEqual([{ camera: 'dock', shape: 'new' }]);
    expect(reader.shape(dock, added.id)).toMatchObject({
      version: before,
      origin: 'config',
      shape: { name: 'Theirs' },
    });

    await watched.shapes.save(dock, { ...added, id: shapeId('other') });
    writer.syncCameras([camera(dock, [{ ...area, id: shapeId('other') }]), camera(gate)], t0 + 2000);
    expect(reader.shapes(dock).map(({ shape }) => [shape.id, shape.kind])).toEqual([['other', 'zone']]);
  });
});
