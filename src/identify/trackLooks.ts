import type { CameraId } from '../domain/ids.ts';
import { logRatioOf, strangersOf, type Strangers } from './calibration.ts';
import { compareTracks } from './compareTracks.ts';
import type { SeenTrack } from './contract.ts';
import { areAtOnce } from './feasibility.ts';

/** Natural logarithm of the likelihood ratio by looks alone; undefined where they tell nothing. */
export type Looks = (earlier: SeenTrack, later: SeenTrack) => number | undefined;

/** Pairs of strangers that are compared for each camera and descriptor: more would tell no more. */
const mostPairs = 300;

/**
 * Compares the tracks by what they look like, each two once. What their similarity means is told by those that were seen at
 * once in a camera, and so are different people: where these look alike, it takes more to be one.
 *
 * @param tracks all that are compared with one another
 */
export function looksAmong(tracks: readonly SeenTrack[]): Looks {
  const numberOf = new Map(tracks.map((track, n) => [track, n]));
  const known = new Map<number, number | undefined>();
  const strangers = strangersByCamera(tracks);
  return (earlier, later) => {
    const pair = (numberOf.get(earlier) ?? NaN) * tracks.length + (numberOf.get(later) ?? NaN);
    if (!known.has(pair)) known.set(pair, logRatio(earlier, later, strangers));
    return known.get(pair);
  };
}

type StrangersOf = (camera: CameraId, label: string, descriptor: string) => Strangers | undefined;

function logRatio(a: SeenTrack, b: SeenTrack, strangersIn: StrangersOf): number | undefined {
  const comparison = compareTracks(a.appearances, b.appearances);
  if (!comparison) return undefined;
  const { descriptor, similarity, isPoor } = comparison;
  const places = [a, b].map(({ camera, label }) => strangersIn(camera, label, descriptor));
  // From one camera to another strangers look less alike than within each, but as little is known as of the less known.
  const strangers = {
    shift: places.reduce((sum, one) => sum + (one?.shift ?? 0), 0) / places.length,
    uncertainty: Math.max(...places.map((one) => one?.uncertainty ?? Infinity)),
  };
  return logRatioOf(descriptor, similarity, strangers, isPoor);
}

interface Compared {
  readonly similarities: number[];
  readonly tracks: Set<SeenTrack>;
}

function strangersByCamera(tracks: readonly SeenTrack[]): StrangersOf {
  const compared = new Map<string, Compared>();
  const inOrder = tracks.toSorted((a, b) => a.fromMs - b.fromMs);
  for (const [i, later] of inOrder.entries()) {
    for (const earlier of inOrder.slice(Math.max(0, i - 20), i)) {
      if (earlier.label !== later.label || !areAtOnce(earlier, later)) continue;
      const comparison = compareTracks(earlier.appearances, later.appearances);
      if (!comparison || comparison.isPoor) continue;
      const key = `${later.camera} ${later.label} ${comparison.descriptor}`;
      const of = compared.get(key) ?? { similarities: [], tracks: new Set() };
      compared.set(key, of);
      if (of.similarities.length >= mostPairs) continue;
      of.similarities.push(comparison.similarity);
      of.tracks.add(earlier).add(later);
    }
  }
  return (camera, label, descriptor) => {
    const of = compared.get(`${camera} ${label} ${descriptor}`);
    return strangersOf(descriptor, of?.similarities ?? [], of?.tracks.size ?? 0);
  };
}
