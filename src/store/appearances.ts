import { cameraId, trackId, type CameraId, type TrackId } from '../domain/ids.ts';
import type { Appearance } from '../domain/appearance.ts';
import type { Interval } from '../domain/time.ts';
import type { Statements } from './statements.ts';

/** Which appearances are asked for; conditions left out do not count. */
export interface AppearanceFilter {
  readonly cameras?: readonly CameraId[];
  /** UTC ms; fromMs ≤ time < toMs. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly tracks?: readonly TrackId[];
  /** Only those stored later than the one of that number. */
  readonly after?: number;
}

/** Tells whether the same appearances are stored as before. */
export interface AppearanceExtent {
  readonly count: number;
  /** The largest number; 0: there are none. Numbers may be given again after a deletion, … */
  readonly last: number;
  /** … but hardly so that the sum of all times is the same, … */
  readonly timeSum: number;
  /** … unless a recording was read again, by a run whose tracks have other ids. Of the last one; '': there is none. */
  readonly lastTrack: string;
}

/** What a user said of two tracks. */
export interface Correction {
  readonly a: TrackId;
  readonly b: TrackId;
  /** Whether they are one person. */
  readonly same: boolean;
  /** UTC ms. */
  readonly madeMs: number;
}

interface AppearanceRow {
  camera: string;
  track: string;
  time_ms: number;
  descriptor: string;
  quality: number;
  vector: Buffer;
}

/** In the order of their storing. */
export function selectAppearances(sql: Statements, filter: AppearanceFilter): Appearance[] {
  const { cameras, fromMs, toMs, tracks, after } = filter;
  const conditions = [
    fromMs === undefined ? [] : ['time_ms >= :fromMs'],
    toMs === undefined ? [] : ['time_ms < :toMs'],
    cameras === undefined ? [] : ['cameras.id IN (SELECT value FROM json_each(:cameras))'],
    after === undefined ? [] : ['appearances.number > :after'],
    tracks === undefined ? [] : ['tracks.id IN (SELECT value FROM json_each(:tracks))'],
  ].flat();
  const rows = sql.all<AppearanceRow>(
    `SELECT cameras.id AS camera, tracks.id AS track, time_ms, descriptor, quality, vector
       FROM appearances JOIN tracks ON tracks.number = appearances.track
       JOIN cameras ON cameras.number = tracks.camera
       ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''} ORDER BY appearances.number`,
    {
      ...(fromMs !== undefined && { fromMs }),
      ...(toMs !== undefined && { toMs }),
      ...(after !== undefined && { after }),
      ...(cameras && { cameras: JSON.stringify(cameras) }),
      ...(tracks && { tracks: JSON.stringify(tracks) }),
    },
  );
  return rows.map((row) => ({
    camera: cameraId(row.camera),
    trackId: trackId(row.track),
    timeMs: row.time_ms,
    descriptor: row.descriptor,
    quality: row.quality,
    vector: vectorOf(row.vector),
  }));
}

/** How many tracks of people there are, and of how many of them an appearance is kept. */
export interface SeenPeople {
  readonly tracks: number;
  readonly seen: number;
}

/**
 * Of the tracks of people that have ended, began in the window, and lasted long enough to be looked at.
 *
 * @param camera its number
 */
export function selectSeenPeople(
  sql: Statements,
  camera: number,
  { fromMs, toMs }: Interval,
  leastMs: number,
): SeenPeople {
  const row = sql.one<SeenPeople>(
    `SELECT count(*) AS tracks, ifnull(sum(EXISTS (SELECT 1 FROM appearances WHERE track = tracks.number)), 0) AS seen
       FROM tracks WHERE camera = :camera AND first_ms >= :fromMs AND first_ms < :toMs AND label = 'person' AND ended = 1
         AND last_ms - first_ms >= :leastMs`,
    { camera, fromMs, toMs, leastMs },
  );
  return row ?? { tracks: 0, seen: 0 };
}

/** Of the appearances up to a number, or of all. */
export function selectAppearanceExtent(sql: Statements, upTo?: number): AppearanceExtent {
  const row = sql.one<AppearanceExtent>(
    `SELECT count, last, timeSum, ifnull((SELECT tracks.id FROM appearances
         JOIN tracks ON tracks.number = appearances.track WHERE appearances.number = last), '') AS lastTrack
       FROM (SELECT count(*) AS count, ifnull(max(number), 0) AS last, ifnull(sum(time_ms), 0) AS timeSum
         FROM appearances INDEXED BY appearances_by_time ${upTo === undefined ? '' : 'WHERE number <= :upTo'})`,
    upTo === undefined ? {} : { upTo },
  );
  return row ?? { count: 0, last: 0, timeSum: 0, lastTrack: '' };
}

export function selectCorrections(sql: Statements): Correction[] {
  // From the corrections to the tracks: the other way all tracks would be looked at.
  const rows = sql.all<{ a: string; b: string; same: number; made_ms: number }>(
    `SELECT a.id AS a, b.id AS b, same, made_ms FROM corrections
       CROSS JOIN tracks AS a ON a.number = track_a CROSS JOIN tracks AS b ON b.number = track_b ORDER BY made_ms, a.id, b.id`,
  );
  return rows.map(({ a, b, same, made_ms }) => ({
    a: trackId(a),
    b: trackId(b),
    same: same === 1,
    madeMs: made_ms,
  }));
}

/** Float32, little-endian as all machines are that Node 20 and ONNX Runtime run on. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** A copy: a Buffer of SQLite's may begin at any byte. */
const vectorOf = (bytes: Buffer): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);
