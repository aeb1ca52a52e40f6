import { ArgusError } from '../domain/errors.ts';
import type { TrackPoint } from '../domain/track.ts';

/*
 * A segment of a trajectory as bytes, little-endian:
 *   u8 format version (1), u8 flags (bit 0: the first point repeats the last one of the segment before), u16 points n,
 *   then n × 12 bytes: u16 ms since the segment's start, u16 x, u16 y of the anchor (bottom centre), u16 width,
 *   u16 height, u16 confidence.
 * x and y hold −0.5…1.5 of the picture, width and height 0…2, so that boxes that a filter predicts partly outside the
 * picture survive. Each is at most 1/65535 wrong, times at most 0.5 ms.
 */
const formatVersion = 1;
const headerBytes = 4;
const pointBytes = 12;
const continuesFlag = 1;
const full = 65_535;

/** Positions outside are moved to the nearest one inside. */
export const positionMin = -0.5;
export const positionMax = 1.5;
const positionSpan = positionMax - positionMin;

/** The longest time between the first and the last point of a segment. */
export const maxSegmentMs = full;
const maxSegmentPoints = full;

export interface Segment {
  /** Whether the first point repeats the last one of the segment before. */
  readonly continues: boolean;
  /** At least one, in order of time. */
  readonly points: readonly TrackPoint[];
}

/** UTC ms that the offsets of a segment count from; stored beside the bytes. */
export const segmentStartMs = (points: readonly TrackPoint[]): number => Math.round(points[0]?.timeMs ?? NaN);

/** Throws RangeError when the segment has no points or too many, or lasts longer than `maxSegmentMs`. */
export function encodeSegment({ continues, points }: Segment): Buffer {
  if (points.length === 0 || points.length > maxSegmentPoints) {
    throw new RangeError(`A segment has 1 to ${maxSegmentPoints} points (got ${points.length})`);
  }
  const startMs = segmentStartMs(points);
  const data = Buffer.allocUnsafe(headerBytes + points.length * pointBytes);
  data.writeUInt8(formatVersion, 0);
  data.writeUInt8(continues ? continuesFlag : 0, 1);
  data.writeUInt16LE(points.length, 2);
  let at = headerBytes;
  for (const { timeMs, box, confidence } of points) {
    const offsetMs = Math.round(timeMs) - startMs;
    if (!(offsetMs >= 0 && offsetMs <= maxSegmentMs)) {
      throw new RangeError(
        `A point lies 0 to ${maxSegmentMs} ms after its segment's start (got ${offsetMs})`,
      );
    }
    const x1 = insidePosition(box.x1);
    const x2 = insidePosition(box.x2);
    const y1 = insidePosition(box.y1);
    const y2 = insidePosition(box.y2);
    data.writeUInt16LE(offsetMs, at);
    data.writeUInt16LE(pack(((x1 + x2) / 2 - positionMin) / positionSpan), at + 2);
    data.writeUInt16LE(pack((y2 - positionMin) / positionSpan), at + 4);
    data.writeUInt16LE(pack((x2 - x1) / positionSpan), at + 6);
    data.writeUInt16LE(pack((y2 - y1) / positionSpan), at + 8);
    data.writeUInt16LE(pack(confidence), at + 10);
    at += pointBytes;
  }
  return data;
}

/** Throws ArgusError when the bytes are cut short or of a format that this program does not know. */
export function decodeSegment(data: Uint8Array, startMs: number): Segment {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (view.byteLength < headerBytes) throw damaged(view.byteLength, headerBytes);
  const version = view.getUint8(0);
  if (version !== formatVersion) {
    throw new ArgusError(
      `A stored trajectory has format ${version}; this program reads format ${formatVersion}.`,
      'Update Argus to the version that wrote it.',
    );
  }
  const count = view.getUint16(2, true);
  const expected = headerBytes + count * pointBytes;
  if (view.byteLength !== expected) throw damaged(view.byteLength, expected);
  const points: TrackPoint[] = [];
  for (let at = headerBytes; at < expected; at += pointBytes) {
    const x = unpackPosition(view.getUint16(at + 2, true));
    const y2 = unpackPosition(view.getUint16(at + 4, true));
    const halfWidth = (view.getUint16(at + 6, true) / full) * (positionSpan / 2);
    const height = (view.getUint16(at + 8, true) / full) * positionSpan;
    points.push({
      timeMs: startMs + view.getUint16(at, true),
      box: { x1: x - halfWidth, y1: y2 - height, x2: x + halfWidth, y2 },
      confidence: view.getUint16(at + 10, true) / full,
    });
  }
  return { continues: (view.getUint8(1) & continuesFlag) !== 0, points };
}

/** Also the range of the index: a position that is not a number is a defect of whoever measured it. */
export function insidePosition(value: number): number {
  if (Number.isNaN(value)) throw new RangeError('A position is a number (got NaN)');
  return Math.min(positionMax, Math.max(positionMin, value));
}

function pack(unit: number): number {
  if (Number.isNaN(unit)) throw new RangeError('A confidence is a number (got NaN)');
  return Math.round(Math.min(1, Math.max(0, unit)) * full);
}

const unpackPosition = (packed: number): number => positionMin + (packed / full) * positionSpan;

const damaged = (bytes: number, expected: number): ArgusError =>
  new ArgusError(
    `A stored trajectory is damaged: ${bytes} bytes where ${expected} belong.`,
    'Check the database with `sqlite3 argus.db "PRAGMA integrity_check"` and restore it from a backup.',
  );
