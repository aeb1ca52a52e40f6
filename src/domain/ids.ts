/** A string that only its maker below may produce, so that a camera id is never passed where a track id is meant. */
type Branded<T, Name extends string> = T & { readonly __brand: Name };

export type CameraId = Branded<string, 'CameraId'>;
export type TrackId = Branded<string, 'TrackId'>;
/** A line or a zone of one camera. */
export type ShapeId = Branded<string, 'ShapeId'>;
/** Identifies one stored event, `e1`, `e2`, … in the order in which they were written. */
export type EventId = Branded<string, 'EventId'>;
/** Identifies one stored picture, `s1`, `s2`, … */
export type StillId = Branded<string, 'StillId'>;
/** Identifies one standing rule, `w1`, `w2`, … */
export type WatchId = Branded<string, 'WatchId'>;
/** Identifies one time that a watch fired, `f1`, `f2`, … in the order in which they were written. */
export type FiringId = Branded<string, 'FiringId'>;
/** One uninterrupted reading of one camera by one vision process, numbered by the store. */
export type RunId = Branded<number, 'RunId'>;

/** What a camera, line or zone id may look like; the same rule keeps ids usable in URLs and file names. */
export const idPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/i;

export const cameraId = (text: string): CameraId => text as CameraId;
export const trackId = (text: string): TrackId => text as TrackId;
export const shapeId = (text: string): ShapeId => text as ShapeId;
export const runId = (n: number): RunId => n as RunId;
export const eventId = (rowNumber: number): EventId => `e${rowNumber}` as EventId;
export const stillId = (rowNumber: number): StillId => `s${rowNumber}` as StillId;
export const watchId = (rowNumber: number): WatchId => `w${rowNumber}` as WatchId;
export const firingId = (rowNumber: number): FiringId => `f${rowNumber}` as FiringId;

/** Returns the row number behind an id such as the event `e12`, or undefined when the text is not one. */
export function rowNumber(id: string, prefix: 'e' | 's' | 'w' | 'f'): number | undefined {
  const match = /^([eswf])(\d{1,15})$/.exec(id);
  return match?.[1] === prefix ? Number(match[2]) : undefined;
}

/** Makes the ids of one camera's tracks in one run: `<camera>-<run>-<n>`, n from 1. Unique across restarts as runs are. */
export function trackIdMaker(camera: CameraId, run: RunId): () => TrackId {
  let next = 1;
  return () => trackId(`${camera}-${run}-${next++}`);
}
