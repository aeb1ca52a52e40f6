import { ArgusError } from '../domain/errors.ts';
import type { TrackPoint } from '../domain/track.ts';

/*
 * A segment of a trajectory as bytes, little-endian:
 *   u8 format version (1), u8 flags (bit 0: the first point repeats the last one of the segment before), u16 points n,
 *   then n × 12 bytes: u16 ms since the segment's start, u16 x, u16 y of the anchor (bottom centre), u16 width,
 *   u16 height, u16 of which 15 bits are the confidence and the highest says that the track was not seen for more than
 *   `unseenMs` before this point.
 * x and y hold −0.5…1.5 of the picture, width and height 0…2, so that boxes that a filter predicts partly outside the
 * picture survive. Each is at most 1/65535 wrong, times at most 0.5 ms.
 *
 * Not every point of a track is kept (tail.ts says which): between two points the box went straight from one to the
 * other, unless the second one is marked as unseen before.
 */
const formatVersion = 1;
export const headerBytes = 4;
export const pointBytes = 12;
const continuesFlag = 1;
const full = 65_535;
const fullConfidence = 32_767;
const unseenFlag = 32_768;

/** Positions outside are moved to the nearest one inside. */
export const positionMin = -0.5;
export const positionMax = 1.5;
const positionSpan = positionMax - positionMin;
/** Positions and sizes are stored as whole steps of this part of the picture. */
export const positionStep = positionSpan / full;
export const confidenceStep = 1 / fullConfidence;

/** The longest time between the first and the last point of a segment. */
export const maxSegmentMs = full;

/** Two points of a track further apart than this leave a hole: where it was in between is not known. */
export const unseenMs = 1000;

/** Also the range of the index: a position that is not a number is a defect of whoever measured it. */
export function insidePosition(value: number): number {
  if (Number.isNaN(value)) throw new RangeError('A position is a number (got NaN)');
  return Math.min(positionMax, Math.max(positionMin, value));
}

/** Whole steps from `positionMin`. */
export const packPosition = (position: number): number => Math.round((position - positionMin) / positionStep);
/** Whole steps. */
export const packLength = (length: number): number => Math.round(length / positionStep);

export function packConfidence(confidence: number): number {
  if (Number.isNaN(confidence)) throw new RangeError('A confidence is a number (got NaN)');
  return Math.round(Math.min(1, Math.max(0, confidence)) * fullConfidence);
}

export function writeHeader(bytes: Uint8Array, continues: boolean, count: number): void {
  bytes[0] = formatVersion;
  bytes[1] = continues ? continuesFlag : 0;
  writeU16(bytes, 2, count);
}

/** A point in whole steps. */
export interface PackedPoint {
  x: number;
  y: number;
  width: number;
  height: number;
  confidence: number;
}

export function writePoint(
  bytes: Uint8Array,
  index: number,
  offsetMs: number,
  { x, y, width, height, confidence }: Readonly<PackedPoint>,
  isUnseenBefore: boolean,
): void {
  const at = headerBytes + index * pointBytes;
  writeU16(bytes, at, offsetMs);
  writeU16(bytes, at + 2, x);
  writeU16(bytes, at + 4, y);
  writeU16(bytes, at + 6, width);
  writeU16(bytes, at + 8, height);
  writeU16(bytes, at + 10, isUnseenBefore ? confidence | unseenFlag : confidence);
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

  /** Of the anchor at the bottom and of the one in the centre. */
  x(index: number): number {
    return positionMin + this.#u16(headerBytes + index * pointBytes + 2) * positionStep;
  }

  /** Of the box's lower edge. */
  bottom(index: number): number {
    return positionMin + this.#u16(headerBytes + index * pointBytes + 4) * positionStep;
  }

  width(index: number): number {
    return this.#u16(headerBytes + index * pointBytes + 6) * positionStep;
  }

  height(index: number): number {
    return this.#u16(headerBytes + index * pointBytes + 8) * positionStep;
  }

  confidence(index: number): number {
    return (this.#u16(headerBytes + index * pointBytes + 10) & ~unseenFlag) * confidenceStep;
  }

  /** Whether it is not known where the track was between the point before and this one. */
  isUnseenBefore(index: number): boolean {
    return (this.#u16(headerBytes + index * pointBytes + 10) & unseenFlag) !== 0;
  }

  point(index: number): TrackPoint {
    const x = this.x(index);
    const y2 = this.bottom(index);
    const halfWidth = this.width(index) / 2;
    return {
      timeMs: this.timeMs(index),
      box: { x1: x - halfWidth, y1: y2 - this.height(index), x2: x + halfWidth, y2 },
      confidence: this.confidence(index),
    };
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
