import * as z from 'zod';
import type { TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import { fewestPeople } from '../identify/fewestPeople.ts';
import type { Reader } from '../store/reader.ts';
import type { StoredCamera } from '../store/types.ts';
import { peopleIn } from './people.ts';
import { trackIdsOf, type Tally } from './tally.ts';

export const peopleCountSchema = z.object({
  count: z.int().describe('Different people, or things, as far as looks tell'),
  at_least: z.int().describe('How many they are at least, as of some it cannot be told who they are'),
  without_looks: z.int().describe('Tracks of which no looks are kept: each is counted as somebody else'),
});

export type PeopleCount = z.output<typeof peopleCountSchema>;

/** How many different people the events are of. Throws ArgusError when there are too many tracks to be compared. */
export function countPeople(
  reader: Reader,
  tally: Tally,
  window: Interval,
  cameras: readonly StoredCamera[],
): PeopleCount {
  const trackIds = trackIdsOf(reader, tally);
  const labels = [...new Set(trackIds.flatMap((id) => reader.track(id)?.label ?? []))];
  // Those who made no event count as rivals, as they do for trace_person: both then tell the same.
  const people = peopleIn(reader, { window, cameras: cameras.map(({ id }) => id), labels });
  const { identities, tracks } = people;
  const nameOf = new Map<TrackId, TrackId>(
    identities.identities.flatMap(({ id, trackIds: of }) => of.map((track) => [track, id])),
  );
  const names = new Set(trackIds.map((id) => nameOf.get(id) ?? id));
  const made = { ...identities, identities: identities.identities.filter(({ id }) => names.has(id)) };
  return {
    count: names.size,
    // Who was seen too shortly to be compared may be anybody, but is somebody.
    at_least: Math.max(Math.min(1, names.size), fewestPeople(made, people)),
    without_looks: trackIds.filter((id) => (tracks.get(id)?.appearances.length ?? 0) === 0).length,
  };
}

export const peopleCountText = ({ count, at_least: least, without_looks: blind }: PeopleCount): string =>
  `Made by ${least < count ? `${least} to ${count}` : count} different ones, as far as looks tell` +
  (blind > 0 ? `; of ${blind} track(s) no looks are kept.` : '.');
