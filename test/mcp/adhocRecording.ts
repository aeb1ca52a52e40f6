import { createCanvas } from '@napi-rs/canvas';
import type { Shape } from '../../src/domain/event.ts';
import type { Point } from '../../src/domain/geometry.ts';
import { trackId, type CameraId } from '../../src/domain/ids.ts';
import type { TrackPoint } from '../../src/domain/track.ts';
import { createEventEngine } from '../../src/events/engine.ts';
import type { World } from '../../src/mcp/contract.ts';
import type { Reader } from '../../src/store/reader.ts';
import type { FrameCommit } from '../../src/store/types.ts';
import type { Writer } from '../../src/store/writer.ts';
import { frameOf, newRun } from '../store/fixture.ts';

interface Seen {
  readonly id: string;
  readonly label?: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Someone who walks in a straight line, as fast everywhere in the picture. */
export interface Walk extends Seen {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

/** Someone who is wherever it says. */
export interface Wander extends Seen {
  readonly footAt: (timeMs: number) => Point;
}

const width = 640;
const height = 480;

/**
 * One run of a camera as the station does it: a frame each `stepMs` from `fromMs` to before `toMs`, with events at the
 * shapes that it knows, and one still at the beginning.
 */
export function record(
  writer: Writer,
  camera: CameraId,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  shapes: readonly Shape[],
  walks: readonly (Walk | Wander)[],
  stepMs = 1000,
): void {
  const run = writer.beginRun(newRun({ camera, startedAtMs: fromMs, mediaStartMs: fromMs }));
  writer.noteAspect(run, width / height);
  const engine = createEventEngine(camera, shapes, { aspect: width / height });
  const frames: FrameCommit[] = [];
  for (let timeMs = fromMs; timeMs < toMs; timeMs += stepMs) {
    const tracks = walks
      .filter((walk) => timeMs >= walk.fromMs && timeMs <= walk.toMs)
      .map((walk) => ({
        trackId: trackId(walk.id),
        label: walk.label ?? 'person',
        points: [pointOf(walk, timeMs)],
      }));
    const ended = walks
      .filter((walk) => timeMs > walk.toMs && timeMs <= walk.toMs + stepMs)
      .map(({ id }) => trackId(id));
    const events = [
      ...tracks.flatMap((update) => engine.update(update)),
      ...ended.flatMap((id) => engine.end(id)),
    ];
    frames.push(frameOf(run, frames.length, { camera, timeMs, tracks, ended, events }));
  }
  writer.commit({
    nowMs: toMs,
    frames,
    stills: [{ camera, timeMs: fromMs, path: 'still.jpg', width, height, bytes: grey.length }],
  });
  const rest = walks.filter((walk) => walk.toMs >= toMs - stepMs).map(({ id }) => trackId(id));
  writer.endRun(
    run,
    'stopped',
    toMs,
    rest.flatMap((id) => engine.end(id)),
  );
}

function pointOf(walk: Walk | Wander, timeMs: number): TrackPoint {
  const { x, y } = 'footAt' in walk ? walk.footAt(timeMs) : footOf(walk, timeMs);
  return { timeMs, box: { x1: x - 0.03, y1: y - 0.25, x2: x + 0.03, y2: y }, confidence: 0.8 };
}

function footOf({ fromMs, toMs, from, to }: Walk, timeMs: number): Point {
  const along = (timeMs - fromMs) / (toMs - fromMs);
  return { x: from[0] + along * (to[0] - from[0]), y: from[1] + along * (to[1] - from[1]) };
}

/** What tools see of the store while no station runs; every still is a blank picture. */
export const worldOf = (reader: Reader, nowMs: number, timeZone = 'UTC'): World => ({
  reader: () => reader,
  live: () => Promise.resolve(undefined),
  readStill: () => Promise.resolve(grey),
  now: () => nowMs,
  timeZone,
});

const grey = createCanvas(width, height).toBuffer('image/jpeg');
