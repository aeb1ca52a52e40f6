import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Shape, TrackEvent } from '../../src/domain/event.ts';
import { shapeId, trackId, type TrackId } from '../../src/domain/ids.ts';
import type { TrackPoint } from '../../src/domain/track.ts';
import { createEventEngine } from '../../src/events/engine.ts';
import { reachOf, replayTrack, type PastTrack } from '../../src/events/replay.ts';
import type { FrameCommit } from '../../src/store/types.ts';
import { dock, frameOf, newRun, openStore, t0 } from '../store/fixture.ts';
import { scenes, type Scene, type SceneTrack } from './scenes.ts';

interface NamedTrack extends SceneTrack {
  readonly id: TrackId;
}

/** The scene at its place in time, each of its tracks with a name of its own. */
function moved({ tracks }: Scene, startMs: number, name: string): NamedTrack[] {
  return tracks.map(({ points, ...track }, n) => ({
    ...track,
    id: trackId(`${name}-${n}`),
    points: points.map((point) => ({ ...point, timeMs: startMs + point.timeMs })),
  }));
}

/** What the engine says while it happens. */
function liveEvents({ shape, aspect }: Scene, tracks: readonly NamedTrack[]): TrackEvent[] {
  const engine = createEventEngine(dock, [shape], { aspect });
  return tracks.flatMap(({ id, points, splits, ended }) => {
    const updates: TrackPoint[][] = [[]];
    points.forEach((point, k) => {
      if (splits[k]) updates.push([]);
      updates.at(-1)?.push(point);
    });
    const events = updates.flatMap((batch) => engine.update({ trackId: id, label: 'person', points: batch }));
    return ended ? [...events, ...engine.end(id)] : events;
  });
}

const within = (events: readonly TrackEvent[], { fromMs, toMs }: { fromMs: number; toMs: number }) =>
  events.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs);
const byTrack = (events: readonly TrackEvent[]) =>
  events.toSorted((a, b) => (a.trackId < b.trackId ? -1 : a.trackId > b.trackId ? 1 : 0));

describe('a shape drawn afterwards', () => {
  it('gives the events from the store that it would have given live', { timeout: 240_000 }, async () => {
    const { writer, reader } = openStore();
    const run = writer.beginRun(newRun());
    const told = { crossing: 0, enter: 0, exit: 0, dwell: 0 };
    let frame = 0;
    let sceneNumber = 0;
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        const startMs = t0 + sceneNumber++ * 86_400_000;
        const tracks = moved(scene, startMs, `scene${sceneNumber}`);
        const frames = tracks.flatMap(({ id, points, ended }) =>
          points.map((point, k): FrameCommit => {
            const isLast = k === points.length - 1;
            return frameOf(run, frame++, {
              timeMs: point.timeMs,
              tracks: [{ trackId: id, label: 'person', points: [point] }],
              ended: isLast && ended ? [id] : [],
            });
          }),
        );
        writer.commit({ nowMs: t0, frames });

        const window = { fromMs: startMs + scene.window.fromMs, toMs: startMs + scene.window.toMs };
        const live = within(liveEvents(scene, tracks), window);
        const past: TrackEvent[] = [];
        const reach = reachOf(scene.shape, scene.aspect);
        for await (const track of reader.tracksThrough(dock, window, reach))
          past.push(...within(replayTrack(dock, [scene.shape], track, window, scene).events, window));
        expect(byTrack(past)).toEqual(byTrack(live));
        for (const { type } of live) told[type]++;
      }),
      { numRuns: 2000, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: true },
    );
    // The scenes are such that something happens in them.
    expect(Math.min(...Object.values(told))).toBeGreaterThan(100);
  });

  it('looks at no more of a long track than it needs', () => {
    const shape: Shape = {
      kind: 'line',
      id: shapeId('line'),
      name: 'line',
      line: { a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } },
    };
    const dayMs = 86_400_000;
    const read: [number, number][] = [];
    // To and fro across the line once a minute, for a day.
    const track: PastTrack = {
      id: trackId('dock-1-1'),
      label: 'car',
      firstMs: 0,
      lastMs: dayMs,
      points: dayMs / 1000,
      ended: true,
      pointsWithin: (fromMs, toMs) => {
        read.push([fromMs, toMs]);
        const points: TrackPoint[] = [];
        for (let timeMs = Math.ceil(fromMs / 1000) * 1000; timeMs < toMs; timeMs += 1000) {
          const x = 0.5 + 0.3 * Math.sin((timeMs / 60_000) * 2 * Math.PI + 1);
          points.push({ timeMs, box: { x1: x - 0.05, y1: 0.4, x2: x + 0.05, y2: 0.6 }, confidence: 0.9 });
        }
        return points;
      },
    };
    const window = { fromMs: dayMs / 2, toMs: dayMs / 2 + 600_000 };
    const { events } = replayTrack(dock, [shape], track, window, { aspect: 1 });
    expect(within(events, window)).toHaveLength(20);
    for (const [fromMs, toMs] of read) {
      expect(fromMs).toBeGreaterThanOrEqual(window.fromMs - 60_000);
      expect(toMs).toBeLessThanOrEqual(window.toMs + 60_000);
    }
  });
});
