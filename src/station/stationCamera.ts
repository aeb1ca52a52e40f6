import type { Reading } from '../config/decoding.ts';
import type { Confidence } from '../domain/confidence.ts';
import type { Shape } from '../domain/event.ts';
import type { Scale } from '../domain/homography.ts';
import type { CameraId } from '../domain/ids.ts';
import type { IgnoreZone } from '../events/ignored.ts';
import type { SourceDescription } from '../source/description.ts';

/** A camera as the station is told of it. */
export interface StationCamera {
  readonly id: CameraId;
  readonly name: string;
  readonly source: SourceDescription;
  readonly shapes: readonly Shape[];
  /** Where nothing begins; absent: nowhere. */
  readonly ignore?: readonly IgnoreZone[];
  readonly scale?: Scale;
  /** People are made unrecognisable in pictures that are shown. */
  readonly blurPeople?: boolean;
  readonly maxFps?: number;
  /** How to read the source, where it is not left to Argus. */
  readonly reading?: Reading;
  readonly classes?: readonly string[];
  readonly confidence?: Confidence;
  /** Of a file: the UTC ms at which it was recorded; undefined: the moment its reading began. */
  readonly startMs?: number;
  /** Whether to recognise who and what comes by; true unless told. */
  readonly identify?: boolean;
  /** Read a file again although it was read before; what was stored of it is deleted once its first frame has come. */
  readonly again?: boolean;
  /** Add a file to what was stored of the camera before, which may be of other files. */
  readonly append?: boolean;
}
