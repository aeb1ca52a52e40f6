import type { TrackId } from '../domain/ids.ts';
import { unmoved } from '../domain/stillness.ts';
import type { Reader } from '../store/reader.ts';

/** Who has not moved for so long stands: a parked car, somebody who waits, ms. */
export const standsAfterMs = 60_000;

/** Those of the tracks that had stood still for a minute or more at the time. */
export const standingAt = (reader: Reader, tracks: readonly TrackId[], timeMs: number): TrackId[] =>
  reader
    .tracksById(tracks)
    .filter(({ firstMs, moved = Infinity, stillSinceMs = Infinity }) => {
      const sinceMs = moved <= unmoved ? firstMs : stillSinceMs;
      return sinceMs <= timeMs - standsAfterMs;
    })
    .map(({ id }) => id);
