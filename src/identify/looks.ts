import type { TrackId } from '../domain/ids.ts';

/**
 * Since the first look at a track, ms: often at first, as most tracks are short, and then seldom, as somebody who stays
 * does not change.
 */
const lookAtMs = [0, 1_000, 2_000, 4_000, 8_000, 16_000];
/** Pictures come about once a second and not to the millisecond. */
const slackMs = 250;

/** Spreads a few looks over the life of each track of one camera. */
export class Looks {
  readonly #taken = new Map<TrackId, { readonly firstMs: number; readonly count: number }>();

  /** Whether a picture of this moment is due; a track can be recognised on it. UTC ms. */
  isDue(track: TrackId, timeMs: number): boolean {
    const taken = this.#taken.get(track);
    if (!taken) return true;
    const dueMs = lookAtMs[taken.count];
    return dueMs !== undefined && timeMs - taken.firstMs >= dueMs - slackMs;
  }

  /** A look was taken. */
  take(track: TrackId, timeMs: number): void {
    const { firstMs, count } = this.#taken.get(track) ?? { firstMs: timeMs, count: 0 };
    this.#taken.set(track, { firstMs, count: count + 1 });
  }

  /** The track has ended. */
  forget(track: TrackId): void {
    this.#taken.delete(track);
  }
}
