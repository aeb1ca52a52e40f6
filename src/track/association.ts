import type { Box } from '../domain/box.ts';
import { boxHeight, boxWidth } from '../domain/box.ts';
import type { Detection } from '../domain/detection.ts';
import { assign } from './assignment.ts';
import type { LiveTrack } from './liveTrack.ts';
import { momentumOf } from './momentum.ts';

/** A detection of the current frame and, once found, its track. */
export interface Sight {
  readonly detection: Detection;
  /** From this confidence on, 0–1, detections of its label are sure: strong, and may start a track. */
  readonly sureFrom: number;
  track: LiveTrack | undefined;
}

/**
 * Share of its size by which a box grows on each side before boxes are compared: at rest, per second unseen, at most. How
 * fast a tentative track moves is hardly known yet, and at low frame rates it has gone far by its next frame.
 */
const buffer = { atRest: 0.06, perSecond: { tentative: 1, confirmed: 0.3 }, most: 0.5 } as const;

/** The least similarities of the tracker are for detectors that are sure from here on or from more, 0–1. */
const usuallySureFrom = 0.4;

/** What a pair of a track and a sight costs, less for a better one; `Infinity` where they must not be paired. */
export type PairCost = (track: LiveTrack, sight: Sight, timeMs: number) => number;

/** Pairs the tracks and sights that have no partner in this frame, for the least total cost, and corrects the tracks. */
export function match(
  candidates: readonly LiveTrack[],
  sights: readonly Sight[],
  timeMs: number,
  costOf: PairCost,
): void {
  const tracks = candidates.filter((track) => track.missedFrames > 0);
  const free = sights.filter((sight) => !sight.track);
  if (tracks.length === 0 || free.length === 0) return;
  const cost = new Float64Array(tracks.length * free.length);
  let cell = 0;
  for (const track of tracks) for (const sight of free) cost[cell++] = costOf(track, sight, timeMs);
  for (const { row, column } of assign(cost, tracks.length, free.length)) {
    const track = tracks[row];
    const sight = free[column];
    if (!track || !sight) continue;
    track.correct(sight.detection, timeMs, isSure(sight));
    sight.track = track;
  }
}

/**
 * Pairs by how much the boxes overlap.
 *
 * @param minSimilarity 0–1, of boxes that may be paired
 * @param sameKind whether a track of one label may take a detection of another
 */
export const byOverlap =
  (minSimilarity: number, sameKind: (a: string, b: string) => boolean): PairCost =>
  (track, sight, timeMs) => {
    if (!sameKind(track.label, sight.detection.label)) return Infinity;
    const perSecond = buffer.perSecond[track.id === undefined ? 'tentative' : 'confirmed'];
    const unseenS = (timeMs - track.lastSeenMs) / 1000;
    const grow = Math.min(buffer.most, buffer.atRest + perSecond * unseenS);
    const similarity = similarityOf(track.box, sight, grow);
    return similarity >= minSimilarity ? 1 - similarity - momentumOf(track, sight.detection) : Infinity;
  };

/**
 * How much the detection looks like the believed box, 0–1: their buffered IoU, less for different heights (as Hybrid-SORT,
 * Yang et al., arXiv 2308.00783) and less for weak detections (as ByteTrack's code fuses the score, here by its root).
 */
function similarityOf(believed: Box, { detection, sureFrom }: Sight, grow: number): number {
  const { box, confidence } = detection;
  const overlap = bufferedIou(believed, box, grow);
  if (overlap === 0) return 0;
  const a = boxHeight(believed);
  const b = boxHeight(box);
  return overlap * (Math.min(a, b) / Math.max(a, b)) * Math.sqrt(weightOf(confidence, sureFrom));
}

/** Of labels that are sure from less than is usual the confidences count in proportion, or nothing would be like them. */
const weightOf = (confidence: number, sureFrom: number): number =>
  sureFrom >= usuallySureFrom ? confidence : Math.min(1, (confidence * usuallySureFrom) / sureFrom);

export const isSure = ({ detection, sureFrom }: Sight): boolean => detection.confidence >= sureFrom;

/**
 * Intersection over union of two boxes after each grew by the share `grow` of its width and height on every side, so that
 * boxes that just miss each other still compare (Yang et al., "Hard to track objects with irregular motions and similar
 * appearances? Make it easier by buffering the matching space", arXiv 2211.14317), 0–1.
 */
export function bufferedIou(a: Box, b: Box, grow: number): number {
  const aw = boxWidth(a);
  const ah = boxHeight(a);
  const bw = boxWidth(b);
  const bh = boxHeight(b);
  const width = Math.min(a.x2 + grow * aw, b.x2 + grow * bw) - Math.max(a.x1 - grow * aw, b.x1 - grow * bw);
  const height = Math.min(a.y2 + grow * ah, b.y2 + grow * bh) - Math.max(a.y1 - grow * ah, b.y1 - grow * bh);
  if (width <= 0 || height <= 0) return 0;
  const grown = (1 + 2 * grow) ** 2;
  return (width * height) / (grown * (aw * ah + bw * bh) - width * height);
}
