import { cameraId, trackId, type CameraId, type TrackId } from '../domain/ids.ts';
import type { Appearance } from '../domain/appearance.ts';
import type { Statements } from './statements.ts';

/** Which appearances are asked for; conditions left out do not count. */
export interface AppearanceFilter {
  readonly cameras?: readonly CameraId[];
  /** UTC ms; fromMs ≤ time < toMs. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly tracks?: readonly TrackId[];
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
  const { cameras, fromMs, toMs, tracks } = filter;
  const conditions = [
    fromMs === undefined ? [] : ['time_ms >= :fromMs'],
    toMs === undefined ? [] : ['time_ms < :toMs'],
    cameras === undefined ? [] : ['cameras.id IN (SELECT value FROM json_each(:cameras))'],
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
