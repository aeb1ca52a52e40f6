// What the benchmark of the store writes: cameras at 5 frames a second before which groups of people pass.
import type { Box } from '../src/domain/box.ts';
import { cameraId, trackId, type CameraId, type RunId } from '../src/domain/ids.ts';
import type { TrackPoint, TrackUpdate } from '../src/domain/track.ts';
import type { FrameCommit } from '../src/store/types.ts';

export const cameraCount = 8;
export const cameras: readonly CameraId[] = Array.from({ length: cameraCount }, (_, n) =>
  cameraId(`cam${n}`),
);
/** Whole minute of a whole day. */
export const startMs = Date.UTC(2026, 9, 1);
export const dayMs = 86_400_000;
export const frameMs = 200;
/** Tracks of one camera in 24 hours. */
export const tracksPerDay = 2000;
const groupSize = 5;
const groupsPerDay = tracksPerDay / groupSize;
const groupEveryMs = dayMs / groupsPerDay;

/** Numbers 0–1 that are the same each time (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Batch {
  readonly nowMs: number;
  readonly frames: readonly FrameCommit[];
  readonly points: number;
}

/** Batches of at least so many points, without end. Each camera is analysed while somebody is to be seen. */
export function* batches(runs: readonly RunId[], pointsPerBatch: number): Generator<Batch, never, undefined> {
  const random = randomFrom(1);
  const nextFrame = cameras.map(() => 0);
  let frames: FrameCommit[] = [];
  let points = 0;
  for (let group = 0; ; group++) {
    for (const [n, camera] of cameras.entries()) {
      const run = runs[n];
      if (run === undefined) throw new Error('A run for each camera');
      const fromMs = startMs + group * groupEveryMs + n * 1000;
      const people = Array.from({ length: groupSize }, (_, k) =>
        person(camera, group * groupSize + k, random),
      );
      const last = Math.max(...people.map(({ first, path }) => first + path.length));
      for (let frame = 0; frame <= last; frame++) {
        const timeMs = fromMs + frame * frameMs;
        const tracks = people.flatMap((one) => updateAt(one, frame, timeMs));
        points += tracks.length;
        const ended = people.filter(({ first, path }) => first + path.length === frame).map(({ id }) => id);
        const number = nextFrame[n] ?? 0;
        nextFrame[n] = number + 1;
        frames.push({
          run,
          events: [],
          record: {
            camera,
            frame: number,
            mediaTimeMs: timeMs - startMs,
            timeMs,
            detections: [],
            tracks,
            ended,
            dropped: 0,
          },
        });
      }
    }
    if (points < pointsPerBatch) continue;
    yield { nowMs: startMs + group * groupEveryMs, frames, points };
    frames = [];
    points = 0;
  }
}

interface Person {
  readonly id: ReturnType<typeof trackId>;
  /** Frame of the group in which it is first seen. */
  readonly first: number;
  readonly path: readonly { box: Box; confidence: number }[];
}

/** 8 to 16 s: four of five walk, one stands, all with the unrest of a detector whose boxes a filter has smoothed. */
function person(camera: CameraId, number: number, random: () => number): Person {
  const length = 40 + Math.floor(random() * 40);
  const stands = random() < 0.2;
  const height = 0.15 + random() * 0.2;
  const speed = stands ? 0 : (0.15 + random() * 0.35) / length;
  const heading = random() * 2 * Math.PI;
  const unrest = stands ? 0.0003 : 0.0015;
  let x = 0.1 + random() * 0.8;
  let y = 0.3 + random() * 0.6;
  let [dx, dy, dh, dc] = [0, 0, 0, 0];
  const path = Array.from({ length }, () => {
    x += Math.cos(heading) * speed;
    y += Math.sin(heading) * speed * 0.5;
    dx = 0.7 * dx + (random() - 0.5) * unrest;
    dy = 0.7 * dy + (random() - 0.5) * unrest;
    dh = 0.7 * dh + (random() - 0.5) * unrest;
    dc = 0.7 * dc + (random() - 0.5) * 0.1;
    const h = height + dh;
    return {
      box: { x1: x + dx - h / 5, y1: y + dy - h, x2: x + dx + h / 5, y2: y + dy },
      confidence: 0.7 + dc,
    };
  });
  return { id: trackId(`${camera}-1-${number}`), first: Math.floor(random() * 25), path };
}

function updateAt({ id, first, path }: Person, frame: number, timeMs: number): TrackUpdate[] {
  const at = path[frame - first];
  return at ? [{ trackId: id, label: 'person', points: [{ timeMs, ...at }] }] : [];
}

/** A car that is parked, at 10 frames a second. */
export function parkedCar(run: RunId, camera: CameraId, hours: number): FrameCommit[] {
  const random = randomFrom(2);
  let [dx, dy] = [0, 0];
  return Array.from({ length: hours * 36_000 }, (_, frame) => {
    const timeMs = startMs + frame * 100;
    dx = 0.7 * dx + (random() - 0.5) * 0.0004;
    dy = 0.7 * dy + (random() - 0.5) * 0.0004;
    const point: TrackPoint = {
      timeMs,
      box: { x1: 0.4 + dx, y1: 0.5 + dy, x2: 0.6 + dx, y2: 0.7 + dy },
      confidence: 0.8 + (random() - 0.5) * 0.1,
    };
    const tracks = [{ trackId: trackId(`${camera}-9-1`), label: 'car', points: [point] }];
    return {
      run,
      events: [],
      record: {
        camera,
        frame,
        mediaTimeMs: frame * 100,
        timeMs,
        detections: [],
        tracks,
        ended: [],
        dropped: 0,
      },
    };
  });
}

/** For each moment the frames of all cameras, five people in each who walk to and fro. */
export function crowd(runs: readonly RunId[], moments: number): Batch['frames'][] {
  return Array.from({ length: moments }, (_, frame) =>
    cameras.flatMap((camera, n) => {
      const run = runs[n];
      if (run === undefined) return [];
      const timeMs = startMs + frame * 200;
      const tracks = Array.from({ length: 5 }, (_unused, k) => {
        const x = 0.1 + 0.6 * Math.abs(((frame / 100 + k / 5) % 2) - 1) + 0.002 * Math.sin(frame * (k + 1));
        return {
          trackId: trackId(`${camera}-${run}-${k}`),
          label: 'person',
          points: [{ timeMs, box: { x1: x, y1: 0.3, x2: x + 0.1, y2: 0.7 }, confidence: 0.8 }],
        };
      });
      return [
        {
          run,
          events: [],
          record: {
            camera,
            frame,
            mediaTimeMs: frame * 200,
            timeMs,
            detections: [],
            tracks,
            ended: [],
            dropped: 0,
          },
        },
      ];
    }),
  );
}
