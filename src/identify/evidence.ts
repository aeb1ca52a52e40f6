import type { Link, SeenTrack } from './contract.ts';
import type { Feasibility } from './feasibility.ts';
import { placeLogRatio } from './place.ts';
import { looksAmong, type Looks } from './trackLooks.ts';

/** What is known of each pair of n tracks, row by row; symmetrical. */
export interface Evidence {
  /** Logarithm of the likelihood ratio; −∞ where they cannot be one, NaN where nothing tells. */
  readonly logRatios: Float32Array;
  /** How many tracks the earlier one would have to be picked from. */
  readonly rivals: Float32Array;
}

/**
 * @param tracks in order of their first sighting
 * @param links ways on which somebody who left one camera is expected in another
 */
export function evidenceOf(
  tracks: readonly SeenTrack[],
  isFeasible: Feasibility,
  links: readonly Link[],
  looks: Looks = looksAmong(tracks),
): Evidence {
  const n = tracks.length;
  const logRatios = new Float32Array(n * n);
  const rivals = new Float32Array(n * n);
  tracks.forEach((later, j) => {
    const before = tracks.slice(0, j);
    const possible = before.map((earlier) => earlier.label === later.label && isFeasible(earlier, later));
    const counts = rivalCounts(
      before.filter((_, i) => possible[i]),
      later,
      links,
    );
    before.forEach((earlier, i) => {
      const logRatio = possible[i] ? logRatioOfPair(earlier, later, looks) : -Infinity;
      logRatios[i * n + j] = logRatios[j * n + i] = logRatio;
      rivals[i * n + j] = rivals[j * n + i] = counts.get(earlier) ?? NaN;
    });
  });
  return { logRatios, rivals };
}

function logRatioOfPair(earlier: SeenTrack, later: SeenTrack, looks: Looks): number {
  const logRatio = looks(earlier, later);
  return logRatio === undefined ? NaN : logRatio + placeLogRatio(earlier, later);
}

/**
 * How many tracks each earlier one competes with, itself included, when the later one is looked for: all that were seen
 * last no earlier than it. Within the time that a link gives, or in one camera, those of its own camera count; else those
 * of all cameras. So the longer ago and the busier the scene, the more alike two tracks must look.
 */
function rivalCounts(
  earlier: readonly SeenTrack[],
  later: SeenTrack,
  links: readonly Link[],
): Map<SeenTrack, number> {
  const latestFirst = earlier.toSorted((a, b) => b.toMs - a.toMs);
  const seen = new Map<string, number>();
  const counts = latestFirst.map((track, i): [SeenTrack, number] => {
    const ofCamera = (seen.get(track.camera) ?? 0) + 1;
    seen.set(track.camera, ofCamera);
    return [track, isExpected(track, later, links) ? ofCamera : i + 1];
  });
  return new Map(counts);
}

function isExpected(earlier: SeenTrack, later: SeenTrack, links: readonly Link[]): boolean {
  if (earlier.camera === later.camera) return true;
  const seconds = (later.fromMs - earlier.toMs) / 1000;
  return links.some(
    (link) =>
      link.from === earlier.camera &&
      link.to === later.camera &&
      link.minSeconds <= seconds &&
      seconds <= link.maxSeconds,
  );
}
