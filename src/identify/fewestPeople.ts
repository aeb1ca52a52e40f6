import type { TrackId } from '../domain/ids.ts';
import type { Correction, Identities, Identity, Link, SeenTrack } from './contract.ts';
import { rulingOf } from './corrections.ts';
import { feasibilityOf } from './feasibility.ts';
import { isPoor } from './quality.ts';
import { looksAmong, type Looks } from './trackLooks.ts';

export interface Knowledge {
  readonly tracks: ReadonlyMap<TrackId, SeenTrack>;
  /** All ways between the cameras; undefined where they are not known. */
  readonly links?: readonly Link[] | undefined;
  /** Oldest first. */
  readonly corrections?: readonly Correction[];
  /** How alike two tracks look; absent: they are compared again. */
  readonly looks?: Looks;
}

/** Two are certainly different from looks that are so many times as likely of two people as of one. */
const certain = Math.log(9);

/**
 * A number of people that the identities are at least: so many of them that no two may be one. Two may be unless they were
 * in two places at once, a user told them apart, or they look certainly different. That is asked of looks alone: in a crowd
 * any two are unlikely to be one, and yet many are. Who was never seen well does not count, unless nobody was.
 */
export function fewestPeople(
  { identities, doubts }: Identities,
  { tracks, links, corrections = [], looks = looksAmong([...tracks.values()]) }: Knowledge,
): number {
  const isFeasible = feasibilityOf(links);
  const { apart } = rulingOf(corrections);
  const doubted = new Map<TrackId, Set<TrackId>>(identities.map(({ id }) => [id, new Set()]));
  for (const { a, b } of doubts) {
    doubted.get(a)?.add(b);
    doubted.get(b)?.add(a);
  }
  const areApart = (a: TrackId, b: TrackId) =>
    apart.some(([some, others]) => (some.has(a) && others.has(b)) || (some.has(b) && others.has(a)));
  const mayBeOneTrack = (a: SeenTrack, b: SeenTrack) =>
    a.label === b.label &&
    (a.fromMs <= b.fromMs ? isFeasible(a, b) : isFeasible(b, a)) &&
    !areApart(a.trackId, b.trackId);
  const mayBeOne = (a: Person, b: Person) =>
    doubted.get(a.id)?.has(b.id) === true ||
    (a.tracks.every((one) => b.tracks.every((other) => mayBeOneTrack(one, other))) &&
      !lookDifferent(a, b, looks));
  const people = identities
    .map((identity) => personOf(identity, tracks))
    // What was never seen well may be no person at all, or a second track of one.
    .filter((person, _, all) => !isPoorlySeen(person) || all.every(isPoorlySeen));
  const possible = new Map(
    people.map((one) => [one, people.filter((other) => other !== one && mayBeOne(one, other)).length]),
  );
  // Who can be told from most others first: the more of them are found.
  people.sort((a, b) => (possible.get(a) ?? 0) - (possible.get(b) ?? 0));
  const different: Person[] = [];
  for (const person of people)
    if (!different.some((other) => mayBeOne(person, other))) different.push(person);
  return different.length;
}

interface Person {
  readonly id: TrackId;
  readonly tracks: readonly SeenTrack[];
}

const personOf = ({ id, trackIds }: Identity, known: ReadonlyMap<TrackId, SeenTrack>): Person => ({
  id,
  tracks: trackIds.flatMap((track) => known.get(track) ?? []),
});

const isPoorlySeen = ({ tracks }: Person): boolean => {
  const appearances = tracks.flatMap((track) => track.appearances);
  return appearances.length > 0 && appearances.every(isPoor);
};

/** By the mean over their tracks, as they are joined by. */
function lookDifferent(a: Person, b: Person, looks: Looks): boolean {
  let [sum, count] = [0, 0];
  for (const one of a.tracks) {
    for (const other of b.tracks) {
      const logRatio = one.fromMs <= other.fromMs ? looks(one, other) : looks(other, one);
      if (logRatio === undefined) continue;
      sum += logRatio;
      count++;
    }
  }
  return count > 0 && sum / count <= -certain;
}
