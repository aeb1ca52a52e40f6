/* What standing rules cost the station: the frames of one busy camera through the event engine alone, and with 1, 20 and 200
 * watches of all kinds besides. Made frames: ten people who walk about for ten minutes, 10 frames/s. */
import type { Shape } from '../src/domain/event.ts';
import type { FrameRecord } from '../src/domain/frame.ts';
import { cameraId, shapeId, trackId, watchId } from '../src/domain/ids.ts';
import type { WatchCondition, WatchDefinition } from '../src/domain/watch.ts';
import { createEventEngine } from '../src/events/engine.ts';
import { CameraWatches } from '../src/station/cameraWatches.ts';
import { timed } from './measure.ts';

const camera = cameraId('yard');
const frames = 6000;
const people = 10;
const aspect = 16 / 9;
const startMs = Date.UTC(2026, 10, 22, 9);

const line: Shape = {
  kind: 'line',
  id: shapeId('door'),
  name: 'door',
  line: { a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } },
};
const zones = [0, 1, 2, 3].map((n): Shape => {
  const [left, right] = [n / 4, (n + 1) / 4];
  const polygon = [
    { x: left, y: 0.2 },
    { x: right, y: 0.2 },
    { x: right, y: 0.9 },
    { x: left, y: 0.9 },
  ];
  return { kind: 'zone', id: shapeId(`zone-${n}`), name: `zone ${n}`, polygon };
});
const shapes = [line, ...zones];

/** Everybody goes to and fro at a pace of his own, and is another track each minute. */
function frameAt(n: number): FrameRecord {
  const timeMs = startMs + n * 100;
  const minute = Math.floor(n / 600);
  const ids = Array.from({ length: people }, (_, p) => trackId(`yard-${minute}-${p}`));
  const before = Array.from({ length: people }, (_, p) => trackId(`yard-${minute - 1}-${p}`));
  return {
    camera,
    frame: n,
    mediaTimeMs: n * 100,
    timeMs,
    detections: [],
    tracks: ids.map((id, p) => {
      const x = 0.5 + 0.45 * Math.sin((n / 100) * (1 + p / 7) + p);
      const box = { x1: x - 0.02, y1: 0.3 + p / 40, x2: x + 0.02, y2: 0.55 + p / 40 };
      return { trackId: id, label: 'person', points: [{ timeMs, box, confidence: 0.8 }] };
    }),
    ended: n % 600 === 25 && minute > 0 ? before : [],
    dropped: 0,
  };
}

const inZone = (n: number) => ({ kind: 'zone', shape: shapeId(`zone-${n % 4}`) }) as const;
const conditions: readonly ((n: number) => Pick<WatchDefinition, 'condition' | 'at'>)[] = [
  (n) => ({ condition: { kind: 'occupancy', moreThan: n % 5, forMs: (n % 30) * 1000 }, at: inZone(n) }),
  (n) => ({ condition: { kind: 'absence', forMs: 5000 + n * 100 }, at: inZone(n) }),
  (n) => ({ condition: { kind: 'occupancy', moreThan: 5 + (n % 5), forMs: 1000 } satisfies WatchCondition }),
  () => ({ condition: { kind: 'event', type: 'crossing' }, at: { kind: 'line', shape: line.id } }),
  (n) => ({ condition: { kind: 'event', type: 'dwell', forMs: 1000 + (n % 4) * 500 }, at: inZone(n) }),
];

function watchesOf(count: number): CameraWatches {
  const watches = new CameraWatches(camera, shapes);
  for (let n = 0; n < count; n++) {
    const place = conditions[n % conditions.length]?.(n);
    if (!place) continue;
    const hours = { fromMinute: 8 * 60, toMinute: 18 * 60, timeZone: 'Europe/Berlin' };
    watches.add({ id: watchId(n + 1), name: `rule ${n}`, camera, cooldownMs: 60_000, hours, ...place });
  }
  watches.begin(aspect);
  return watches;
}

const records = Array.from({ length: frames }, (_, n) => frameAt(n));

/** µs a frame, and how often the watches fired. */
function run(count: number): { us: number; fired: number } {
  const engine = createEventEngine(camera, shapes, { aspect });
  const watches = count > 0 ? watchesOf(count) : undefined;
  let fired = 0;
  const ms = timed(() => {
    for (const record of records) {
      const events = [
        ...record.tracks.flatMap((update) => engine.update(update)),
        ...record.ended.flatMap((id) => engine.end(id)),
      ];
      fired += watches?.frame(record, events).length ?? 0;
    }
  });
  return { us: (ms * 1000) / frames, fired };
}

/** The quickest of some: what else the machine does only slows it down. */
function best(count: number): { us: number; fired: number } {
  const runs = Array.from({ length: 5 }, () => run(count));
  return runs.reduce((least, one) => (one.us < least.us ? one : least));
}

run(200);
const alone = best(0);
console.log(
  `event engine alone: ${alone.us.toFixed(1)} µs a frame of ${people} people, ${shapes.length} shapes`,
);
for (const count of [1, 20, 200]) {
  const { us, fired } = best(count);
  const ratio = (us / alone.us).toFixed(2);
  console.log(
    `and ${count} watches: ${us.toFixed(1)} µs a frame, ${ratio} times as much; fired ${fired} time(s)`,
  );
}
