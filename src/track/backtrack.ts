import { boxHeight } from '../domain/box.ts';
import type { TrackPoint } from '../domain/track.ts';
import { bufferedIou, type Sight } from './association.ts';
import { BoxFilter } from './boxFilter.ts';
import type { LiveTrack } from './liveTrack.ts';

/** How far back detections without a track are kept, ms. */
const keptMs = 2000;
/** A track is followed back over frames in which it was not detected for so long, and over one frame always, ms. */
const unseenMs = 250;
/** The least similarity of a detection to where the track was before, 0–1, and how much boxes grow to be compared. */
const minSimilarity = 0.55;
const grow = 0.1;

/** The detections of the latest frames. */
export class RecentSights {
  #frames: { readonly timeMs: number; readonly sights: readonly Sight[] }[] = [];

  /** @param sights usable ones of one frame, weak ones too */
  add(timeMs: number, sights: readonly Sight[]): void {
    this.#frames.push({ timeMs, sights });
    while ((this.#frames[0]?.timeMs ?? timeMs) < timeMs - keptMs) this.#frames.shift();
  }

  /**
   * Follows a track from its first sighting back in time, through detections that no track has: before it was confirmed,
   * an object is often seen, but too weakly or too seldom. They become the track's.
   *
   * @param isFree whether the detection belongs to no track that lives
   * @param afterMs how far back at most, UTC ms
   * @returns what was found, oldest first
   */
  before(
    track: LiveTrack,
    points: readonly TrackPoint[],
    isFree: (sight: Sight) => boolean,
    afterMs: number,
  ): TrackPoint[] {
    const [first] = points;
    if (!first) return [];
    const filter = filterBackwards(points);
    const found: TrackPoint[] = [];
    let atMs = first.timeMs;
    let seenMs = first.timeMs;
    let missed = 0;
    for (const { timeMs, sights } of this.#frames.toReversed()) {
      if (timeMs >= first.timeMs) continue;
      if (timeMs <= afterMs || (missed > 1 && seenMs - timeMs > unseenMs)) break;
      filter.predict((atMs - timeMs) / 1000);
      atMs = timeMs;
      const sight = mostAlike(sights.filter(isFree), filter);
      missed = sight ? 0 : missed + 1;
      if (!sight) continue;
      const { box, confidence } = sight.detection;
      filter.correct(box);
      sight.track = track;
      seenMs = timeMs;
      found.push({ timeMs, box, confidence });
    }
    return found.reverse();
  }
}

/** Believes where the track came from, by its points taken in reverse. */
function filterBackwards(points: readonly TrackPoint[]): BoxFilter {
  const [last, ...earlier] = points.toReversed();
  if (!last) throw new Error('a track has points');
  const filter = new BoxFilter(last.box);
  let atMs = last.timeMs;
  for (const { timeMs, box } of earlier) {
    filter.predict((atMs - timeMs) / 1000);
    filter.correct(box);
    atMs = timeMs;
  }
  return filter;
}

function mostAlike(sights: readonly Sight[], { box: believed }: BoxFilter): Sight | undefined {
  let best: Sight | undefined;
  let most = minSimilarity;
  const height = boxHeight(believed);
  for (const sight of sights) {
    const { box } = sight.detection;
    const other = boxHeight(box);
    const similarity = (bufferedIou(believed, box, grow) * Math.min(height, other)) / Math.max(height, other);
    if (similarity >= most) [best, most] = [sight, similarity];
  }
  return best;
}
