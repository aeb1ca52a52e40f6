import { describe, expect, it } from 'vitest';
import { shapeId } from '../../src/domain/ids.ts';
import type { WatchDefinition } from '../../src/domain/watch.ts';
import type { NewFiring } from '../../src/store/types.ts';
import {
  crossing,
  dock,
  frameOf,
  line,
  newRun,
  openStore,
  t0,
  track1,
  track2,
  update,
  walk,
} from './fixture.ts';

const definition: WatchDefinition = {
  name: 'Fußgänger am Tor',
  camera: dock,
  at: { kind: 'line', shape: shapeId(line.id) },
  condition: { kind: 'event', type: 'crossing' },
  cooldownMs: 0,
};

function watched() {
  const store = openStore();
  const watch = store.writer.watches.add(definition, t0);
  const firing = (change: Partial<NewFiring> = {}): NewFiring => ({
    watch,
    camera: dock,
    timeMs: t0,
    sinceMs: t0,
    untilMs: t0,
    open: true,
    tracks: [track1],
    channels: [],
    ...change,
  });
  return { ...store, watch, firing };
}

describe('a firing', () => {
  it('is stored with the frame that brought it, with the ids of its evidence, and not again with the same frame', () => {
    const { writer, reader, watch, firing } = watched();
    const run = writer.beginRun(newRun());
    const event = crossing();
    const frames = [frameOf(run, 0, { tracks: [update(track1, 0)], events: [event] })].map((frame) => ({
      ...frame,
      firings: [firing({ event, channels: ['mqtt'] })],
    }));
    const [stored] = writer.commit({ nowMs: t0, frames }).firings;
    expect(writer.commit({ nowMs: t0, frames }).firings).toEqual([]);
    expect(stored?.id).toBe('f1');
    expect(reader.watches.firings()).toMatchObject([
      { id: 'f1', watch, camera: dock, timeMs: t0, open: true, tracks: [track1], events: ['e1'] },
    ]);
    expect(writer.watches.due('mqtt', t0, 9)).toEqual([{ firing: 'f1', attempts: 0 }]);
  });

  it('is gone, and told to nobody, once all tracks that it rests on are forgotten', () => {
    const { writer, reader, firing } = watched();
    const run = writer.beginRun(newRun());
    writer.commit({
      nowMs: t0,
      frames: [...walk(run, 0, 3), frameOf(run, 4, { tracks: [update(track2, 4)] })],
    });
    writer.endRun(run, 'stopped', t0);
    const channels = ['mqtt'];
    writer.watches.addAll(
      [firing({ channels }), firing({ tracks: [track1, track2], count: 2, channels })],
      t0,
    );
    writer.forgetTracks([track1]);
    expect(reader.watches.firings().map(({ id, tracks }) => [id, tracks])).toEqual([['f2', [track2]]]);
    writer.forgetTracks([track2]);
    expect(reader.watches.firings()).toEqual([]);
    expect(writer.watches.due('mqtt', t0, 9)).toEqual([]);
    // Numbers are not given twice, so who waits for what comes after one misses nothing.
    expect(reader.watches.lastNumbers().firing).toBe(2);
  });

  it('of nobody is kept as long as all else', () => {
    const { writer, reader, firing } = watched();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: walk(run, 0, 3) });
    writer.watches.addAll(
      [firing({ tracks: [], open: false }), firing({ tracks: [], timeMs: t0 + 9000, open: false })],
      t0,
    );
    writer.prune({ olderThanMs: t0 + 5000, budgetMs: 1000 });
    expect(reader.watches.firings().map(({ id }) => id)).toEqual(['f2']);
  });

  it('waits in no memory: what is only held back is stored before it', () => {
    const { writer, reader, firing } = watched();
    const run = writer.beginRun(newRun());
    writer.commit({ nowMs: t0, frames: walk(run, 0, 1) });
    writer.watches.addAll([firing()], t0);
    expect(reader.watches.firings()).toMatchObject([{ tracks: [track1] }]);
  });
});

describe('what is to be told', () => {
  it('is given up where there are too many or the channel is gone', () => {
    const { writer, firing } = watched();
    const channels = ['mqtt', 'webhook:old'];
    writer.watches.addAll(
      [1, 2, 3, 4].map(() => firing({ tracks: [], channels })),
      t0,
    );
    expect(writer.watches.giveUp(['mqtt'], 2)).toBe(4 + 2);
    expect(writer.watches.due('mqtt', t0, 9).map(({ firing: id }) => id)).toEqual(['f3', 'f4']);
    expect(writer.watches.due('webhook:old', t0, 9)).toEqual([]);
  });
});

describe('a deleted watch', () => {
  it('is looked at no more, but can still be told of', () => {
    const { writer, reader, watch, firing } = watched();
    writer.watches.addAll([firing({ tracks: [] })], t0);
    writer.watches.remove(watch, t0 + 5);
    expect(reader.watches.current()).toEqual([]);
    expect(reader.watches.watch(watch)).toMatchObject({
      removedMs: t0 + 5,
      definition: { name: 'Fußgänger am Tor' },
    });
    expect(reader.watches.firings({ watch })).toMatchObject([{ open: false }]);
  });
});
