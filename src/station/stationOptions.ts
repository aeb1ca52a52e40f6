import type { DecodingChoice } from '../config/decoding.ts';
import type { DetectorManifest } from '../config/manifest.ts';
import type { Channel } from '../deliver/contract.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { CameraId } from '../domain/ids.ts';
import type { CameraLink } from '../domain/link.ts';
import type { CameraStatus, Decoding } from '../domain/live.ts';
import type { Provider } from '../domain/provider.ts';
import type { ChosenEmbedder } from './identifying.ts';
import type { RetentionLimits } from './retention.ts';
import type { StationCamera } from './stationCamera.ts';

export interface ChosenDetector {
  readonly manifest: DetectorManifest;
  /** Of the ONNX file. */
  readonly path: string;
  /** Why this one and where from, a sentence. */
  readonly reason: string;
}

export interface StationOptions {
  readonly dataFolder: string;
  readonly stillsFolder: string;
  readonly cameras: readonly StationCamera[];
  /** What becomes of stored cameras that are not among them: `remove` marks them as no longer configured. */
  readonly others: 'remove' | 'keep';
  /** The ways between the cameras; absent: not known. */
  readonly links?: readonly CameraLink[];
  readonly detector: ChosenDetector;
  /** Absent: nobody is recognised. */
  readonly embedder?: ChosenEmbedder;
  /** Execution providers to try, in order; absent: those that are tried unless told. */
  readonly providers?: readonly Provider[];
  /** Where TensorRT may keep what it built. */
  readonly enginesFolder: string;
  /** Default: auto. */
  readonly decoding?: DecodingChoice;
  /** Who is told when a watch fires; the station closes them. */
  readonly channels?: readonly Channel[];
  /** Absent: nothing is ever deleted. */
  readonly retention?: RetentionLimits;
  readonly version: string;
  /** One line for whoever runs the station. */
  readonly log: (line: string) => void;
  /** A camera's state changed. */
  readonly onCameraState?: (status: CameraStatus) => void;
  /** A camera's decoder is known, or is another than before. */
  readonly onDecoding?: (camera: CameraId, decoding: Decoding) => void;
  /** Each frame as it is taken over, in order for each camera. */
  readonly onFrame?: (record: FrameRecord) => void;
  /** What the native libraries write. */
  readonly onNativeOutput?: (line: string) => void;
}
