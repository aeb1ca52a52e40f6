import type { TrackId } from '../domain/ids.ts';

/**
 * What a watch has found: a time during which its condition was fulfilled, with gaps shorter than its cooldown. It fires
 * once, at its beginning.
 */
export interface Incident<Ref> {
  /** UTC ms at which the condition was fulfilled. */
  readonly timeMs: number;
  /** Since when it had been so; as `timeMs` unless it had to last. */
  readonly sinceMs: number;
  /** Of those who were present then, or of who made the event. */
  readonly tracks: readonly TrackId[];
  /** The event, of a watch that waits for one. */
  readonly event?: Ref;
  /** UTC ms until which it is known to have been so. */
  untilMs: number;
  /** Whether it goes on, or may within the cooldown. */
  open: boolean;
  /** Whether it was there before this process was, so that it has fired. */
  readonly resumed: boolean;
}

/** Something that happened at the line or zone of a watch. */
export interface SeenEvent<Ref> {
  readonly timeMs: number;
  readonly trackId: TrackId;
  /** What the caller knows it by. */
  readonly ref: Ref;
}
