import type { DecodingChoice, Reading } from '../config/decoding.ts';
import type { DetectorManifest } from '../config/manifest.ts';
import type { Appearance } from '../domain/appearance.ts';
import type { Confidence } from '../domain/confidence.ts';
import type { CameraState, Decoding } from '../domain/live.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { CameraId, RunId } from '../domain/ids.ts';
import type { Provider, SkippedProvider } from '../domain/provider.ts';
import type { SourceDescription } from '../source/description.ts';
import type { DescriberSetup } from './describer.ts';

/** Where a file goes on after the vision process was restarted: the last frame that the station has taken over. */
interface ResumePoint {
  readonly frame: number;
  readonly mediaTimeMs: number;
}

/** One camera to read. */
export interface CameraJob {
  readonly camera: CameraId;
  readonly run: RunId;
  readonly source: SourceDescription;
  readonly maxFps?: number;
  /** How to read the source, where it is not left to Argus. */
  readonly reading?: Reading;
  /** Only these classes are reported; undefined: all. */
  readonly classes?: readonly string[];
  /** From where on a detection may start a track; undefined: as the model has it. */
  readonly confidence?: Confidence;
  /** UTC ms of media time 0; undefined for live sources, whose first frame is anchored to the clock. */
  readonly mediaStartMs?: number;
  readonly resumeAfter?: ResumePoint;
  /** Whether to take pictures by which people and things can be recognised; true unless told. */
  readonly identify?: boolean;
}

export interface DetectorJob {
  readonly manifest: DetectorManifest;
  readonly path: string;
  /** Inference threads: each a worker with a session of its own. */
  readonly workers: number;
  /** Execution providers to try, in order; undefined: those that are tried unless told. */
  readonly providers?: readonly Provider[];
  /** Where TensorRT may keep what it built. */
  readonly enginesFolder: string;
}

export type ToVision =
  | {
      readonly type: 'start';
      readonly detector: DetectorJob;
      readonly cameras: readonly CameraJob[];
      readonly decoding: DecodingChoice;
      /** What makes vectors of people; absent: nobody is recognised. */
      readonly describer?: DescriberSetup;
    }
  /** The station has stored everything of the camera up to the frame. */
  | { readonly type: 'ack'; readonly camera: CameraId; readonly frame: number }
  | { readonly type: 'stop' };

export type FromVision =
  /** The process is alive; sent every few seconds. */
  | { readonly type: 'beat' }
  /** The sessions are loaded; `provider` is the execution provider that really runs. */
  | { readonly type: 'ready'; readonly provider: Provider; readonly skipped: readonly SkippedProvider[] }
  /** One line for whoever runs the station. */
  | { readonly type: 'note'; readonly line: string }
  | { readonly type: 'frame'; readonly run: RunId; readonly record: FrameRecord }
  | { readonly type: 'still'; readonly run: RunId; readonly still: StillMessage }
  /** What tracks of a frame told before looked like. */
  | {
      readonly type: 'appearances';
      readonly run: RunId;
      readonly camera: CameraId;
      readonly appearances: readonly Appearance[];
    }
  /** What really makes vectors of people: the network on its provider, or colours where it is absent. */
  | { readonly type: 'describing'; readonly provider?: Provider }
  /** The first frame of a connection has come. */
  | {
      readonly type: 'running';
      readonly run: RunId;
      readonly camera: CameraId;
      /** Width of the picture over its height. */
      readonly aspect: number;
      /** Length of a file, ms. */
      readonly durationMs?: number;
    }
  /** How a camera's video is decoded: said when its decoder is made, so after `running` too. */
  | { readonly type: 'decoding'; readonly run: RunId; readonly camera: CameraId; readonly decoding: Decoding }
  | {
      readonly type: 'camera';
      readonly run: RunId;
      readonly camera: CameraId;
      readonly state: Exclude<CameraState, 'running' | 'stopped'>;
      /** Why, where the state needs a reason. */
      readonly message?: string;
    }
  /** Nothing can run, e.g. the model cannot be loaded; the process ends and need not be tried again as it is. */
  | { readonly type: 'fatal'; readonly message: string };

export interface StillMessage {
  readonly camera: CameraId;
  /** UTC ms; equals the time of an analysed frame unless that frame was dropped. */
  readonly timeMs: number;
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
}
