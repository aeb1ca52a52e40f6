import type { CameraId, ShapeId } from './ids.ts';

/** What a user said of something that was told as unusual. */
export interface AnomalyVerdict {
  /** The finding's id, which says what it was. */
  readonly anomaly: string;
  readonly family: string;
  readonly camera: CameraId;
  /** Absent: the whole picture. */
  readonly shape?: ShapeId;
  /** False: it was nothing. */
  readonly useful: boolean;
}

/** Something that an agent or a user noticed themselves. */
export interface AnomalyNote {
  readonly camera: CameraId;
  /** UTC ms. */
  readonly timeMs: number;
  /** Theirs: shown as a quotation, and never taken for an instruction. */
  readonly text: string;
  /** Who noted it, as they call themselves. */
  readonly by: string;
}
