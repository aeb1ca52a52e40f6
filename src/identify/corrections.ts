import type { TrackId } from '../domain/ids.ts';
import type { Correction } from './contract.ts';

/** What corrections say together. */
export interface Ruling {
  /** The tracks that are said to be one with this one, itself included. */
  together(track: TrackId): ReadonlySet<TrackId>;
  /** Of each two of these all tracks of the one are said to be of other people than all of the other. */
  readonly apart: readonly (readonly [ReadonlySet<TrackId>, ReadonlySet<TrackId>])[];
}

/**
 * Corrections bind, also through others: who is the same as the same is the same. Where two contradict each other, the
 * newer holds and the older is without effect.
 *
 * @param corrections oldest first
 */
export function rulingOf(corrections: readonly Correction[]): Ruling {
  const groups = new Map<TrackId, ReadonlySet<TrackId>>();
  const apart: (readonly [TrackId, TrackId])[] = [];
  const together = (track: TrackId): ReadonlySet<TrackId> => groups.get(track) ?? new Set([track]);
  const areApart = (a: TrackId, b: TrackId): boolean => {
    const [ofA, ofB] = [together(a), together(b)];
    return apart.some(([x, y]) => (ofA.has(x) && ofB.has(y)) || (ofA.has(y) && ofB.has(x)));
  };
  for (const { a, b, same } of corrections.toReversed()) {
    if (same && !areApart(a, b)) {
      const joined = new Set([...together(a), ...together(b)]);
      for (const track of joined) groups.set(track, joined);
    } else if (!same && !together(a).has(b)) {
      apart.push([a, b]);
    }
  }
  return { together, apart: apart.map(([a, b]) => [together(a), together(b)]) };
}
