import type { TrackEvent } from '../domain/event.ts';
import type { EventId, TrackId } from '../domain/ids.ts';
import type { Reader } from '../store/reader.ts';
import type { EventCount, EventFilter, EventKey } from '../store/types.ts';

/** An event to be counted; with an id when it is stored, without when it was told from a trajectory just now. */
export type CountedEvent = TrackEvent & { readonly id?: EventId };

/** Events to be counted, partly where they are stored and partly in hand. No event is in both. */
export interface Tally {
  readonly stored: readonly EventFilter[];
  readonly inHand: readonly CountedEvent[];
}

/** How many events there are for each combination of the keys that occurs, as `Reader.countEvents`; always in the same order. */
export function countBy(
  reader: Reader,
  { stored, inHand }: Tally,
  keys: readonly EventKey[],
  bucket: (timeMs: number) => string,
): EventCount[] {
  const groups = new Map<string, EventCount>();
  const add = (group: EventCount): void => {
    const { bucket: when, camera, type, direction, label, count } = group;
    const key = JSON.stringify([when, camera, type, direction, label]);
    groups.set(key, { ...group, count: count + (groups.get(key)?.count ?? 0) });
  };
  for (const filter of stored) reader.countEvents(filter, keys, bucket).forEach(add);
  for (const event of inHand) {
    add({
      ...(keys.includes('camera') && { camera: event.camera }),
      ...(keys.includes('type') && { type: event.type }),
      ...(keys.includes('direction') && event.direction && { direction: event.direction }),
      ...(keys.includes('label') && { label: event.label }),
      ...(keys.includes('bucket') && { bucket: bucket(event.timeMs) }),
      count: 1,
    });
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** How many different tracks the events are of. Stored and other events are never of the same track. */
export function countTracks(reader: Reader, { stored, inHand }: Tally): number {
  const counts = stored.map((filter) => reader.countTracks(filter));
  return counts.reduce((sum, count) => sum + count, new Set(inHand.map(({ trackId }) => trackId)).size);
}

/** The tracks that the events are of. */
export const trackIdsOf = (reader: Reader, { stored, inHand }: Tally): TrackId[] => [
  ...new Set([
    ...stored.flatMap((filter) => reader.eventTracks(filter)),
    ...inHand.map(({ trackId }) => trackId),
  ]),
];

/** At most `limit` of the events, spread evenly over them, in order of time. */
export function sample(reader: Reader, { stored, inHand }: Tally, limit: number): CountedEvent[] {
  if (limit === 0) return [];
  const all = [...stored.flatMap((filter) => reader.sampleEvents(filter, limit)), ...spread(inHand, limit)];
  return spread(
    all.sort((a, b) => a.timeMs - b.timeMs),
    limit,
  );
}

function spread<T>(items: readonly T[], limit: number): T[] {
  if (items.length <= limit) return [...items];
  return Array.from({ length: limit }, (_, n) => items[Math.floor((n * items.length) / limit)]).filter(
    (item) => item !== undefined,
  );
}

/** All stored events that pass the filter. */
export function* storedEvents(reader: Reader, filter: EventFilter): Generator<CountedEvent> {
  let cursor: string | undefined;
  do {
    const page = reader.events(filter, { limit: 1000, ...(cursor !== undefined && { cursor }) });
    yield* page.events;
    cursor = page.next;
  } while (cursor !== undefined);
}
