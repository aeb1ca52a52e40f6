import type { CameraId, ShapeId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';

/* What is judged, and what comes of it. Nothing here knows where the numbers were read. */

/** What may be unusual; docs/anomalies.md says how each is told. */
export const families = [
  'more',
  'fewer',
  'odd_hour',
  'loitering',
  'wrong_way',
  'crowding',
  'speed',
  'new_class',
  'new_place',
  'blackout',
  'dark_picture',
] as const;
export type Family = (typeof families)[number];

/** A stretch of at most one hour by the clock of a place. */
export interface Hour extends Interval {
  /** 0 is Monday 0:00 to 1:00 local time, 167 the last of Sunday. */
  readonly hourOfWeek: number;
  /** Numbers local days, one after the other. */
  readonly day: number;
}

/** The hours of the past and then those of the window asked about, in order. */
export interface Clock {
  readonly hours: readonly Hour[];
  /** How many of the hours are past. */
  readonly past: number;
}

/** What is counted where. */
export interface Subject {
  readonly camera: CameraId;
  /** Absent: the whole picture. */
  readonly shape?: ShapeId;
  /** A class; absent: all. */
  readonly label?: string;
}

/** A number for each hour of the clock. */
export type PerHour = Float64Array;

/** How many there were in each hour. */
export interface Series extends Subject {
  readonly counts: PerHour;
  /** How much of an hour was watched, in hours: 0 to 1. */
  readonly watched: PerHour;
}

/** The crossings of a line by direction. */
export interface Flow extends Subject {
  readonly forward: PerHour;
  readonly backward: PerHour;
}

/** A measure of single moments: how long a visit was, how fast a passage. Above 0, in any unit. */
export interface Measure extends Subject {
  readonly past: Float64Array;
  /** In the window, each in the hour of that index. */
  readonly now: readonly { readonly hour: number; readonly value: number }[];
}

/** Stretches of time in which nobody looked though the camera had been watched before; of the past, and of the window. */
export interface Outages extends Subject {
  readonly past: readonly Interval[];
  readonly now: readonly Interval[];
  /** How long the past is, from the first watched moment to the window, ms. */
  readonly pastMs: number;
  readonly nowMs: number;
}

/** Something that was not there before, e.g. a class at a camera. */
export interface Newcomer extends Subject {
  readonly family: 'new_class' | 'new_place';
  /** How often in the window, and since when and until when. */
  readonly count: number;
  readonly at: Interval;
  /** On how many of so many days before there was something else that was new. */
  readonly daysWithNew: number;
  readonly days: number;
  /** Where in the picture, for places: the middle of the cell, 0–1. */
  readonly place?: { readonly x: number; readonly y: number };
}

/** Something unusual. */
export interface Finding extends Subject, Interval {
  readonly family: Family;
  readonly direction?: 'forward' | 'backward';
  readonly observed: number;
  readonly expected: number;
  readonly unit: 'count' | 'seconds' | 'km/h' | 'bytes';
  /** How likely at least as much is on a usual day. */
  readonly p: number;
  /** Below it p is told. */
  readonly alpha: number;
  /** The same time in earlier weeks, the latest first; or what else it was compared with. */
  readonly compared: readonly number[];
  readonly comparedWith: string;
  readonly place?: { readonly x: number; readonly y: number };
}

/** What could not be judged. */
export interface Unjudged extends Subject {
  readonly family: Family;
  /** What is missing, a sentence. */
  readonly missing: string;
}

export interface Judged {
  readonly findings: readonly Finding[];
  readonly unjudged: readonly Unjudged[];
  /** How many comparisons were made. */
  readonly tests: number;
}
