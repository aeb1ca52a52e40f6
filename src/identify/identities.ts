import type { TrackId } from '../domain/ids.ts';
import type { Correction, Doubt, Hop, Identities, Identity, Link, SeenTrack } from './contract.ts';
import { rulingOf, type Ruling } from './corrections.ts';
import { evidenceOf } from './evidence.ts';
import { feasibilityOf } from './feasibility.ts';
import { joinGroups, type Joined, type Merge } from './joinGroups.ts';
import type { Looks } from './trackLooks.ts';

export interface IdentityOptions {
  /** All ways between the cameras; undefined where they are not known. */
  readonly links?: readonly Link[] | undefined;
  /** Ways that were learnt: they say where somebody is looked for first, and forbid nothing. Ignored beside `links`. */
  readonly learnt?: readonly Link[] | undefined;
  /** Oldest first. */
  readonly corrections?: readonly Correction[];
  /** How alike two tracks look; absent: they are compared anew. */
  readonly looks?: Looks;
}

/** Two identities are one from this probability on; from `worthTelling` to it, it cannot be told. */
const sure = 0.9;
const worthTelling = 0.1;

/**
 * Who is who: groups tracks into identities by what they look like, when and where they were seen, and what users said.
 * Pure, and the same for the same tracks in any order.
 */
export function identitiesOf(
  given: readonly SeenTrack[],
  { links, learnt, corrections = [], looks }: IdentityOptions = {},
): Identities {
  const tracks = given.toSorted((a, b) => a.fromMs - b.fromMs || compareText(a.trackId, b.trackId));
  const ruling = rulingOf(corrections);
  const { logRatios, rivals } = evidenceOf(tracks, feasibilityOf(links), links ?? learnt ?? [], looks);
  forbid(logRatios, tracks, ruling);
  const joined = joinGroups(startingGroups(tracks, ruling), { logRatios, rivals }, { sure, worthTelling });
  return {
    identities: joined.groups.map((group) => identityOf(group, joined.merges, tracks)),
    doubts: doubtsOf(joined, tracks),
  };
}

function forbid(logRatios: Float32Array, tracks: readonly SeenTrack[], { apart }: Ruling): void {
  const indexOf = new Map(tracks.map(({ trackId }, index) => [trackId, index]));
  const indexesOf = (ids: ReadonlySet<TrackId>) => [...ids].flatMap((id) => indexOf.get(id) ?? []);
  for (const [some, others] of apart) {
    for (const i of indexesOf(some)) {
      for (const j of indexesOf(others))
        logRatios[i * tracks.length + j] = logRatios[j * tracks.length + i] = -Infinity;
    }
  }
}

/** The tracks that users said are one, and each other track alone. */
function startingGroups(tracks: readonly SeenTrack[], ruling: Ruling): number[][] {
  const indexOf = new Map(tracks.map(({ trackId }, index) => [trackId, index]));
  const groups = tracks.map(({ trackId }) =>
    [...ruling.together(trackId)].flatMap((id) => indexOf.get(id) ?? []).toSorted((a, b) => a - b),
  );
  return groups.filter((group, index) => group[0] === index);
}

function identityOf(
  group: readonly number[],
  merges: readonly Merge[],
  tracks: readonly SeenTrack[],
): Identity {
  const of = group.flatMap((index) => tracks[index] ?? []);
  const [first] = of;
  if (!first) throw new Error('an identity has a track');
  const hops = group.slice(1).flatMap((to, i) => hopOf(group[i] ?? to, to, merges, tracks) ?? []);
  return { id: first.trackId, label: first.label, trackIds: of.map(({ trackId }) => trackId), hops };
}

/** The step that brought two tracks together tells how likely they are one. */
function hopOf(
  from: number,
  to: number,
  merges: readonly Merge[],
  tracks: readonly SeenTrack[],
): Hop | undefined {
  const [a, b] = [tracks[from], tracks[to]];
  if (!a || !b) return undefined;
  const merge = merges.find(({ a: one, b: other }) =>
    one.includes(from) ? other.includes(to) : one.includes(to) && other.includes(from),
  );
  const ids = { from: a.trackId, to: b.trackId };
  return merge
    ? { ...ids, probability: merge.probability, because: 'appearance' }
    : { ...ids, probability: 1, because: 'correction' };
}

function doubtsOf({ groups, doubts }: Joined, tracks: readonly SeenTrack[]): Doubt[] {
  const idOf = (group: number): TrackId | undefined => tracks[groups[group]?.[0] ?? -1]?.trackId;
  return doubts.flatMap(({ a, b, probability }) => {
    const [idA, idB] = [idOf(a), idOf(b)];
    return idA !== undefined && idB !== undefined ? [{ a: idA, b: idB, probability }] : [];
  });
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
