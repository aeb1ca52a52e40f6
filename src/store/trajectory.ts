import { ArgusError } from '../domain/errors.ts';
import { unpackPoint, type PackedPoint } from '../domain/storedPoint.ts';
import type { TrackPoint } from '../domain/track.ts';

/*
 * A segment of a trajectory as bytes, little-endian:
 *   u8 format version (1), u8 flags (bit 0: the first point repeats the last one of the segment before), u16 points n,
 *   then n × 12 bytes: u16 ms since the segment's start, u16 for each of the box's edges x1, y1, x2, y2, and u16 of which
 *   15 bits are the confidence and the highest says that the track was not seen for more than `unseenMs` before this
 *   point. Steps and ranges are those of domain/storedPoint.ts.
 *
 * Of a track that stands still only the first and the last of its points are kept: two equal points say that it was seen
 * there from the one to the other, unless the second one is marked as unseen before.
 */
const formatVersion = 1;
export const headerBytes = 4;
export const pointBytes = 12;
const continuesFlag = 1;
const unseenFlag = 32_768;

/** The longest time between the first and the last point of a segment. */
export const maxSegmentMs = 65_535;

/** Two points of a track further apart than this leave a hole: where it was in between is not known. */
export const unseenMs = 1000;

export function writeHeader(bytes: Uint8Array, continues: boolean, count: number): void {
  bytes[0] = formatVersion;
  bytes[1] = continues ? continuesFlag : 0;
  writeU16(bytes, 2, count);
}

export function writePoint(
  bytes: Uint8Array,
  index: number,
  offsetMs: number,
  { x1, y1, x2, y2, confidence }: Readonly<PackedPoint>,
  isUnseenBefore: boolean,
): void {
  const at = headerBytes + index * pointBytes;
  writeU16(bytes, at, offsetMs);
  writeU16(bytes, at + 2, x1);
  writeU16(bytes, at + 4, y1);
  writeU16(bytes, at + 6, x2);
  writeU16(bytes, at + 8, y2);
  writeU16(bytes, at + 10, isUnseenBefore ? confidence | unseenFlag : confidence);
}

/** Moves a point in time. */
export function writeOffset(bytes: Uint8Array, index: number, offsetMs: number): void {
  writeU16(bytes, headerBytes + index * pointBytes, offsetMs);
}

function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >> 8;
}

/** Reads a stored segment without making an object of each point. Points are numbered from 0 to `count` − 1. */
export class SegmentView {
  readonly count: number;
  /** Whether the first point repeats the last one of the segment before. */
  readonly continues: boolean;
  /** UTC ms of the first point. */
  readonly startMs: number;
  readonly #bytes: Uint8Array;
  readonly #packed: PackedPoint = { x1: 0, y1: 0, x2: 0, y2: 0, confidence: 0 };

  /** Throws ArgusError when the bytes are cut short or of a format that this program does not know. */
  constructor(bytes: Uint8Array, startMs: number) {
    if (bytes.length < headerBytes) throw damaged(bytes.length, headerBytes);
    if (bytes[0] !== formatVersion) {
      throw new ArgusError(
        `A stored trajectory has format ${bytes[0]}; this program reads format ${formatVersion}.`,
        'Update Argus to the version that wrote it.',
      );
    }
    this.#bytes = bytes;
    this.startMs = startMs;
    this.count = this.#u16(2);
    this.continues = ((bytes[1] ?? 0) & continuesFlag) !== 0;
    const expected = headerBytes + this.count * pointBytes;
    if (bytes.length !== expected) throw damaged(bytes.length, expected);
  }

  timeMs(index: number): number {
    return this.startMs + this.#u16(headerBytes + index * pointBytes);
  }

  /** In whole steps. Valid until the next call. */
  packed(index: number): Readonly<PackedPoint> {
    const at = headerBytes + index * pointBytes;
    this.#packed.x1 = this.#u16(at + 2);
    this.#packed.y1 = this.#u16(at + 4);
    this.#packed.x2 = this.#u16(at + 6);
    this.#packed.y2 = this.#u16(at + 8);
    this.#packed.confidence = this.#u16(at + 10) & ~unseenFlag;
    return this.#packed;
  }

  /** Whether it is not known where the track was between the point before and this one. */
  isUnseenBefore(index: number): boolean {
    return (this.#u16(headerBytes + index * pointBytes + 10) & unseenFlag) !== 0;
  }

  point(index: number): TrackPoint {
    return unpackPoint(this.packed(index), this.timeMs(index));
  }

  #u16(at: number): number {
    return (this.#bytes[at] ?? 0) | ((this.#bytes[at + 1] ?? 0) << 8);
  }
}

const damaged = (bytes: number, expected: number): ArgusError =>
  new ArgusError(
    `A stored trajectory is damaged: ${bytes} bytes where ${expected} belong.`,
    'Check the database with `sqlite3 argus.db "PRAGMA integrity_check"` and restore it from a backup.',
  );
