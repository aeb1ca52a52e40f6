import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FrameRecord } from '../../src/domain/frame.ts';
import type { WatchDefinition } from '../../src/domain/watch.ts';
import { WatchKeeper } from '../../src/station/watchKeeper.ts';
import { Watching } from '../../src/station/watching.ts';
import { openWriter, type Writer } from '../../src/store/writer.ts';
import { dryRun, factsFor } from '../../src/mcp/watchDryRun.ts';
import { openReader } from '../../src/store/reader.ts';
import type { NewEvent } from '../../src/store/types.ts';
import {
  boxAt,
  crossing,
  dock,
  frameOf,
  line,
  newRun,
  openStore,
  t0,
  temporaryFolder,
  track1,
  update,
  zone,
} from '../store/fixture.ts';

const s = 1000;
const nobody: WatchDefinition = {
  name: 'nobody',
  camera: dock,
  condition: { kind: 'absence', forMs: 5 * s },
  cooldownMs: 60 * s,
};

function kept(writer: Writer): WatchKeeper {
  const keeper = new WatchKeeper({
    rows: writer.watches,
    cameras: [{ id: dock, shapes: [] }],
    channels: [],
    now: () => t0,
    log: () => undefined,
    onNews: () => undefined,
  });
  keeper.begin(dock, 4 / 3);
  return keeper;
}

/** 20 s in which nobody is seen. @param between called when something fires, before it is stored */
function quiet(writer: Writer, keeper: WatchKeeper, between: () => void = () => undefined): void {
  const run = writer.beginRun(newRun({ live: false }));
  for (let n = 0; n < 100; n++) {
    const record: FrameRecord = {
      camera: dock,
      frame: n,
      mediaTimeMs: n * 200,
      timeMs: t0 + n * 200,
      detections: [],
      tracks: [],
      ended: [],
      dropped: 0,
    };
    const firings = keeper.frame(record, []);
    if (firings.length > 0) between();
    keeper.stored(writer.commit({ nowMs: t0, frames: [{ run, record, events: [], firings }] }).firings);
  }
}

it('says that an incident is over where the file is, and not where it will be read on', () => {
  const { writer, reader } = openStore();
  const keeper = kept(writer);
  keeper.add(nobody);
  quiet(writer, keeper);
  keeper.end(dock, new Map(), false);
  expect(reader.watches.firings()).toMatchObject([{ open: true }]);
  keeper.end(dock, new Map(), true);
  expect(reader.watches.firings()).toMatchObject([{ open: false }]);
});

it('lets no firing go on whose watch was deleted before it was stored', () => {
  const { writer, reader } = openStore();
  const keeper = kept(writer);
  const id = keeper.add(nobody);
  quiet(writer, keeper, () => keeper.remove(id));
  keeper.tick();
  expect(reader.watches.firings()).toMatchObject([{ open: false }]);
});

it('finds once what a file that is read again has in it', () => {
  const { writer, reader } = openStore();
  const first = kept(writer);
  first.add(nobody);
  quiet(writer, first);
  first.end(dock, new Map(), false);
  const again = kept(writer);
  again.startOver(dock);
  writer.forgetBefore(dock, writer.beginRun(newRun({ live: false })));
  quiet(writer, again);
  expect(reader.watches.firings()).toMatchObject([{ id: 'f2', timeMs: t0 + 5 * s }]);
});

it.each(['crashed', 'failed', 'stopped'] as const)(
  'misses a camera whose run was %s, unless it was stopped',
  (reason) => {
    const { writer, reader } = openStore();
    let nowMs = t0;
    const cameras = [{ id: dock, name: 'Dock', shapes: [] }];
    const watching = new Watching({
      rows: writer.watches,
      cameras,
      channels: [],
      now: () => nowMs,
      log: () => undefined,
    });
    onTestFinished(() => watching.stop());
    const { keeper } = watching;
    keeper.add({
      name: 'down',
      camera: dock,
      condition: { kind: 'camera_down', forMs: 30 * s },
      cooldownMs: 0,
    });
    // Vision breaks down every 20 s, before it gives a picture.
    for (let run = 0; run < 3; run++) {
      keeper.expect(dock, true);
      for (const endMs = nowMs + 20 * s; nowMs < endMs; nowMs += s) keeper.tick();
      watching.endRun(dock, reason, [], []);
    }
    expect(reader.watches.firings()).toHaveLength(reason === 'stopped' ? 0 : 1);
  },
);

describe('a rule that is made while its camera is watched', () => {
  /** A live camera from `t0` on; the wall clock is that of its frames. */
  function watched() {
    const { writer, reader } = openStore();
    writer.syncCameras([{ id: dock, name: 'Dock', source: 'x', shapes: [line, zone] }], t0);
    let nowMs = t0;
    const keeper = new WatchKeeper({
      rows: writer.watches,
      cameras: [{ id: dock, shapes: [line, zone] }],
      channels: [],
      now: () => nowMs,
      log: () => undefined,
      onNews: () => undefined,
    });
    const run = writer.beginRun(newRun());
    keeper.expect(dock, true);
    keeper.begin(dock, 4 / 3);
    let n = 0;
    const frames = (
      seconds: number,
      tracks: FrameRecord['tracks'] = [],
      events: readonly NewEvent[] = [],
    ) => {
      for (const endMs = nowMs + seconds * s; nowMs < endMs; nowMs += 200) {
        const { record } = frameOf(run, n++, {
          timeMs: nowMs,
          tracks: nowMs === endMs - seconds * s ? tracks : [],
        });
        const late = nowMs + 200 >= endMs ? events : [];
        const firings = keeper.frame(record, late);
        const committed = writer.commit({ nowMs, frames: [{ run, record, events: late, firings }] });
        keeper.stored(committed.firings);
      }
    };
    const wait = (seconds: number) => {
      for (const endMs = nowMs + seconds * s; nowMs < endMs; nowMs += s) keeper.tick();
    };
    return { writer, reader, keeper, run, frames, wait, now: () => nowMs };
  }

  it('fires for no outage from before it was made', () => {
    const { reader, keeper, frames, wait, now } = watched();
    frames(5);
    wait(600);
    const madeMs = now();
    keeper.add({
      name: 'down',
      camera: dock,
      condition: { kind: 'camera_down', forMs: 30 * s },
      cooldownMs: 0,
    });
    wait(28);
    expect(reader.watches.firings()).toEqual([]);
    wait(10);
    expect(reader.watches.firings()).toMatchObject([{ sinceMs: madeMs, timeMs: madeMs + 30 * s }]);
  });

  it('fires for no event from before it was made, though it is noticed later', () => {
    const { reader, keeper, frames, now } = watched();
    frames(5);
    keeper.add({ name: 'in', camera: dock, at: { kind: 'line', shape: line.id }, condition: { kind: 'event', type: 'crossing' }, cooldownMs: 0 }); // prettier-ignore
    const update1 = [
      { ...update(track1, 0), points: [{ timeMs: now() - 1000, box: boxAt(0.4), confidence: 0.8 }] },
    ];
    frames(1, update1, [crossing({ timeMs: now() - 500 })]);
    expect(reader.watches.firings()).toEqual([]);
    frames(1, [], [crossing({ timeMs: now() + 100 })]);
    expect(reader.watches.firings()).toHaveLength(1);
  });

  it('counts nothing towards "for so long" from before it was made', () => {
    const { reader, keeper, frames, now } = watched();
    frames(60);
    const madeMs = now();
    keeper.add({
      name: 'nobody',
      camera: dock,
      condition: { kind: 'absence', forMs: 5 * s },
      cooldownMs: 60 * s,
    });
    frames(20);
    const [firing] = reader.watches.firings();
    expect(firing?.sinceMs).toBeGreaterThanOrEqual(madeMs);
    expect(firing?.timeMs).toBe((firing?.sinceMs ?? 0) + 5 * s);
  });
});

describe('a dry run of camera_down', () => {
  /** What is done to a camera, with seconds. */
  const step = fc.oneof(
    fc.tuple(fc.constant('frames' as const), fc.integer({ min: 1, max: 90 })),
    fc.tuple(fc.constant('silence' as const), fc.integer({ min: 1, max: 90 })),
    fc.tuple(fc.constantFrom('crashed' as const, 'failed' as const), fc.integer({ min: 1, max: 90 })),
    fc.tuple(fc.constant('stopped' as const), fc.integer({ min: 1, max: 90 })),
  );

  it('finds what fired live, however vision broke off and the camera was silent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const folder = temporaryFolder();
        const writer = openWriter(folder, { nowMs: t0 });
        writer.syncCameras([{ id: dock, name: 'Dock', source: 'x', shapes: [] }], t0);
        const reader = openReader(folder);
        let nowMs = t0;
        const watching = new Watching({
          rows: writer.watches,
          cameras: [{ id: dock, name: 'Dock', shapes: [] }],
          channels: [],
          now: () => nowMs,
          log: () => undefined,
        });
        const down: WatchDefinition = { name: 'down', camera: dock, condition: { kind: 'camera_down', forMs: 30 * s }, cooldownMs: 0 }; // prettier-ignore
        watching.keeper.add(down);
        let frame = 0;
        const begin = () => {
          watching.keeper.expect(dock, true);
          const made = writer.beginRun(newRun({ startedAtMs: nowMs, mediaStartMs: nowMs }));
          watching.keeper.begin(dock, 4 / 3);
          return made;
        };
        let run = begin();
        const pass = (seconds: number, each: () => void = () => undefined) => {
          for (const endMs = nowMs + seconds * s; nowMs < endMs; nowMs += s) {
            each();
            watching.keeper.tick();
          }
        };
        for (const [what, seconds] of steps) {
          if (what === 'frames')
            pass(seconds, () => {
              const { record } = frameOf(run, frame++, { timeMs: nowMs });
              const firings = watching.keeper.frame(record, []);
              const done = writer.commit({ nowMs, frames: [{ run, record, events: [], firings }] });
              watching.keeper.stored(done.firings);
            });
          else if (what === 'silence') pass(seconds);
          else {
            nowMs += 1;
            writer.endRun(run, what, nowMs, []);
            watching.endRun(dock, what, [], []);
            pass(seconds);
            run = begin();
          }
        }
        const live = reader.watches
          .firings({ limit: 100 })
          .map(({ timeMs, sinceMs }) => ({ timeMs, sinceMs }));
        const camera = reader.camera(dock);
        if (!camera) throw new Error('no camera');
        const window = { fromMs: t0, toMs: nowMs };
        const facts = await factsFor(reader, camera, down, undefined, window, undefined, nowMs);
        // Live, a frame of a moment ago may be on its way.
        const past = dryRun(down, facts).incidents.filter(({ timeMs }) => timeMs <= nowMs - 3 * s);
        const told = live.filter(({ timeMs }) => timeMs <= nowMs - 3 * s);
        await watching.stop();
        reader.close();
        writer.close();
        expect(past.map(({ timeMs, sinceMs }) => ({ timeMs, sinceMs }))).toEqual(told);
      }),
      { numRuns: 60 },
    );
  });
});
