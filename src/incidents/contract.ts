import type { CameraId, TrackId } from '../domain/ids.ts';
import type { Moment } from '../domain/moment.ts';

/** What decides which moments belong together. */
export interface Grouping {
  /** Moments of one camera that follow each other within this time belong together, ms. */
  readonly gapMs: number;
  /** Only moments of these classes; absent: of all. */
  readonly labels?: readonly string[] | undefined;
}

/** What happened in one camera without a pause longer than the gap. */
export interface Strand {
  readonly camera: CameraId;
  /** In order of time, at least one. */
  readonly moments: readonly Moment[];
  /** UTC ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Joined by nothing but that the same track went on. */
  readonly bySameTrack: number;
  /** It is the rest of one that went on for so long that it was cut at a whole hour. */
  readonly continues: boolean;
  /** It goes on after a cut. */
  readonly goesOn: boolean;
}

/** Why what happened in two cameras belongs together. */
export interface Tie {
  /** Seen in the one, and later in the other. */
  readonly from: TrackId;
  readonly to: TrackId;
  /** `way`: somebody appeared as long after the other was gone as the configured way between the cameras takes. */
  readonly because: 'appearance' | 'correction' | 'way';
  /** That they are one person or thing; absent: only the time tells. */
  readonly probability?: number;
  /** From the last sighting of the one to the first of the other; below 0: both at once. */
  readonly seconds: number;
}

export interface Incident {
  /** In order of time, each of another camera or another time. */
  readonly strands: readonly Strand[];
  /** Of all strands, in order of time. */
  readonly moments: readonly Moment[];
  readonly fromMs: number;
  readonly toMs: number;
  /** In the order of their first moment. */
  readonly cameras: readonly CameraId[];
  /** What brought the strands together. */
  readonly ties: readonly Tie[];
}
