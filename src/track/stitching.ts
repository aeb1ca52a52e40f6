import { boxHeight, boxWidth } from '../domain/box.ts';
import { assign } from './assignment.ts';
import type { LiveTrack } from './liveTrack.ts';

/** How far off its predicted place a track may begin anew, in sizes of its box … */
const farthest = 1;
/** … and the least ratio of the smaller to the greater height. */
const minHeightRatio = 0.7;

/** A lost track and the new one that continues it. */
export interface Stitch {
  readonly lost: LiveTrack;
  readonly fragment: LiveTrack;
}

/**
 * Finds the lost tracks that go on as new ones. A detection alone is matched to a lost track only where their boxes
 * overlap; a new track is worth more than one detection, and so may begin farther from where the lost one was going. Of
 * several that fit, those are paired that lie nearest in total.
 *
 * @param fragments tracks about to be confirmed
 * @param sameKind whether a track of one label may go on as one of another
 */
export function stitches(
  lost: readonly LiveTrack[],
  fragments: readonly LiveTrack[],
  sameKind: (a: string, b: string) => boolean,
): Stitch[] {
  const cost = new Float64Array(lost.length * fragments.length);
  let cell = 0;
  for (const track of lost) {
    for (const fragment of fragments)
      cost[cell++] = sameKind(track.label, fragment.label) ? misfit(track, fragment) : Infinity;
  }
  return assign(cost, lost.length, fragments.length).flatMap(({ row, column }) => {
    const [track, fragment] = [lost[row], fragments[column]];
    return track && fragment ? [{ lost: track, fragment }] : [];
  });
}

/** How far off the predicted place the fragment begins, in sizes of its box; `Infinity` when it does not fit. */
function misfit(track: LiveTrack, fragment: LiveTrack): number {
  if (fragment.firstSeenMs <= track.lastSeenMs) return Infinity;
  const seen = fragment.firstBox;
  const [width, height, lastHeight] = [boxWidth(seen), boxHeight(seen), boxHeight(track.lastBox)];
  if (Math.min(height, lastHeight) < minHeightRatio * Math.max(height, lastHeight)) return Infinity;
  const predicted = track.boxAfterSighting(fragment.firstSeenMs);
  const x = (predicted.x1 + predicted.x2 - seen.x1 - seen.x2) / 2 / width;
  const y = (predicted.y1 + predicted.y2 - seen.y1 - seen.y2) / 2 / height;
  const distance = Math.hypot(x, y);
  return distance <= farthest ? distance : Infinity;
}
