import type { TrackId } from '../domain/ids.ts';
import type { Correction, Identities, Identity, Link, SeenTrack } from './contract.ts';
import { calibratedDescriptors } from './calibration.ts';
import { rulingOf } from './corrections.ts';
import { feasibilityOf } from './feasibility.ts';

export interface Knowledge {
  readonly tracks: ReadonlyMap<TrackId, SeenTrack>;
  /** All ways between the cameras; undefined where they are not known. */
  readonly links?: readonly Link[] | undefined;
  /** Oldest first. */
  readonly corrections?: readonly Correction[];
}

/**
 * A number of people that the identities are at least: so many of them that no two may be one. Two may be where that is a
 * doubt, or where they have no looks to compare; but not if they were in two places at once, or a user told them apart.
 */
export function fewestPeople(
  { identities, doubts }: Identities,
  { tracks, links, corrections = [] }: Knowledge,
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
    (![...a.descriptors].some((descriptor) => b.descriptors.has(descriptor)) &&
      a.tracks.every((one) => b.tracks.every((other) => mayBeOneTrack(one, other))));
  // Who can be told from most others first: the more of them are found.
  const people = identities
    .map((identity) => personOf(identity, tracks))
    .toSorted(
      (a, b) =>
        Number(b.descriptors.size > 0) - Number(a.descriptors.size > 0) ||
        (doubted.get(a.id)?.size ?? 0) - (doubted.get(b.id)?.size ?? 0),
    );
  const different: Person[] = [];
  for (const person of people)
    if (!different.some((other) => mayBeOne(person, other))) different.push(person);
  return different.length;
}

interface Person {
  readonly id: TrackId;
  readonly tracks: readonly SeenTrack[];
  /** By which its looks can be compared. */
  readonly descriptors: ReadonlySet<string>;
}

function personOf({ id, trackIds }: Identity, known: ReadonlyMap<TrackId, SeenTrack>): Person {
  const tracks = trackIds.flatMap((track) => known.get(track) ?? []);
  const all = tracks.flatMap(({ appearances }) => appearances.map(({ descriptor }) => descriptor));
  return { id, tracks, descriptors: new Set(all.filter((one) => calibratedDescriptors.includes(one))) };
}
