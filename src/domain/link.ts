import type { CameraId } from './ids.ts';

/** A way from one camera to another, in one direction. */
export interface CameraLink {
  readonly from: CameraId;
  readonly to: CameraId;
  /** From leaving the one to appearing in the other; below 0 where their views overlap. */
  readonly minSeconds: number;
  readonly maxSeconds: number;
}
