import type { TrackId } from '../domain/ids.ts';

/**
 * Since the first look at a track, ms: often at first, as most tracks are short, and then seldom, as somebody who stays
 * does not change.
 */
const lookAtMs = [0, 1_000, 2_000, 4_000, 8_000, 16_000];
/** Since the track was first seen, ms: when a poor picture is taken, as long as there was no good one. */
const poorLookAtMs = [1_000, 3_000, 9_000];
/** Whoever could not be looked at for so long is not waited for any more, ms. */
const wantedMs = 5_000;
/** Pictures come about once a second and not to the millisecond. */
const slackMs = 250;

interface Taken {
  /** The first sighting. UTC ms, as all times here. */
  readonly seenMs: number;
  /** The first look. */
  readonly firstMs: number;
  readonly count: number;
  /** Poor ones, before. */
  readonly poor: number;
}

/** Spreads a few looks over the life of each track of one camera. */
export class Looks {
  readonly #taken = new Map<TrackId, Taken>();

  /** A track was seen; only the first time counts. UTC ms. */
  see(track: TrackId, timeMs: number): void {
    if (!this.#taken.has(track))
      this.#taken.set(track, { seenMs: timeMs, firstMs: timeMs, count: 0, poor: 0 });
  }

  /** Whether a picture of this moment is due, on which the track can be recognised, well or poorly. UTC ms. */
  isDue(track: TrackId, timeMs: number, isPoor = false): boolean {
    const { seenMs, firstMs, count, poor } = this.#of(track, timeMs);
    if (isPoor) return count === 0 && timeMs - seenMs >= (poorLookAtMs[poor] ?? Infinity) - slackMs;
    if (count === 0) return true;
    const dueMs = lookAtMs[count];
    return dueMs !== undefined && timeMs - firstMs >= dueMs - slackMs;
  }

  /** A look was taken. */
  take(track: TrackId, timeMs: number, isPoor = false): void {
    const taken = this.#of(track, timeMs);
    const { count, firstMs } = taken;
    this.#taken.set(
      track,
      isPoor
        ? { ...taken, poor: taken.poor + 1 }
        : { ...taken, count: count + 1, firstMs: count === 0 ? timeMs : firstMs },
    );
  }

  /** Whether the track was seen within the last seconds, without that any look at it was taken. */
  isWanted(track: TrackId, timeMs: number): boolean {
    const taken = this.#taken.get(track);
    return taken !== undefined && taken.count + taken.poor === 0 && timeMs - taken.seenMs <= wantedMs;
  }

  /** The track has ended. */
  forget(track: TrackId): void {
    this.#taken.delete(track);
  }

  #of(track: TrackId, timeMs: number): Taken {
    return this.#taken.get(track) ?? { seenMs: timeMs, firstMs: timeMs, count: 0, poor: 0 };
  }
}
