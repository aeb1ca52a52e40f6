import type { Box } from '../domain/box.ts';
import { boxHeight, boxWidth } from '../domain/box.ts';
import type { PairCost } from './association.ts';
import type { LiveTrack } from './liveTrack.ts';

/** How far a track may be from where it is predicted, in sizes of its box per second since it was last seen … */
const sizesPerSecond = { unknownSpeed: 16, knownSpeed: 3 } as const;
/** … and at most: farther away, another object of that size fits in between. */
const mostSizes = { unknownSpeed: 2.5, knownSpeed: 1.5 } as const;
/** The least ratio of the smaller to the greater of two widths, and of two heights. */
const minRatio = 0.6;

/**
 * Pairs by distance, for objects that moved so far since the frame before that their boxes no longer overlap: fast ones,
 * and all at low frame rates. How far is too far grows with time, so that at usual rates this adds nothing to the overlap.
 * A track seen once has no speed yet, so it may have gone anywhere within reach; one seen more often has to be near
 * its predicted place.
 *
 * @param sameKind whether a track of one label may take a detection of another
 */
export const byReach =
  (sameKind: (a: string, b: string) => boolean): PairCost =>
  (track, { detection }, timeMs) => {
    if (!sameKind(track.label, detection.label) || !isAlike(track.lastBox, detection.box)) return Infinity;
    const reach = reachOf(track, timeMs);
    const distance = distanceInSizes(track.box, detection.box);
    return distance <= reach ? distance / reach : Infinity;
  };

function reachOf(track: LiveTrack, timeMs: number): number {
  const speed = track.sightings === 1 ? 'unknownSpeed' : 'knownSpeed';
  const unseenS = (timeMs - track.lastSeenMs) / 1000;
  return Math.min(mostSizes[speed], sizesPerSecond[speed] * unseenS);
}

/** Between the centres, in sizes of the first box: the square root of its area. */
function distanceInSizes(a: Box, b: Box): number {
  const x = (b.x1 + b.x2 - a.x1 - a.x2) / 2;
  const y = (b.y1 + b.y2 - a.y1 - a.y2) / 2;
  return Math.hypot(x, y) / Math.sqrt(boxWidth(a) * boxHeight(a));
}

function isAlike(a: Box, b: Box): boolean {
  const [widthA, widthB, heightA, heightB] = [boxWidth(a), boxWidth(b), boxHeight(a), boxHeight(b)];
  return (
    Math.min(widthA, widthB) >= minRatio * Math.max(widthA, widthB) &&
    Math.min(heightA, heightB) >= minRatio * Math.max(heightA, heightB)
  );
}
