import type { CameraId } from '../domain/ids.ts';
import type { Link, SeenTrack } from './contract.ts';
import { isTooFar } from './place.ts';

/** Two tracks of one camera may overlap by so much and be of one person still: a tracker notices late. */
const overlapMs = 500;

/** Whether two tracks of one camera were seen at the same time, so that they are of two people. */
export const areAtOnce = (a: SeenTrack, b: SeenTrack): boolean =>
  a.camera === b.camera && Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs) > overlapMs;

/** Tells whether one person can be in both tracks, by time and way alone. */
export type Feasibility = (earlier: SeenTrack, later: SeenTrack) => boolean;

/**
 * In one camera nobody is in two places, nor gets from one to another faster than anybody runs. From camera to camera somebody needs at least the shortest time of the links
 * between, over others if need be; without any link at all every way is thought possible, also views that overlap.
 *
 * The longest time of a link forbids nothing, as people linger where no camera looks.
 */
export function feasibilityOf(links: readonly Link[] | undefined): Feasibility {
  const fastest = links && fastestWays(links);
  return (earlier, later) => {
    const gapMs = later.fromMs - earlier.toMs;
    if (earlier.camera === later.camera) return gapMs >= -overlapMs && !isTooFar(earlier, later);
    if (!fastest) return true;
    const seconds = fastest.get(earlier.camera)?.get(later.camera);
    return seconds !== undefined && gapMs >= 1000 * seconds;
  };
}

/** The least seconds from each camera to each other that can be reached (Floyd 1962, "Algorithm 97"). */
function fastestWays(links: readonly Link[]): Map<CameraId, Map<CameraId, number>> {
  const cameras = [...new Set(links.flatMap(({ from, to }) => [from, to]))];
  const ways = new Map(cameras.map((camera) => [camera, new Map<CameraId, number>()]));
  const offer = (from: CameraId, to: CameraId, seconds: number) => {
    const known = ways.get(from)?.get(to) ?? Infinity;
    if (from !== to && seconds < known) ways.get(from)?.set(to, seconds);
  };
  for (const { from, to, minSeconds } of links) offer(from, to, minSeconds);
  for (const over of cameras) {
    for (const from of cameras) {
      for (const to of cameras) {
        const [first, second] = [ways.get(from)?.get(over), ways.get(over)?.get(to)];
        // Views that overlap save no time on the way over them.
        if (first !== undefined && second !== undefined)
          offer(from, to, Math.max(0, first) + Math.max(0, second));
      }
    }
  }
  return ways;
}
