import { describe, expect, it } from 'vitest';
import type { Shape, ZoneShape } from '../../src/domain/event.ts';
import type { FrameRecord } from '../../src/domain/frame.ts';
import { shapeId, trackId, watchId } from '../../src/domain/ids.ts';
import type { Watch, WatchCondition, WatchDefinition } from '../../src/domain/watch.ts';
import { createEventEngine } from '../../src/events/engine.ts';
import { dryRun, factsFor } from '../../src/mcp/watchDryRun.ts';
import { CameraWatches, type Found } from '../../src/station/cameraWatches.ts';
import { record, type Walk } from '../mcp/adhocRecording.ts';
import { dock, line, openStore, t0 } from '../store/fixture.ts';

const s = 1000;
const hall: ZoneShape = {
  kind: 'zone',
  id: shapeId('hall'),
  name: 'Hall',
  polygon: [
    { x: 0.2, y: 0.2 },
    { x: 0.8, y: 0.2 },
    { x: 0.8, y: 0.9 },
    { x: 0.2, y: 0.9 },
  ],
  dwellMs: 8 * s,
};
const shapes: readonly Shape[] = [line, hall];
const aspect = 640 / 480;

const at = (n: number, fromS: number, toS: number, label = 'person'): Walk => ({
  id: `dock-1-${n}`,
  label,
  fromMs: t0 + fromS * s,
  toMs: t0 + toS * s,
  from: [0.05, 0.6],
  to: [0.95, 0.6],
});
/** Five who go from left to right, at times several at once; the last is a car. */
const walks = [at(1, 5, 35), at(2, 10, 50), at(3, 12, 40), at(4, 100, 130), at(5, 104, 140, 'car')];
const span = { fromMs: t0, toMs: t0 + 200 * s };

/** What the station would do with the same frames. */
function live(watches: readonly WatchDefinition[], stepMs: number): Found[] {
  const session = createEventEngine(dock, shapes, { aspect });
  const camera = new CameraWatches(dock, shapes);
  for (const [n, definition] of watches.entries()) camera.add({ ...definition, id: watchId(n + 1) });
  camera.begin(aspect);
  const found: Found[] = [];
  for (let timeMs = span.fromMs; timeMs < span.toMs; timeMs += stepMs) {
    const frame = frameAt(timeMs, stepMs);
    const events = [
      ...frame.tracks.flatMap((update) => session.update(update)),
      ...frame.ended.flatMap((id) => session.end(id)),
    ];
    found.push(...camera.frame(frame, events));
  }
  return [...found, ...camera.end([])];
}

function frameAt(timeMs: number, stepMs: number): FrameRecord {
  const here = walks.filter(({ fromMs, toMs }) => timeMs >= fromMs && timeMs <= toMs);
  return {
    camera: dock,
    frame: (timeMs - t0) / stepMs,
    mediaTimeMs: timeMs - t0,
    timeMs,
    detections: [],
    tracks: here.map(({ id, label = 'person', fromMs, toMs, from, to }) => {
      const along = (timeMs - fromMs) / (toMs - fromMs);
      const [x, y] = [from[0] + along * (to[0] - from[0]), from[1]];
      const box = { x1: x - 0.03, y1: y - 0.25, x2: x + 0.03, y2: y };
      return { trackId: trackId(id), label, points: [{ timeMs, box, confidence: 0.8 }] };
    }),
    // A track is given up 2.5 s after it was last seen.
    ended: walks
      .filter(({ toMs }) => timeMs > toMs + 2500 && timeMs - stepMs <= toMs + 2500)
      .map(({ id }) => trackId(id)),
    dropped: 0,
  };
}

const rule = (condition: WatchCondition, change: Partial<WatchDefinition> = {}): WatchDefinition => ({
  name: JSON.stringify([condition, change]),
  camera: dock,
  condition,
  cooldownMs: 0,
  ...change,
});
const inHall = { at: { kind: 'zone', shape: hall.id } } as const;
const atDoor = { at: { kind: 'line', shape: line.id } } as const;

const rules: readonly [string, number, WatchDefinition][] = [
  ['anybody in the zone', 2, rule({ kind: 'occupancy', moreThan: 0, forMs: 0 }, inHall)],
  ['more than 2 in the zone for 10 s', 1, rule({ kind: 'occupancy', moreThan: 2, forMs: 10 * s }, inHall)],
  ['more than 1 in the picture for 20 s', 2, rule({ kind: 'occupancy', moreThan: 1, forMs: 20 * s })],
  ['persons alone', 1, rule({ kind: 'occupancy', moreThan: 1, forMs: 0 }, { labels: ['person'] })],
  ['nobody in the zone for 20 s', 2, rule({ kind: 'absence', forMs: 20 * s }, inHall)],
  ['nobody in the picture for 50 s', 2, rule({ kind: 'absence', forMs: 50 * s })],
  ['crossings', 5, rule({ kind: 'event', type: 'crossing', direction: 'forward' }, atDoor)],
  ['crossings the other way', 0, rule({ kind: 'event', type: 'crossing', direction: 'backward' }, atDoor)],
  [
    'crossings, once in a while',
    2,
    rule({ kind: 'event', type: 'crossing' }, { ...atDoor, cooldownMs: 60 * s }),
  ],
  ['exits of cars', 1, rule({ kind: 'event', type: 'exit' }, { ...inHall, labels: ['car'] })],
  ["visits of the zone's own length", 5, rule({ kind: 'event', type: 'dwell' }, inHall)],
  [
    'visits of a length that only the watch has',
    2,
    rule({ kind: 'event', type: 'dwell', forMs: 22 * s }, inHall),
  ],
];

describe('a dry run of the past', () => {
  it.each([100, 500])('says what was said live, with a frame each %d ms', async (stepMs) => {
    const { writer, reader } = openStore();
    writer.syncCameras([{ id: dock, name: 'Dock', source: 'x', shapes }], t0);
    record(writer, dock, span, shapes, walks, stepMs);
    const camera = reader.camera(dock);
    if (!camera) throw new Error('no camera');
    const found = live(
      rules.map(([, , definition]) => definition),
      stepMs,
    );
    for (const [n, [name, count, definition]] of rules.entries()) {
      const stored = reader.shapes(dock).find(({ shape }) => shape.id === definition.at?.shape);
      const facts = await factsFor(reader, camera, definition, stored && { shape: stored.shape, stored }, {
        fromMs: t0,
        toMs: span.toMs - stepMs + 1,
      });
      const past = dryRun(definition, facts).incidents;
      const told = found.filter(({ watch }) => watch.id === watchId(n + 1)).map(({ incident }) => incident);
      const told2 = told.map(({ timeMs, sinceMs, untilMs, tracks }) => ({
        timeMs,
        sinceMs,
        untilMs,
        tracks: [...tracks].sort(),
      }));
      const past2 = past.map(({ timeMs, sinceMs, untilMs, tracks }) => ({
        timeMs,
        sinceMs,
        untilMs,
        tracks: [...tracks].sort(),
      }));
      expect([name, told2.sort((a, b) => a.timeMs - b.timeMs)]).toEqual([name, past2]);
      expect([name, past.length]).toEqual([name, count]);
    }
  });
});

describe('the watches of a camera', () => {
  const watch = (definition: WatchDefinition): Watch => ({ ...definition, id: watchId(1) });
  const over = (camera: CameraWatches, fromS: number, toS: number) => {
    const found: Found[] = [];
    for (let ms = t0 + fromS * s; ms < t0 + toS * s; ms += 500)
      found.push(...camera.frame(frameAt(ms, 500), []));
    return found;
  };

  it('of a zone that is not there say nothing, and look once it is defined', () => {
    const camera = new CameraWatches(dock, []);
    camera.add(watch(rule({ kind: 'absence', forMs: 2 * s }, inHall)));
    camera.begin(aspect);
    expect(over(camera, 60, 80)).toEqual([]);
    camera.setShapes(shapes);
    expect(over(camera, 80, 100)).toHaveLength(1);
  });

  it.each([false, true])(
    'know who came into the zone before they were made (another looks: %s)',
    (another) => {
      const camera = new CameraWatches(dock, shapes);
      if (another) camera.add(watch(rule({ kind: 'occupancy', moreThan: 5, forMs: 0 }, inHall)));
      camera.begin(aspect);
      expect(over(camera, 96, 112)).toEqual([]);
      const persons = { ...inHall, labels: ['person'] };
      camera.add({ ...rule({ kind: 'absence', forMs: 5 * s }, persons), id: watchId(2) });
      camera.add({ ...rule({ kind: 'occupancy', moreThan: 0, forMs: 5 * s }, persons), id: watchId(3) });
      camera.add({ ...rule({ kind: 'occupancy', moreThan: 1, forMs: 0 }, persons), id: watchId(4) });
      expect(over(camera, 112, 120).map((found) => found.watch.id)).toEqual(['w3']);
    },
  );

  it('begin anew in a zone that is drawn otherwise', () => {
    const camera = new CameraWatches(dock, shapes);
    camera.add(watch(rule({ kind: 'occupancy', moreThan: 0, forMs: 0 }, inHall)));
    camera.begin(aspect);
    expect(over(camera, 0, 20)).toHaveLength(1);
    const corner = [hall.polygon[0], { x: 0.3, y: 0.2 }, { x: 0.3, y: 0.3 }].filter((p) => p !== undefined);
    camera.setShapes([{ ...hall, polygon: corner }]);
    expect(over(camera, 20, 60)).toEqual([]);
  });

  it('go on after the clock was set back', () => {
    const camera = new CameraWatches(dock, shapes);
    camera.add(watch(rule({ kind: 'occupancy', moreThan: 0, forMs: 0 }, inHall)));
    camera.begin(aspect);
    expect(over(camera, 100, 120)).toHaveLength(1);
    camera.end([]);
    camera.begin(aspect);
    expect(over(camera, 0, 20)).toHaveLength(1);
  });

  it('miss a camera that goes down after the clock was set back', () => {
    const camera = new CameraWatches(dock, shapes);
    camera.add(watch(rule({ kind: 'camera_down', forMs: 30 * s })));
    camera.expect(true, t0 + 3600 * s);
    camera.begin(aspect);
    expect([...over(camera, 3600, 3620), ...over(camera, 0, 20)]).toEqual([]);
    expect(camera.tick(t0 + 45 * s)).toEqual([]);
    expect(camera.tick(t0 + 60 * s).map(({ incident }) => incident.sinceMs)).toEqual([t0 + 19.5 * s + 1]);
  });

  it('find the same when 200 look at once', () => {
    const camera = new CameraWatches(dock, shapes);
    const definitions = Array.from({ length: 200 }, (_, n) => rules[n % rules.length]?.[2]);
    for (const [n, definition] of definitions.entries())
      if (definition) camera.add({ ...definition, id: watchId(n + 1) });
    camera.begin(aspect);
    const found = [...over(camera, 0, 200), ...camera.end([])];
    const times = (n: number) =>
      found.filter(({ watch: { id } }) => id === watchId(n + 1)).map(({ incident }) => incident.timeMs);
    for (const n of definitions.keys()) expect([n, times(n)]).toEqual([n, times(n % rules.length)]);
    expect(times(0)).toHaveLength(2);
  });
});
