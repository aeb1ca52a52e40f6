import type { Shape, TrackEvent } from '../domain/event.ts';
import type { CameraId, RunId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import { reachOf, replayTrack } from '../events/replay.ts';
import type { Reader } from '../store/reader.ts';
import { noCall, type Call } from './contract.ts';
import type { ScannedTrack } from '../store/types.ts';

/** Of runs that ended before their first picture. */
const commonAspect = 16 / 9;

/** Width by height of a camera's picture: distances are compared in true proportions. */
export interface Aspects {
  of(run: RunId): number;
  readonly widest: number;
}

export function aspectsOf(reader: Reader, camera: CameraId): Aspects {
  const aspects = reader.aspects(camera);
  return {
    of: (run) => aspects.get(run) ?? commonAspect,
    widest: Math.max(commonAspect, ...aspects.values()),
  };
}

export interface PastQuestion {
  readonly camera: CameraId;
  readonly shape: Shape;
  readonly window: Interval;
  /** Only tracks of these classes. */
  readonly labels?: readonly string[] | undefined;
  /** Only tracks that pass. */
  readonly wants?: (track: ScannedTrack) => boolean;
}

/** Of a scan that is made for a call: it ends with it, and the asker is told how far it is. */
export const scanFor = ({ signal, progress }: Call, camera: CameraId) => ({
  signal,
  onProgress: (doneMs: number, totalMs: number) =>
    progress(doneMs, totalMs, `Reading trajectories of ${camera}`),
});

/** What happened at the shape in the window, told from the stored trajectories, in order of time. Works in slices. */
export async function pastEvents(
  reader: Reader,
  { camera, shape, window, labels, wants }: PastQuestion,
  call: Call = noCall,
): Promise<TrackEvent[]> {
  const aspects = aspectsOf(reader, camera);
  const found: TrackEvent[] = [];
  for await (const track of reader.tracksThrough(camera, window, {
    ...reachOf(shape, aspects.widest),
    labels,
    ...scanFor(call, camera),
  })) {
    if (wants && !wants(track)) continue;
    const options = { aspect: aspects.of(track.run) };
    for (const event of replayTrack(camera, [shape], track, window, options).events) {
      if (event.timeMs >= window.fromMs && event.timeMs < window.toMs) found.push(event);
    }
  }
  return found.sort((a, b) => a.timeMs - b.timeMs);
}

/**
 * Whether the live engine was counting at the stored shape when the track was followed. Tells track by track: each was
 * either counted from its first point to its last, or not at all.
 */
export function countedLive(
  reader: Reader,
  camera: CameraId,
  shape: Shape,
): (track: ScannedTrack) => boolean {
  const counting = reader.counting(camera, shape.id);
  return (track) => counting?.isCounted(track) ?? false;
}

/**
 * From the first to the last moment of the window that was watched, but without counting at the shape, or with counting
 * only those who came after it had been defined.
 */
export function uncountedSpan(
  reader: Reader,
  camera: CameraId,
  shape: Shape,
  window: Interval,
): Interval | undefined {
  const counted = reader.coverage(camera, window, shape.id);
  const rest = reader.coverage(camera, window).flatMap((watched) => without(watched, counted));
  const lateUntilMs = Math.min(reader.counting(camera, shape.id)?.lateUntilMs ?? -Infinity, window.toMs);
  const [first, last] = [rest[0], rest.at(-1)];
  if (lateUntilMs <= window.fromMs) return first && last && { fromMs: first.fromMs, toMs: last.toMs };
  return { fromMs: window.fromMs, toMs: Math.max(last?.toMs ?? lateUntilMs, lateUntilMs) };
}

/** What is left of an interval without the others, which are in order. */
function without(interval: Interval, others: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let { fromMs } = interval;
  for (const other of others) {
    if (other.toMs <= fromMs || other.fromMs >= interval.toMs) continue;
    if (other.fromMs > fromMs) left.push({ fromMs, toMs: other.fromMs });
    fromMs = other.toMs;
  }
  return fromMs < interval.toMs ? [...left, { fromMs, toMs: interval.toMs }] : left;
}
