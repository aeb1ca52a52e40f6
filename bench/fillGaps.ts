import { boxBetween } from '../src/domain/box.ts';
import type { TrackPoint } from '../src/domain/track.ts';

/**
 * Adds points where a track was not matched for a while: on the straight path between the points around the gap, at the
 * times of the frames in between. Longer gaps stay open.
 *
 * @param points of one track, oldest first
 * @param frameTimesMs of all frames, increasing
 * @param maxGapMs between the two points around a gap
 */
export function fillGaps(
  points: readonly TrackPoint[],
  frameTimesMs: readonly number[],
  maxGapMs: number,
): TrackPoint[] {
  const filled: TrackPoint[] = [];
  let frame = 0;
  for (const point of points) {
    const before = filled.at(-1);
    for (; (frameTimesMs[frame] ?? Infinity) < point.timeMs; frame++) {
      const timeMs = frameTimesMs[frame] ?? point.timeMs;
      if (!before || timeMs <= before.timeMs || point.timeMs - before.timeMs > maxGapMs) continue;
      const along = (timeMs - before.timeMs) / (point.timeMs - before.timeMs);
      const confidence = before.confidence + along * (point.confidence - before.confidence);
      filled.push({ timeMs, box: boxBetween(before.box, point.box, along), confidence });
    }
    filled.push(point);
  }
  return filled;
}
