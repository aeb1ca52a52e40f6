import { boxArea, boxHeight, boxWidth, iou, type Box } from '../domain/box.ts';
import type { LineDirection } from '../domain/event.ts';
import type { TrackId } from '../domain/ids.ts';
import { medianOf } from '../domain/quantiles.ts';

/** A counted event of a track, with what is needed to compare it with others. */
export interface CountedPassage {
  readonly trackId: TrackId;
  readonly label: string;
  /** UTC ms of the event. */
  readonly timeMs: number;
  readonly direction?: LineDirection | undefined;
  /** UTC ms of the track's first and last sighting, and where that was. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly firstBox: Box;
  readonly lastBox: Box;
}

/** A box at a moment, UTC ms. */
export interface BoxAtTime {
  readonly timeMs: number;
  readonly box: Box;
}

/** Two counted events that may be of one object. */
export interface DoubtfulPair {
  readonly a: CountedPassage;
  readonly b: CountedPassage;
  readonly because:
    | {
        /** Both tracks lie on the same place at the same moments. */
        readonly kind: 'overlap';
        /** Median intersection over union at the moments that both were seen, 0–1. */
        readonly overlap: number;
        readonly moments: number;
      }
    | {
        /** The track of `b` starts where that of `a` ended. */
        readonly kind: 'continues';
        /** Below 0: `a` was still seen when `b` began. */
        readonly afterMs: number;
        /** Between the middles of the boxes, in their mean size. */
        readonly apart: number;
      };
}

/** The events of one object that has two tracks at once are counted within this time. */
const togetherMs = 1_500;
/** So far around the events boxes are compared. */
const comparedMs = 5_000;
/** Two objects of different classes seldom cover each other so much for long. */
const leastOverlap = 0.5;
/** People who walk abreast overlap, too: two of one class have to cover each other nearly. */
const leastOverlapOfOneClass = 0.7;
/** A tracker takes up again within this time what it lost. */
const resumedMs = 3_000;
/** A new track may start a little before the tracker gives up the old one. */
const overlappingMs = 500;
/** In mean sizes of the two boxes: who is lost for longer may have gone farther. */
const apartAtOnce = 0.75;
const apartPerSecond = 0.5;
/** Nearer to an edge of the picture a box is cut off by it. */
const edgeNorm = 0.01;
/** The smaller box has at least this share of the larger one's area. */
const leastAlikeArea = 0.5;

/**
 * Finds pairs of counted events that may be of one object: its two tracks overlap at the same moments, or one track
 * starts where the other ended. The surest come first: overlaps before continuations, then the closest.
 *
 * @param passages of one camera and one line or zone, all events of one type
 * @param boxesOf boxes of a track within fromMs ≤ time < toMs
 */
export function doubtfulPairs(
  passages: readonly CountedPassage[],
  boxesOf: (track: TrackId, fromMs: number, toMs: number) => readonly BoxAtTime[],
): DoubtfulPair[] {
  const inOrder = passages.toSorted((a, b) => a.timeMs - b.timeMs);
  const pairs = [...overlapping(inOrder, boxesOf), ...continuing(inOrder)];
  const found = new Map<string, DoubtfulPair>();
  for (const pair of pairs.toSorted(surestFirst)) {
    const key = [pair.a, pair.b]
      .map(({ trackId, timeMs }) => `${trackId} ${timeMs}`)
      .toSorted()
      .join(' ');
    if (!found.has(key)) found.set(key, pair);
  }
  return [...found.values()];
}

/** How many events would be counted if the events of each pair were one. */
export function leastCount(count: number, pairs: readonly DoubtfulPair[]): number {
  const groupOf = new Map<CountedPassage, CountedPassage>();
  const rootOf = (one: CountedPassage): CountedPassage => {
    const next = groupOf.get(one);
    return next === undefined ? one : rootOf(next);
  };
  let joined = 0;
  for (const { a, b } of pairs) {
    const [one, other] = [rootOf(a), rootOf(b)];
    if (one === other) continue;
    groupOf.set(one, other);
    joined++;
  }
  return count - joined;
}

function surestFirst({ because: one, a }: DoubtfulPair, { because: other, a: otherA }: DoubtfulPair): number {
  if (one.kind === 'overlap' && other.kind === 'overlap') return other.overlap - one.overlap;
  if (one.kind === 'continues' && other.kind === 'continues') return one.apart - other.apart;
  if (one.kind !== other.kind) return one.kind === 'overlap' ? -1 : 1;
  return a.timeMs - otherA.timeMs;
}

function* overlapping(
  inOrder: readonly CountedPassage[],
  boxesOf: (track: TrackId, fromMs: number, toMs: number) => readonly BoxAtTime[],
): Generator<DoubtfulPair> {
  for (const [n, a] of inOrder.entries()) {
    for (let m = n + 1; m < inOrder.length; m++) {
      const b = inOrder[m];
      if (!b || b.timeMs - a.timeMs > togetherMs) break;
      if (a.trackId === b.trackId || a.direction !== b.direction) continue;
      const fromMs = a.timeMs - comparedMs;
      const toMs = b.timeMs + comparedMs;
      const overlaps = overlapsOf(boxesOf(a.trackId, fromMs, toMs), boxesOf(b.trackId, fromMs, toMs));
      if (overlaps.length === 0) continue;
      const overlap = medianOf(overlaps.toSorted((one, other) => one - other));
      if (overlap < (a.label === b.label ? leastOverlapOfOneClass : leastOverlap)) continue;
      yield { a, b, because: { kind: 'overlap', overlap, moments: overlaps.length } };
    }
  }
}

/** At each moment that both were seen. */
function overlapsOf(a: readonly BoxAtTime[], b: readonly BoxAtTime[]): number[] {
  const boxAt = new Map(b.map(({ timeMs, box }) => [timeMs, box]));
  return a.flatMap(({ timeMs, box }) => {
    const other = boxAt.get(timeMs);
    return other ? [iou(box, other)] : [];
  });
}

/** Of a track with several events the last is compared with the first of the track that goes on: what is between was counted once. */
function* continuing(inOrder: readonly CountedPassage[]): Generator<DoubtfulPair> {
  const lastOf = new Map(inOrder.map((passage) => [passage.trackId, passage]));
  const firstOf = new Map(inOrder.toReversed().map((passage) => [passage.trackId, passage]));
  const byBeginning = [...firstOf.values()].sort((a, b) => a.firstMs - b.firstMs);
  for (const a of lastOf.values()) {
    for (let n = firstFrom(byBeginning, a.lastMs - overlappingMs); n < byBeginning.length; n++) {
      const b = byBeginning[n];
      if (!b || b.firstMs - a.lastMs > resumedMs) break;
      if (a.trackId === b.trackId || a.direction !== b.direction || b.lastMs <= a.lastMs) continue;
      const afterMs = b.firstMs - a.lastMs;
      const apart = apartOf(a.lastBox, b.firstBox);
      if (apart > apartAtOnce + (apartPerSecond * Math.max(0, afterMs)) / 1000) continue;
      if (!areAlikeInSize(a.lastBox, b.firstBox) || isGoneAndCome(a.lastBox, b.firstBox)) continue;
      yield { a, b, because: { kind: 'continues', afterMs, apart } };
    }
  }
}

/** The index of the first that begins at that time or later. */
function firstFrom(byBeginning: readonly CountedPassage[], timeMs: number): number {
  let [low, high] = [0, byBeginning.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((byBeginning[middle]?.firstMs ?? Infinity) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function apartOf(a: Box, b: Box): number {
  const x = (a.x1 + a.x2 - b.x1 - b.x2) / (boxWidth(a) + boxWidth(b));
  const y = (a.y1 + a.y2 - b.y1 - b.y2) / (boxHeight(a) + boxHeight(b));
  return Math.hypot(x, y);
}

/**
 * Whether one left the picture where the other came in: that is two passages, also of one object. Not at the lower edge,
 * which cuts off the feet of people who stay.
 */
const isGoneAndCome = (a: Box, b: Box): boolean =>
  (a.x1 <= edgeNorm && b.x1 <= edgeNorm) ||
  (a.x2 >= 1 - edgeNorm && b.x2 >= 1 - edgeNorm) ||
  (a.y1 <= edgeNorm && b.y1 <= edgeNorm);

function areAlikeInSize(a: Box, b: Box): boolean {
  const [one, other] = [boxArea(a), boxArea(b)];
  return Math.min(one, other) >= leastAlikeArea * Math.max(one, other);
}
