import type { EventType, LineDirection } from './event.ts';
import type { CameraId, FiringId, ShapeId, TrackId, WatchId } from './ids.ts';

/** What a watch waits for. `forMs`: how long it has to have been so without a break, 0 or more. */
export type WatchCondition =
  /** More than so many at once, in the zone or in the picture. */
  | { readonly kind: 'occupancy'; readonly moreThan: number; readonly forMs: number }
  /** Nobody (of the classes) in the zone or the picture, while the camera was watched. */
  | { readonly kind: 'absence'; readonly forMs: number }
  /** Something happens at the line or zone; a dwell when a visit has lasted `forMs`. */
  | {
      readonly kind: 'event';
      readonly type: EventType;
      readonly direction?: LineDirection;
      readonly forMs?: number;
    }
  /** A live camera gives no picture. */
  | { readonly kind: 'camera_down'; readonly forMs: number };

/** Local hours and days in which a watch looks. */
export interface WatchHours {
  /** Minutes after local midnight; where `fromMinute` is not below `toMinute` they reach into the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Days on which the hours begin, 1 Monday to 7 Sunday; absent: every day. */
  readonly days?: readonly number[];
  /** IANA name. */
  readonly timeZone: string;
}

/** A standing rule, as it is kept. */
export interface WatchDefinition {
  readonly name: string;
  readonly camera: CameraId;
  /** Absent: the whole picture. */
  readonly at?: { readonly kind: 'line' | 'zone'; readonly shape: ShapeId };
  readonly condition: WatchCondition;
  /** Only these; absent: all. */
  readonly labels?: readonly string[];
  /** Absent: always. */
  readonly hours?: WatchHours;
  /** True again before so long has gone by, it is the same incident and does not fire again. */
  readonly cooldownMs: number;
}

export interface Watch extends WatchDefinition {
  readonly id: WatchId;
}

/** One time that a watch fired, for those outside who are told. */
export interface WatchNotice {
  readonly firing: FiringId;
  readonly watch: WatchId;
  readonly name: string;
  /** The rule in words. */
  readonly rule: string;
  readonly camera: CameraId;
  readonly cameraName: string;
  /** UTC ms at which the condition was fulfilled. */
  readonly timeMs: number;
  /** Since when it had been so; the same as `timeMs` unless it had to last. */
  readonly sinceMs: number;
  /** Of occupancy: how many there were then. */
  readonly count?: number;
  readonly tracks: readonly TrackId[];
  readonly events: readonly string[];
  /** Wall clock when it was noted. */
  readonly storedMs: number;
  /** Whether it goes on, or may within the cooldown. */
  readonly open: boolean;
  /** UTC ms until which it is known to have been so. */
  readonly untilMs: number;
}
