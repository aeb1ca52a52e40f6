import type { TrackId } from '../domain/ids.ts';
import type { Doubt, Identity } from '../identify/contract.ts';
import type { StoredTrack } from '../store/types.ts';
import { sameness } from './incidentTies.ts';
import type { Company, Scene } from './scene.ts';

/** Where one of those who took part was seen else. */
export interface Elsewhere {
  /** Who took part. */
  readonly of: StoredTrack;
  readonly track: StoredTrack;
  readonly probability: number;
  readonly because: 'appearance' | 'correction';
}

/** The passages of those who took part that are no part of the scene, each beside the one of the scene nearest in time. */
export function elsewhere({ participants }: Scene, { people, tracks }: Company): Elsewhere[] {
  const own = new Map(participants.map((track) => [track.id, track]));
  const found = (people?.identities.identities ?? []).flatMap((identity): Elsewhere[] => {
    const inside = identity.trackIds.flatMap((id) => own.get(id) ?? []);
    if (inside.length === 0) return [];
    return identity.trackIds
      .filter((id) => !own.has(id))
      .flatMap((id) => {
        const track = tracks.get(id);
        if (!track) return [];
        const [of] = inside.toSorted((a, b) => apartMs(a, track) - apartMs(b, track));
        return of ? [{ of, track, ...sameness(identity, of.id, id) }] : [];
      });
  });
  return found.sort((a, b) => b.probability - a.probability || a.track.firstMs - b.track.firstMs);
}

const apartMs = (a: StoredTrack, b: StoredTrack): number =>
  Math.max(a.firstMs - b.lastMs, b.firstMs - a.lastMs, 0);

/** The identity to which each of those who took part belongs, where it has more of their tracks. */
export function samePersons({ participants }: Scene, { people }: Company): Map<TrackId, Identity> {
  const own = new Set(participants.map(({ id }) => id));
  return new Map(
    (people?.identities.identities ?? []).flatMap((identity) => {
      const inside = identity.trackIds.filter((id) => own.has(id));
      return inside.length > 1 ? inside.map((id): [TrackId, Identity] => [id, identity]) : [];
    }),
  );
}

/** The doubts about those who took part, the likeliest first. */
export function doubtsOf({ participants }: Scene, { people }: Company): Doubt[] {
  const own = new Set(participants.map(({ id }) => id));
  const takingPart = new Set(
    (people?.identities.identities ?? [])
      .filter(({ trackIds }) => trackIds.some((id) => own.has(id)))
      .map(({ id }) => id),
  );
  return (people?.identities.doubts ?? []).filter(({ a, b }) => takingPart.has(a) || takingPart.has(b));
}

/** How many different ones of a class the tracks are of at most, as far as looks tell. */
export function mostDifferent(ids: readonly TrackId[], { people }: Company): number {
  if (!people) return ids.length;
  const identityOf = new Map(
    people.identities.identities.flatMap(({ id, trackIds }) => trackIds.map((track) => [track, id])),
  );
  return new Set(ids.map((id) => identityOf.get(id) ?? id)).size;
}
