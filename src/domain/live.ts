import type { AnomalyNote, AnomalyVerdict } from './anomaly.ts';
import type { Box } from './box.ts';
import type { Shape } from './event.ts';
import type { CameraId, ShapeId, TrackId, WatchId } from './ids.ts';
import type { WatchDefinition } from './watch.ts';

export type CameraState = 'connecting' | 'running' | 'reconnecting' | 'finished' | 'failed' | 'stopped';

/** How the video of a camera is decoded and scaled. */
export interface Decoding {
  /** `nvidia`, `va` or `software`. */
  readonly chain: string;
  /** The GStreamer element that decodes, e.g. `avdec_h264`; absent where pictures come undecoded, or none came yet. */
  readonly decoder?: string;
  /** Faster ways that are not used, each with why. */
  readonly skipped: readonly string[];
}

/** One line, e.g. "avdec_h264 (software)". */
export const decodingText = ({ chain, decoder }: Decoding): string =>
  decoder === undefined ? chain : `${decoder} (${chain})`;

/** How one camera is doing right now. */
export interface CameraStatus {
  readonly camera: CameraId;
  readonly state: CameraState;
  /** Since when, UTC ms. */
  readonly sinceMs?: number;
  /** Why, where the state needs a reason. */
  readonly message?: string;
  /** Frames analysed since the station started. */
  readonly frames: number;
  /** Frames of a live source thrown away since then, as the detector was busy. */
  readonly dropped: number;
  /** Frames analysed a second, over the last seconds. */
  readonly fps: number;
  /** As configured; absent: as many as come. */
  readonly maxFps?: number;
  /** False where no appearances are to be taken; absent: they are, if the station takes any. */
  readonly identify?: false;
  /** UTC ms of the newest analysed frame. */
  readonly lastFrameMs?: number;
  /** Of a file: how much of it is read, 0–1. */
  readonly progress?: number;
  /** Absent until the camera has been opened. */
  readonly decoding?: Decoding;
}

export interface StationStatus {
  readonly version: string;
  readonly startedMs: number;
  readonly detector: {
    readonly id: string;
    /** Why this one and where its weights come from, a sentence. */
    readonly reason: string;
    /** The execution provider that really runs it; absent until the vision process is ready. */
    readonly provider?: string;
    /** Faster providers that are not used, each with why. */
    readonly skipped: readonly string[];
  };
  /** What people are told apart by; absent: by nothing. */
  readonly identify?: {
    /** Id of the model, or `colour-histogram`. */
    readonly descriptor: string;
    /** Why this one and where its weights come from, a sentence. */
    readonly reason: string;
    /** What runs the model; absent for colours, and until the vision process is ready. */
    readonly provider?: string;
  };
  /** How often the vision process had to be started again. */
  readonly visionRestarts: number;
  /** Set when something keeps the station from working, e.g. a full disk. */
  readonly problem?: string;
  /** Absent: nothing is ever deleted. */
  readonly retention?: RetentionStatus;
  readonly cameras: readonly CameraStatus[];
}

/** How much of the past is kept. */
export interface RetentionStatus {
  readonly maxAgeMs: number;
  /** Of the database and the stills together. */
  readonly maxBytes: number;
}

/** The newest picture of a camera with what was seen in it. */
export interface LivePicture {
  readonly camera: CameraId;
  readonly timeMs: number;
  readonly jpeg: Uint8Array;
  readonly boxes: readonly PictureBox[];
}

export interface PictureBox {
  readonly box: Box;
  readonly label: string;
  readonly confidence: number;
  readonly trackId?: TrackId;
}

/** What a running station knows that is not in the database. */
export interface LiveStation {
  status(): Promise<StationStatus>;
  /** Undefined when the camera has not given a picture since the station started. */
  latestPicture(camera: CameraId): Promise<LivePicture | undefined>;
  /** Notes whether two tracks are of one person. Rejects with ArgusError for an unknown track. */
  correct(a: TrackId, b: TrackId, same: boolean): Promise<void>;
  /** Deletes tracks that have ended with all that was made of them; tells how many there were, and pictures of them. */
  forget(tracks: readonly TrackId[]): Promise<{ readonly tracks: number; readonly stills: number }>;
  /** Notes what a user says of a finding of flag_anomaly. */
  judgeAnomaly(verdict: AnomalyVerdict): Promise<void>;
  /** Notes something that an agent or a user noticed. */
  noteAnomaly(note: AnomalyNote): Promise<void>;
  /**
   * Counts at the line or zone from now on, in place of one of the same id. Rejects with ArgusError for an unknown camera
   * and for an id that the configuration has.
   */
  saveShape(camera: CameraId, shape: Shape): Promise<void>;
  /** Counts no more at a line or zone that `saveShape` defined; what was counted stays. Rejects as `saveShape`. */
  removeShape(camera: CameraId, id: ShapeId): Promise<void>;
  /** Keeps a watch and looks at it from now on. The same one again is not a second one. Rejects with ArgusError. */
  addWatch(watch: WatchDefinition): Promise<WatchId>;
  /** Looks at it no more; what it found stays. Rejects with ArgusError for an unknown one. */
  removeWatch(id: WatchId): Promise<void>;
}
