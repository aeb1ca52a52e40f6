import { thresholdsFor } from '../src/commands/thresholds.ts';
import { cameraId, runId, trackIdMaker } from '../src/domain/ids.ts';
import type { TrackPoint } from '../src/domain/track.ts';
import { createTracker } from '../src/track/tracker.ts';
import { baselineSort } from './baselineSort.ts';
import { fillGaps } from './fillGaps.ts';
import type { LabelledFrames } from './metrics/frames.ts';
import type { Sequence } from './mot15.ts';

/** The points of each track, oldest first. */
export type Tracks = ReadonlyMap<string, readonly TrackPoint[]>;

/** Tracks a whole sequence. */
export type TrackSequence = (sequence: Sequence) => Tracks;

export const frameTimesMs = ({ detections, framesPerSecond }: Sequence): number[] =>
  detections.map((_, frame) => (frame * 1000) / framesPerSecond);

/** Our tracker as `argus replay` drives it. */
export const ours: TrackSequence = (sequence) => {
  const tracker = createTracker({
    ...thresholdsFor(sequence.detections),
    nextId: trackIdMaker(cameraId('bench'), runId(1)),
  });
  const times = frameTimesMs(sequence);
  const tracks = new Map<string, TrackPoint[]>();
  sequence.detections.forEach((detections, frame) => {
    for (const { trackId, points } of tracker.update(detections, times[frame] ?? NaN).tracks)
      append(tracks, trackId, points);
  });
  return tracks;
};

export const sort: TrackSequence = (sequence) => {
  const update = baselineSort(sequence.width, sequence.height);
  const times = frameTimesMs(sequence);
  const tracks = new Map<string, TrackPoint[]>();
  sequence.detections.forEach((detections, frame) => {
    for (const { id, box } of update(detections))
      append(tracks, String(id), [{ timeMs: times[frame] ?? NaN, box, confidence: 1 }]);
  });
  return tracks;
};

function append(tracks: Map<string, TrackPoint[]>, id: string, points: readonly TrackPoint[]): void {
  const known = tracks.get(id);
  if (known) known.push(...points);
  else tracks.set(id, [...points]);
}

/** The same tracks with their gaps filled, as whoever reads stored trajectories may do. */
export const filled = (tracks: Tracks, sequence: Sequence, maxGapMs: number): Tracks =>
  new Map([...tracks].map(([id, points]) => [id, fillGaps(points, frameTimesMs(sequence), maxGapMs)]));

export function byFrame(tracks: Tracks, sequence: Sequence): LabelledFrames {
  const frameOf = new Map(frameTimesMs(sequence).map((timeMs, frame) => [timeMs, frame]));
  const frames = sequence.detections.map((): LabelledFrames[number][number][] => []);
  [...tracks.values()].forEach((points, id) => {
    for (const { timeMs, box } of points) frames[frameOf.get(timeMs) ?? -1]?.push({ id, box });
  });
  return frames;
}
