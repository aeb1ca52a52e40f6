import type { LineShape, TrackEvent } from '../../src/domain/event.ts';
import type { AnchorKind } from '../../src/domain/geometry.ts';
import { cameraId, shapeId, trackId } from '../../src/domain/ids.ts';
import type { TrackPoint } from '../../src/domain/track.ts';
import { createEventEngine } from '../../src/events/engine.ts';
import { assign } from '../../src/track/assignment.ts';
import type { Sequence } from '../mot15.ts';
import type { Tracks } from '../trackers.ts';
import { frameTimesMs } from '../trackers.ts';

export interface CrossingCounts {
  readonly truth: number;
  readonly counted: number;
  /** Pairs of a true and a counted crossing of the same line and direction, no farther apart in time than allowed. */
  readonly matched: number;
  /** Sum of |counted − true| over the lines and directions. */
  readonly off: number;
}

const withinMs = 2000;
/** Of the true crossings, in box widths. */
const trueDeadBand = 0.25;
const directions = ['forward', 'backward'] as const;
export const crossingLines = verticalLines([0.2, 0.35, 0.5, 0.65, 0.8]);

export function verticalLines(places: readonly number[]): LineShape[] {
  return places.map((x) => ({
    kind: 'line',
    id: shapeId(`x${Math.round(100 * x)}`),
    name: `x = ${x}`,
    line: { a: { x, y: 0 }, b: { x, y: 1 } },
  }));
}

/**
 * Compares the crossings of five vertical lines that the event engine counts on the tracks with those it counts on the
 * true boxes. Both look at the centre of the box.
 *
 * @param deadBand with which the crossings of the tracks are counted, in box widths
 */
export function crossingCounts(sequence: Sequence, tracks: Tracks, deadBand: number): CrossingCounts {
  return compareCrossings(
    crossingLines,
    trueCrossings(sequence, crossingLines, 'centre'),
    crossingsOf(tracks, sequence, deadBand, crossingLines, 'centre'),
  );
}

/** What the event engine counts on the true boxes. */
export const trueCrossings = (
  sequence: Sequence,
  shapes: readonly LineShape[],
  anchor: AnchorKind,
): TrackEvent[] => crossingsOf(trueTracks(sequence), sequence, trueDeadBand, shapes, anchor);

export function compareCrossings(
  shapes: readonly LineShape[],
  truth: readonly TrackEvent[],
  counted: readonly TrackEvent[],
): CrossingCounts {
  let matched = 0;
  let off = 0;
  for (const { id } of shapes)
    for (const direction of directions) {
      const here = (events: readonly TrackEvent[]) =>
        events.filter((e) => e.shape === id && e.direction === direction);
      const [a, b] = [here(truth), here(counted)];
      matched += matchedWithin(a, b);
      off += Math.abs(a.length - b.length);
    }
  return { truth: truth.length, counted: counted.length, matched, off };
}

export const sumCrossings = (parts: readonly CrossingCounts[]): CrossingCounts => ({
  truth: parts.reduce((sum, p) => sum + p.truth, 0),
  counted: parts.reduce((sum, p) => sum + p.counted, 0),
  matched: parts.reduce((sum, p) => sum + p.matched, 0),
  off: parts.reduce((sum, p) => sum + p.off, 0),
});

export const crossingF1 = ({ truth, counted, matched }: CrossingCounts): number =>
  (2 * matched) / (truth + counted);

/** How far the counts are off, as a share of the true crossings; misses and false ones of different lines do not cancel. */
export const countError = ({ truth, off }: CrossingCounts): number => off / truth;

export function crossingsOf(
  tracks: Tracks,
  sequence: Sequence,
  deadBand: number,
  shapes: readonly LineShape[],
  anchor: AnchorKind,
): TrackEvent[] {
  const options = { aspect: sequence.width / sequence.height, anchor, deadBand };
  const engine = createEventEngine(cameraId('bench'), shapes, options);
  return [...tracks].flatMap(([id, points]) =>
    engine.update({ trackId: trackId(id), label: 'person', points }),
  );
}

function trueTracks(sequence: Sequence): Tracks {
  const times = frameTimesMs(sequence);
  const tracks = new Map<string, TrackPoint[]>();
  sequence.truth.forEach((objects, frame) => {
    for (const { id, box } of objects) {
      const points = tracks.get(String(id)) ?? [];
      points.push({ timeMs: times[frame] ?? NaN, box, confidence: 1 });
      tracks.set(String(id), points);
    }
  });
  return tracks;
}

/** How many of the events can be paired, one to one, no farther apart in time than allowed. */
function matchedWithin(a: readonly TrackEvent[], b: readonly TrackEvent[]): number {
  const apart = a.flatMap((x) => b.map((y) => Math.abs(x.timeMs - y.timeMs)));
  const cost = Float64Array.from(apart, (ms) => (ms <= withinMs ? ms : Infinity));
  return assign(cost, a.length, b.length).length;
}
