import type { RunId, TrackId } from '../domain/ids.ts';
import { StillnessMeter } from '../domain/stillness.ts';
import type { TrackPoint } from '../domain/track.ts';
import { Tail, type TailMemento } from './tail.ts';

/** The n-th segment of a track has the number track · 2^20 + n. */
const segmentsPerTrack = 2 ** 20;

/** What the writer remembers of a track while it lives. */
export interface OpenTrack {
  readonly number: number;
  readonly id: TrackId;
  readonly run: RunId;
  readonly cameraNumber: number;
  readonly firstMs: number;
  label: string;
  lastMs: number;
  /** That it was given; fewer are stored. */
  points: number;
  maxConfidence: number;
  motion: StillnessMeter;
  ended: boolean;
  tail: Tail;
  /** Whether it has a row. */
  isStored: boolean;
  /** Number of the batch that changed it last. */
  touchedBy: number;
}

export interface NewTrack {
  readonly number: number;
  readonly id: TrackId;
  readonly run: RunId;
  readonly cameraNumber: number;
  readonly firstMs: number;
}

export const openTrack = ({ number, id, run, cameraNumber, firstMs }: NewTrack): OpenTrack => ({
  number,
  id,
  run,
  cameraNumber,
  firstMs,
  label: '',
  lastMs: -Infinity,
  points: 0,
  maxConfidence: 0,
  motion: new StillnessMeter(),
  ended: false,
  tail: new Tail(number * segmentsPerTrack, firstMs),
  isStored: false,
  touchedBy: 0,
});

/** A segment that gets no more points and waits to be stored. */
export interface FullSegment {
  readonly tail: Tail;
  readonly cameraNumber: number;
}

/**
 * Adds the points later than the track's last one (others are known already) and calls `onFull` with each segment that
 * became full. Time is compared in whole ms, as it is stored.
 */
export function addPoints(
  track: OpenTrack,
  points: readonly TrackPoint[],
  onFull: (segment: FullSegment) => void,
): void {
  for (const point of points) {
    const timeMs = Math.round(point.timeMs);
    if (!(timeMs > track.lastMs)) {
      if (Number.isNaN(timeMs)) throw new RangeError('The time of a point is a number (got NaN)');
      continue;
    }
    if (track.tail.isFullAt(timeMs)) {
      onFull({ tail: track.tail, cameraNumber: track.cameraNumber });
      track.tail = new Tail(track.tail.number + 1, timeMs, track.tail);
    }
    track.tail.add(timeMs, point);
    track.lastMs = timeMs;
    track.points++;
    track.motion.add(timeMs, point.box);
    if (point.confidence > track.maxConfidence) track.maxConfidence = point.confidence;
  }
}

/** Takes note of a track as it is; what is returned makes it so again. */
export function mementoOf(track: OpenTrack): () => void {
  const { label, lastMs, points, maxConfidence, ended, tail } = track;
  const motion = track.motion.clone();
  const tailWas: TailMemento = tail.memento();
  return () => {
    Object.assign(track, { label, lastMs, points, maxConfidence, motion, ended, tail });
    tail.restore(tailWas);
  };
}
