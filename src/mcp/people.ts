import type { Appearance } from '../domain/appearance.ts';
import { ArgusError } from '../domain/errors.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { Identities, SeenTrack } from '../identify/contract.ts';
import type { Knowledge } from '../identify/fewestPeople.ts';
import { identitiesOf } from '../identify/identities.ts';
import { learnLinks } from '../identify/learnLinks.ts';
import { looksAmong } from '../identify/trackLooks.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredTrack } from '../store/types.ts';

/** Each two tracks are compared: more would take seconds. */
const mostTracks = 1_000;
/** Fewer sightings may be a mistake of the detector. */
export const leastPoints = 3;

export interface PeopleOptions {
  readonly window: Interval;
  readonly cameras?: readonly CameraId[] | undefined;
  readonly labels?: readonly string[] | undefined;
}

export interface People extends Knowledge {
  readonly identities: Identities;
}

/** Who is who among the tracks of a window. Throws ArgusError when they are too many to be compared. */
export function peopleIn(reader: Reader, { window, cameras, labels }: PeopleOptions): People {
  const stored = reader
    .tracksIn(window, { ...(cameras && { cameras }), ...(labels && { labels }) })
    .filter(({ points }) => points >= leastPoints);
  if (stored.length > mostTracks) {
    throw new ArgusError(
      `${stored.length} tracks are in the window; at most ${mostTracks} can be compared at once.`,
      'Give a shorter window with from and to, or fewer cameras.',
    );
  }
  return peopleAmong(reader, stored);
}

/** Who is who among the tracks: each two are compared. */
export function peopleAmong(reader: Reader, stored: readonly StoredTrack[]): People {
  const seen = seenTracks(reader, stored);
  const configured = reader.links();
  const links = configured.length > 0 ? configured : undefined;
  const corrections = reader.corrections();
  const looks = looksAmong(seen);
  const identities = identitiesOf(seen, {
    ...(links ? { links } : { learnt: learnLinks(seen, looks) }),
    corrections,
    looks,
  });
  return {
    identities,
    tracks: new Map(seen.map((track) => [track.trackId, track])),
    links,
    corrections,
    looks,
  };
}

/** The tracks with what they looked like. */
export function seenTracks(reader: Reader, stored: readonly StoredTrack[]): SeenTrack[] {
  const appearances = new Map<TrackId, Appearance[]>(stored.map(({ id }) => [id, []]));
  for (const appearance of reader.appearances({ tracks: [...appearances.keys()] }))
    appearances.get(appearance.trackId)?.push(appearance);
  const ends = reader.trackEnds(stored.map(({ id }) => id));
  return stored.flatMap(({ id, camera, label, firstMs, lastMs }): SeenTrack[] => {
    const seen = ends.get(id);
    if (!seen) return [];
    return [
      {
        trackId: id,
        camera,
        label,
        fromMs: firstMs,
        toMs: lastMs,
        firstBox: seen.first.box,
        lastBox: seen.last.box,
        appearances: appearances.get(id) ?? [],
      },
    ];
  });
}
