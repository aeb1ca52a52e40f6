import { readFileSync, writeFileSync } from 'node:fs';
import type { Detection } from '../domain/detection.ts';
import { ArgusError, messageOf } from '../domain/errors.ts';
import type { Shape, TrackEvent } from '../domain/event.ts';
import type { AnchorKind } from '../domain/geometry.ts';
import { cameraId, runId, trackIdMaker, type TrackId } from '../domain/ids.ts';
import type { TrackPoint } from '../domain/track.ts';
import { createEventEngine } from '../events/engine.ts';
import { createTracker } from '../track/tracker.ts';
import { numberFrom, shapesOf } from './flags.ts';
import { motLine, parseMotDetections, type PictureSize } from './motFormat.ts';
import { inUnitRange, thresholdsFor, type Thresholds } from './thresholds.ts';

export interface ReplayFlags {
  readonly detections: string;
  readonly size: string;
  readonly fps: string;
  readonly line: readonly string[];
  readonly zone: readonly string[];
  readonly anchor?: string;
  readonly confidence?: string;
  readonly confirm?: string;
  readonly tracks?: string;
  readonly events?: string;
}

interface Replayed {
  readonly points: ReadonlyMap<TrackId, readonly TrackPoint[]>;
  readonly events: readonly TrackEvent[];
  readonly elapsedMs: number;
}

/**
 * Runs the tracker and the event engine over recorded detections, as the live pipeline would have, and prints
 * `{frames, tracks, events, msPerFrame}`. Returns the exit code.
 */
export function replay(flags: ReplayFlags): number {
  const picture = parseSize(flags.size);
  const framesPerSecond = numberFrom('--fps', flags.fps, 0.1, 1000);
  const shapes = shapesOf(flags);
  const frames = inUnitRange(parseMotDetections(read(flags.detections), flags.detections, picture));
  const thresholds = { ...thresholdsFor(frames), ...thresholdsOf(flags) };
  const timeOf = (frame: number) => (frame * 1000) / framesPerSecond;

  const result = replayDetections(frames, {
    framesPerSecond,
    shapes,
    thresholds,
    anchor: anchorOf(flags.anchor),
    aspect: picture.width / picture.height,
  });
  if (flags.tracks !== undefined) write(flags.tracks, trackLines(result, timeOf, frames.length, picture));
  if (flags.events !== undefined) write(flags.events, eventLines(result, shapes, framesPerSecond));
  const summary = {
    frames: frames.length,
    tracks: result.points.size,
    events: result.events.length,
    msPerFrame: Number((result.elapsedMs / Math.max(1, frames.length)).toFixed(4)),
  };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  return 0;
}

export interface ReplayOptions {
  readonly framesPerSecond: number;
  readonly shapes: readonly Shape[];
  /** Width of the picture divided by its height. */
  readonly aspect: number;
  /** As `thresholdsFor` finds them unless given. */
  readonly thresholds?: Thresholds;
  readonly anchor?: AnchorKind;
}

/** Runs the tracker and the event engine over the detections of each frame, from time 0 on. */
export function replayDetections(
  frames: readonly (readonly Detection[])[],
  { framesPerSecond, shapes, aspect, thresholds = thresholdsFor(frames), anchor = 'bottom' }: ReplayOptions,
): Replayed {
  const timeOf = (frame: number) => (frame * 1000) / framesPerSecond;
  const camera = cameraId('replay');
  const tracker = createTracker({ ...thresholds, nextId: trackIdMaker(camera, runId(1)) });
  const engine = createEventEngine(camera, shapes, { aspect, anchor });
  const points = new Map<TrackId, TrackPoint[]>();
  const events: TrackEvent[] = [];
  const startedMs = performance.now();
  for (const [frame, detections] of frames.entries()) {
    const { tracks, ended } = tracker.update(detections, timeOf(frame));
    for (const update of tracks) {
      events.push(...engine.update(update));
      const known = points.get(update.trackId);
      if (known) known.push(...update.points);
      else points.set(update.trackId, [...update.points]);
    }
    for (const trackId of ended) events.push(...engine.end(trackId));
  }
  for (const trackId of tracker.finish()) events.push(...engine.end(trackId));
  const elapsedMs = performance.now() - startedMs;
  return { points, events: events.toSorted((a, b) => a.timeMs - b.timeMs), elapsedMs };
}

function thresholdsOf({ confidence, confirm }: ReplayFlags): Partial<Thresholds> {
  return {
    ...(confidence !== undefined && {
      highConfidence: numberFrom('--confidence', confidence, 0, 1),
      confirmConfidence: numberFrom('--confidence', confidence, 0, 1),
    }),
    ...(confirm !== undefined && { confirmConfidence: numberFrom('--confirm', confirm, 0, 1) }),
  };
}

function trackLines(
  { points }: Replayed,
  timeOf: (frame: number) => number,
  frames: number,
  picture: PictureSize,
): string[] {
  const frameAt = new Map(Array.from({ length: frames }, (_, frame) => [timeOf(frame), frame + 1]));
  const rows = [...points.values()].flatMap((track, i) =>
    track.map(({ timeMs, box, confidence }) => ({
      frame: frameAt.get(timeMs) ?? 0,
      id: i + 1,
      box,
      confidence,
    })),
  );
  return rows
    .toSorted((a, b) => a.frame - b.frame || a.id - b.id)
    .map(({ frame, id, box, confidence }) => motLine(frame, id, box, confidence, picture));
}

/** `track` is the id in the tracks' file; `frame` counts from 1 and is the one nearest to `t`, seconds from the first. */
function eventLines(
  { points, events }: Replayed,
  shapes: readonly Shape[],
  framesPerSecond: number,
): string[] {
  const numberOf = new Map([...points.keys()].map((trackId, i) => [trackId, i + 1]));
  const kinds = new Map(shapes.map(({ id, kind }) => [id, kind]));
  return events.map(({ shape, type, direction, timeMs, trackId, durationMs }) =>
    JSON.stringify({
      [kinds.get(shape) ?? 'shape']: shape,
      type,
      ...(direction && { direction }),
      frame: Math.round((timeMs / 1000) * framesPerSecond) + 1,
      t: Number((timeMs / 1000).toFixed(3)),
      track: numberOf.get(trackId),
      ...(durationMs !== undefined && { duration: Number((durationMs / 1000).toFixed(3)) }),
    }),
  );
}

function parseSize(text: string): PictureSize {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/i.exec(text) ?? [];
  if (Number(width) > 0 && Number(height) > 0) return { width: Number(width), height: Number(height) };
  throw new ArgusError(
    `--size: "${text}" is not a size.`,
    'Give width and height in pixels, e.g. 1920x1080.',
  );
}

function anchorOf(text: string | undefined): AnchorKind {
  if (text === undefined || text === 'bottom') return 'bottom';
  if (text === 'centre') return 'centre';
  throw new ArgusError(`--anchor: "${text}" is not one.`, 'Give bottom (of the box, the default) or centre.');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ArgusError(`--detections: ${path} cannot be read: ${messageOf(error)}.`, 'Check the path.', {
      cause: error,
    });
  }
}

function write(path: string, lines: readonly string[]): void {
  try {
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  } catch (error) {
    throw new ArgusError(`${path} cannot be written: ${messageOf(error)}.`, 'Choose another path.', {
      cause: error,
    });
  }
}
