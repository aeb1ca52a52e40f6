import type { RunId, TrackId } from '../domain/ids.ts';
import type { TrackPoint } from '../domain/track.ts';
import { maxSegmentMs, segmentStartMs } from './trajectory.ts';

/** A segment is closed by the first point later than this after its start. */
const segmentMs = 10_000;

/** The segment of a track that still grows. */
interface TailSegment {
  /** Its row, once it has one. */
  number?: number;
  readonly continues: boolean;
  readonly points: TrackPoint[];
}

/** What the writer remembers of a track while it lives. */
export interface OpenTrack {
  readonly number: number;
  readonly id: TrackId;
  readonly run: RunId;
  readonly cameraNumber: number;
  label: string;
  lastMs: number;
  points: number;
  maxConfidence: number;
  tail: TailSegment;
}

export const copyOfTrack = (track: OpenTrack): OpenTrack => ({
  ...track,
  tail: { ...track.tail, points: [...track.tail.points] },
});

/**
 * Adds the points later than the track's last one (others are known already) and calls `write` with each segment that
 * became full. Time is compared in whole ms, as it is stored.
 */
export function addPoints(
  track: OpenTrack,
  points: readonly TrackPoint[],
  write: (track: OpenTrack) => void,
): void {
  for (const point of points) {
    const timeMs = Math.round(point.timeMs);
    if (timeMs <= track.lastMs) continue;
    const { tail } = track;
    if (tail.points.length > 0 && timeMs - segmentStartMs(tail.points) > segmentMs) {
      write(track);
      track.tail = nextSegment(tail, timeMs);
    }
    track.tail.points.push(point);
    track.lastMs = timeMs;
    track.points++;
    track.maxConfidence = Math.max(track.maxConfidence, point.confidence);
  }
}

/** Repeats the last point, so that the way between two segments belongs to one, unless nobody looked for a minute. */
function nextSegment({ points }: TailSegment, timeMs: number): TailSegment {
  const last = points.at(-1);
  return last && timeMs - Math.round(last.timeMs) <= maxSegmentMs
    ? { continues: true, points: [last] }
    : { continues: false, points: [] };
}
