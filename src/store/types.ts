import type { Appearance } from '../domain/appearance.ts';
import type { Box } from '../domain/box.ts';
import type { EventType, LineDirection, Shape, TrackEvent } from '../domain/event.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { Line } from '../domain/geometry.ts';
import type { Scale } from '../domain/homography.ts';
import type {
  CameraId,
  EventId,
  FiringId,
  RunId,
  ShapeId,
  StillId,
  TrackId,
  WatchId,
} from '../domain/ids.ts';
import type { TrackPoint } from '../domain/track.ts';

/* What goes in. */

export interface CameraDefinition {
  readonly id: CameraId;
  readonly name: string;
  /** Where the pictures come from, for people to read: without user name and password. */
  readonly source: string;
  readonly shapes: readonly Shape[];
  readonly scale?: Scale;
  /** People are to be made unrecognisable in pictures that are shown. */
  readonly blurPeople?: boolean;
}

/** How far the reading of a source has come. */
export interface Progress {
  /** Number of the last stored frame. */
  readonly frame: number;
  readonly mediaTimeMs: number;
  /** UTC ms of that frame. */
  readonly timeMs: number;
}

export interface NewRun {
  readonly camera: CameraId;
  readonly source: string;
  /** The model's id, e.g. `yolox-nano`. */
  readonly detector: string;
  /** False: a file. */
  readonly live: boolean;
  /** Wall clock, UTC ms. */
  readonly startedAtMs: number;
  /** The UTC ms that media time 0 stands for. */
  readonly mediaStartMs: number;
  /** Where an earlier run of the same file stopped; its frames, and any numbered below, will not be counted again. */
  readonly resumeAfter?: Progress;
}

/** `finished`: the file's end was reached. `crashed`: this or the vision process died. */
export type EndReason = 'finished' | 'stopped' | 'failed' | 'crashed';

export interface NewEvent extends TrackEvent {
  readonly still?: StillId;
}

/** One time that a watch fired. */
export interface NewFiring {
  readonly watch: WatchId;
  readonly camera: CameraId;
  /** UTC ms at which the condition was fulfilled. */
  readonly timeMs: number;
  /** Since when it had been so. */
  readonly sinceMs: number;
  /** Until when, so far. */
  readonly untilMs: number;
  readonly open: boolean;
  /** Of occupancy: how many there were. */
  readonly count?: number;
  readonly tracks: readonly TrackId[];
  /** One of the events that are stored with it. */
  readonly event?: NewEvent;
  /** To whom it is to be told. */
  readonly channels: readonly string[];
}

/** One analysed frame and what the event engine made of it. */
export interface FrameCommit {
  readonly run: RunId;
  readonly record: FrameRecord;
  readonly events: readonly NewEvent[];
  /** Of watches, by this frame. */
  readonly firings?: readonly NewFiring[];
}

export interface NewStill {
  readonly camera: CameraId;
  /** UTC ms of the frame it shows. One still per camera and ms: a second one replaces the row of the first. */
  readonly timeMs: number;
  /** Of the file, relative to the stills folder. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** Events that it shows. */
  readonly events?: readonly EventId[];
  /** Tracks whose best still it is from now on. */
  readonly bestOf?: readonly TrackId[];
}

export interface Batch {
  /** Wall clock, UTC ms. */
  readonly nowMs: number;
  /** The frames of a run in order; runs may be mixed. */
  readonly frames: readonly FrameCommit[];
  readonly stills?: readonly NewStill[];
  /** Of tracks that these or earlier frames have brought; of any other they are not kept. */
  readonly appearances?: readonly Appearance[];
}

export interface Committed {
  /** Frames stored. */
  readonly accepted: number;
  /** Frames that the run had stored already, or whose run has ended. Nothing of them was stored. */
  readonly skipped: number;
  /** The events stored, in the order given. */
  readonly events: readonly { readonly id: EventId; readonly event: NewEvent }[];
  /** One per still given, in that order. */
  readonly stills: readonly StillId[];
  readonly firings: readonly { readonly id: FiringId; readonly firing: NewFiring }[];
}

/* What comes out. */

export interface StoredCamera {
  readonly id: CameraId;
  readonly name: string;
  readonly source: string;
  readonly createdMs: number;
  /** Since when the configuration no longer has it; its past can still be asked about. */
  readonly removedMs?: number;
  /** As last configured; absent: speeds are not known. */
  readonly scale?: Scale;
  /** People are to be made unrecognisable in pictures that are shown. */
  readonly blurPeople: boolean;
}

export interface StoredShape {
  /** Numbers the definitions of all shapes: another geometry has another version. */
  readonly version: number;
  readonly camera: CameraId;
  readonly shape: Shape;
  readonly origin: 'config' | 'agent';
  /** Wall clock since when it is counted at; a file read later is counted from its first frame on. */
  readonly definedMs: number;
  /** Until when it was counted at; absent: still is. */
  readonly retiredMs?: number;
}

export interface StoredRun {
  readonly run: RunId;
  readonly camera: CameraId;
  readonly source: string;
  readonly detector: string;
  readonly live: boolean;
  readonly startedMs: number;
  readonly mediaStartMs: number;
  /** Wall clock of the last commit. */
  readonly updatedMs: number;
  /** Absent: nothing stored yet. */
  readonly progress?: Progress;
  /** Absent: still running, or its process died and no writer has been opened since. */
  readonly ended?: { readonly atMs: number; readonly reason: EndReason };
  /** Whether the file was read to its end. */
  readonly finished: boolean;
}

export interface StoredTrack {
  readonly id: TrackId;
  readonly run: RunId;
  readonly camera: CameraId;
  readonly label: string;
  readonly firstMs: number;
  readonly lastMs: number;
  /** That the tracker gave; fewer are stored, as only the first and last are kept of a track that stands still. */
  readonly points: number;
  readonly maxConfidence: number;
  /** As `Stillness` has them; absent: not measured. */
  readonly moved?: number;
  readonly stillSinceMs?: number;
  readonly bestStill?: StillId;
  readonly ended: boolean;
}

export interface StoredEvent extends NewEvent {
  readonly id: EventId;
  readonly shapeName: string;
  /** The definition of the shape that it happened at. */
  readonly shapeVersion: number;
}

export interface StoredStill {
  readonly id: StillId;
  readonly camera: CameraId;
  readonly timeMs: number;
  /** Relative to the stills folder. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** A track's box at a moment asked for. */
export interface TrackBox {
  readonly trackId: TrackId;
  readonly label: string;
  readonly box: Box;
  readonly confidence: number;
}

/** Where a track's anchor, in the middle of its box's lower edge, has to have been to be of interest. */
export interface ScanRequest {
  readonly area: Box;
  /** It must have passed or touched this line, too, when it is given. */
  readonly line?: Line;
  /** Only tracks of these classes. */
  readonly labels?: readonly string[] | undefined;
  /** Once it is aborted the scan rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told how much of the interval is searched: tracks found in it may still be on their way. */
  readonly onProgress?: ((doneMs: number, totalMs: number) => void) | undefined;
}

export interface ScannedTrack extends StoredTrack {
  /** Its stored points with fromMs ≤ time < toMs, in order of time; read when called. */
  pointsWithin(fromMs: number, toMs: number): readonly TrackPoint[];
}

/** All conditions must hold; those left out do not count. Times are UTC ms, `toMs` not included. */
export interface EventFilter {
  readonly camera?: CameraId;
  /** Needs `camera`. Only the latest definition of the shape counts, unless `allVersions`. */
  readonly shape?: ShapeId;
  readonly allVersions?: boolean;
  readonly types?: readonly EventType[];
  readonly labels?: readonly string[];
  readonly direction?: LineDirection;
  readonly track?: TrackId;
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface EventPageRequest {
  /** At least 1; 20 unless told. */
  readonly limit?: number;
  /** `next` of the page before, with the same filter and order. */
  readonly cursor?: string;
  /** Oldest first unless told. */
  readonly newestFirst?: boolean;
}

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string;
}

/** `bucket`: of time, as the function given says. */
export type EventKey = 'camera' | 'shape' | 'type' | 'direction' | 'label' | 'bucket';

/** A group of events: the keys asked for and how many there are. */
export interface EventCount {
  readonly camera?: CameraId;
  readonly shape?: ShapeId;
  readonly type?: EventType;
  /** Absent also where the events have none. */
  readonly direction?: LineDirection;
  readonly label?: string;
  readonly bucket?: string;
  readonly count: number;
}
