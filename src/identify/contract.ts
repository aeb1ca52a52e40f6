import type { Appearance } from '../domain/appearance.ts';
import type { Box } from '../domain/box.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';

/** A stored track and how what it followed looked. */
export interface SeenTrack {
  readonly trackId: TrackId;
  readonly camera: CameraId;
  /** Class, e.g. `person`. Tracks of different classes are never joined. */
  readonly label: string;
  /** UTC ms of the first and the last sighting. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly firstBox: Box;
  readonly lastBox: Box;
  readonly appearances: readonly Appearance[];
}

/** A way from one camera to another, in one direction. */
export interface Link {
  readonly from: CameraId;
  readonly to: CameraId;
  /** From leaving the one to appearing in the other; below 0 where their views overlap. */
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/** What a user said of two tracks. */
export interface Correction {
  readonly a: TrackId;
  readonly b: TrackId;
  /** Whether they are of one person, or thing. */
  readonly same: boolean;
}

/** Two tracks of one identity that follow each other in time. */
export interface Hop {
  readonly from: TrackId;
  readonly to: TrackId;
  /** That they are of one person, 0.9–1; 1 for a correction. */
  readonly probability: number;
  readonly because: 'appearance' | 'correction';
}

/** One person, or thing, as far as that can be told. A view: nothing of it is stored. */
export interface Identity {
  /** Named after its first track. */
  readonly id: TrackId;
  readonly label: string;
  /** In order of time. */
  readonly trackIds: readonly TrackId[];
  /** One for each track but the first. */
  readonly hops: readonly Hop[];
}

/** Two identities of which it cannot be told whether they are one. */
export interface Doubt {
  readonly a: TrackId;
  readonly b: TrackId;
  /** That they are, 0.1–0.9. */
  readonly probability: number;
}

export interface Identities {
  /** In order of their first sighting; each track belongs to one. */
  readonly identities: readonly Identity[];
  /** The likeliest first. */
  readonly doubts: readonly Doubt[];
}
