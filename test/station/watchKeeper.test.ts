import { expect, it, onTestFinished } from 'vitest';
import type { FrameRecord } from '../../src/domain/frame.ts';
import type { WatchDefinition } from '../../src/domain/watch.ts';
import { WatchKeeper } from '../../src/station/watchKeeper.ts';
import { Watching } from '../../src/station/watching.ts';
import type { Writer } from '../../src/store/writer.ts';
import { dock, newRun, openStore, t0 } from '../store/fixture.ts';

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
