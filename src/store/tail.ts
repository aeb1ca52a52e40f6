import type { TrackPoint } from '../domain/track.ts';
import { extentOfBox, type Extent } from './extent.ts';
import {
  confidenceStep,
  headerBytes,
  insidePosition,
  maxSegmentMs,
  packConfidence,
  packLength,
  packPosition,
  pointBytes,
  positionStep,
  unseenMs,
  writeHeader,
  writePoint,
  type PackedPoint,
} from './trajectory.ts';

/**
 * How far an edge of the box, interpolated between the points that are kept, may be from where it was at the moment
 * of any point that was given: 1/2000 of the picture, and its time in whole ms. Packing moves an edge by up to one step
 * (its own and that of the size), the points dropped by the rest.
 */
export const keptWithin = 1 / 2000;
/** The same for the confidence. */
export const confidenceKeptWithin = 0.1;
/** While a track is seen, a point is kept at least this often. */
export const keptEveryMs = 10_000;

const edgeTolerance = Math.floor(keptWithin / positionStep) - 1;
const confidenceTolerance = Math.floor(confidenceKeptWithin / confidenceStep) - 1;

/** A segment is closed by the first point later than this after its start … */
const segmentMs = 10_000;
/** … once it has so many points, so that a track that hardly moves does not cost a row every ten seconds, … */
const segmentPoints = 64;
/** … and by the first one later than this in any case. */
const longestSegmentMs = 60_000;

/** Edges x1, x2, y1, y2 and confidence. */
const channels = 5;
const confidenceChannel = 4;
/* Where in the numbers of a tail. */
const lowest = channels;
const highest = 2 * channels;
const path = 3 * channels;

/** What a tail was before a batch, to be restored when the batch cannot be stored. */
export interface TailMemento {
  readonly count: number;
  readonly hasCandidate: boolean;
  readonly lastMs: number;
  readonly anchorMs: number;
  readonly numbers: Float64Array;
  readonly candidate: Buffer;
}

/**
 * The segment of a track that still grows, as the bytes that will be stored. Points on the way between two others are
 * dropped as they come: from the last point kept, the straight ways that pass every later point within the tolerance
 * form a cone; while the newest point lies in it, the one before is not needed (a swing filter, as in Elmeleegy et al.,
 * "Online Piece-wise Linear Approximation of Numerical Streams with Precision Guarantees", 2009, with given points as
 * the only knots). The newest point is always there.
 */
export class Tail {
  readonly number: number;
  readonly startMs: number;
  readonly continues: boolean;
  lastMs: number;
  /** Of the row that is stored; undefined: none is. */
  storedExtent: Extent | undefined;
  #bytes: Buffer;
  #count = 0;
  /** Whether the newest point may still be dropped. */
  #hasCandidate = false;
  #anchorMs = 0;
  /**
   * For each channel the value of the last kept point and the lowest and highest slope, in steps and steps per ms; from
   * `path` on all that the boxes swept: x1, y1, x2, y2.
   */
  readonly #numbers = new Float64Array(3 * channels + 4);

  constructor(number: number, startMs: number, before?: Tail) {
    this.number = number;
    this.continues = before !== undefined;
    this.startMs = before ? before.lastMs : startMs;
    this.lastMs = this.startMs;
    const numbers = this.#numbers;
    numbers[path] = numbers[path + 1] = Infinity;
    numbers[path + 2] = numbers[path + 3] = -Infinity;
    this.#bytes = Buffer.allocUnsafe(headerBytes + firstCapacity * pointBytes);
    if (!before) return;
    const at = headerBytes + (before.#count - 1) * pointBytes;
    before.#bytes.copy(this.#bytes, headerBytes, at, at + pointBytes);
    this.#bytes.writeUInt16LE(0, headerBytes);
    this.#bytes.writeUInt16LE(this.#bytes.readUInt16LE(headerBytes + 10) & 0x7fff, headerBytes + 10);
    this.#count = 1;
    this.#anchorAt(this.startMs, readPacked(this.#bytes, headerBytes));
    this.#sweepStored();
  }

  get count(): number {
    return this.#count;
  }

  /** Whether a point at this time belongs to the next segment. */
  isFullAt(timeMs: number): boolean {
    const sinceMs = timeMs - this.startMs;
    return sinceMs > longestSegmentMs || (sinceMs > segmentMs && this.#count >= segmentPoints);
  }

  /** The segment after this one. It begins with this one's last point unless nobody looked for a minute. */
  next(number: number, timeMs: number): Tail {
    return timeMs - this.lastMs <= maxSegmentMs ? new Tail(number, timeMs, this) : new Tail(number, timeMs);
  }

  /** Throws RangeError when a position or the confidence is not a number; nothing has changed then. */
  add(timeMs: number, { box, confidence }: TrackPoint): void {
    const x1 = insidePosition(box.x1);
    const x2 = insidePosition(box.x2);
    const y1 = insidePosition(box.y1);
    const y2 = insidePosition(box.y2);
    packed.x = packPosition((x1 + x2) / 2);
    packed.y = packPosition(y2);
    packed.width = packLength(x2 - x1);
    packed.height = packLength(y2 - y1);
    packed.confidence = packConfidence(confidence);
    const isUnseenBefore = this.#count > 0 && timeMs - this.lastMs > unseenMs;
    if (isUnseenBefore || timeMs - this.#anchorMs > keptEveryMs || !this.#isInCone(timeMs))
      this.#keepNewest();
    if (this.#hasCandidate) this.#count--;
    this.#write(timeMs - this.startMs, isUnseenBefore);
    this.#hasCandidate = this.#count > 1 && !isUnseenBefore;
    if (this.#hasCandidate) this.#narrowCone(timeMs);
    else this.#anchorAt(timeMs, packed);
    this.lastMs = timeMs;
    this.#sweep(x1, y1, x2, y2);
  }

  /** The segment as it is to be stored. Valid until the next change. */
  bytes(): Buffer {
    writeHeader(this.#bytes, this.continues, this.#count);
    return this.#bytes.subarray(0, headerBytes + this.#count * pointBytes);
  }

  extent(cameraNumber: number): Extent {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = this.#numbers.subarray(path);
    return extentOfBox(cameraNumber, this.startMs, this.lastMs, x1, y1, x2, y2);
  }

  memento(): TailMemento {
    const at = headerBytes + Math.max(0, this.#count - 1) * pointBytes;
    return {
      count: this.#count,
      hasCandidate: this.#hasCandidate,
      lastMs: this.lastMs,
      anchorMs: this.#anchorMs,
      numbers: this.#numbers.slice(),
      candidate: Buffer.from(this.#bytes.subarray(at, at + pointBytes)),
    };
  }

  restore({ count, hasCandidate, lastMs, anchorMs, numbers, candidate }: TailMemento): void {
    this.#count = count;
    this.#hasCandidate = hasCandidate;
    this.lastMs = lastMs;
    this.#anchorMs = anchorMs;
    this.#numbers.set(numbers);
    if (count > 0) candidate.copy(this.#bytes, headerBytes + (count - 1) * pointBytes);
  }

  /** The newest point stays; the cone begins at it. */
  #keepNewest(): void {
    if (!this.#hasCandidate) return;
    this.#hasCandidate = false;
    this.#anchorAt(this.lastMs, readPacked(this.#bytes, headerBytes + (this.#count - 1) * pointBytes));
  }

  #anchorAt(timeMs: number, point: Readonly<PackedPoint>): void {
    this.#anchorMs = timeMs;
    const numbers = this.#numbers;
    setChannels(point);
    for (let channel = 0; channel < channels; channel++) {
      numbers[channel] = values[channel] ?? 0;
      numbers[lowest + channel] = -Infinity;
      numbers[highest + channel] = Infinity;
    }
  }

  /** Whether the straight way from the last kept point to `packed` passes those in between closely enough. */
  #isInCone(timeMs: number): boolean {
    const numbers = this.#numbers;
    const perMs = 1 / (timeMs - this.#anchorMs);
    setChannels(packed);
    for (let channel = 0; channel < channels; channel++) {
      const slope = ((values[channel] ?? 0) - (numbers[channel] ?? 0)) * perMs;
      if (slope < (numbers[lowest + channel] ?? 0) || slope > (numbers[highest + channel] ?? 0)) return false;
    }
    return true;
  }

  /** To the ways that pass `packed` closely enough. */
  #narrowCone(timeMs: number): void {
    const numbers = this.#numbers;
    const perMs = 1 / (timeMs - this.#anchorMs);
    setChannels(packed);
    for (let channel = 0; channel < channels; channel++) {
      const change = (values[channel] ?? 0) - (numbers[channel] ?? 0);
      const tolerance = channel === confidenceChannel ? confidenceTolerance : edgeTolerance;
      const low = (change - tolerance) * perMs;
      const high = (change + tolerance) * perMs;
      if (low > (numbers[lowest + channel] ?? 0)) numbers[lowest + channel] = low;
      if (high < (numbers[highest + channel] ?? 0)) numbers[highest + channel] = high;
    }
  }

  #write(offsetMs: number, isUnseenBefore: boolean): void {
    const needed = headerBytes + (this.#count + 1) * pointBytes;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * needed);
      this.#bytes.copy(larger, 0);
      this.#bytes = larger;
    }
    writePoint(this.#bytes, this.#count++, offsetMs, packed, isUnseenBefore);
  }

  #sweep(x1: number, y1: number, x2: number, y2: number): void {
    const numbers = this.#numbers;
    if (x1 < (numbers[path] ?? 0)) numbers[path] = x1;
    if (y1 < (numbers[path + 1] ?? 0)) numbers[path + 1] = y1;
    if (x2 > (numbers[path + 2] ?? 0)) numbers[path + 2] = x2;
    if (y2 > (numbers[path + 3] ?? 0)) numbers[path + 3] = y2;
  }

  #sweepStored(): void {
    const { x, y, width, height } = readPacked(this.#bytes, headerBytes);
    const position = (steps: number) => insidePosition(steps * positionStep - 0.5);
    this.#sweep(position(x - width / 2), position(y - height), position(x + width / 2), position(y));
  }
}

const firstCapacity = 12;

/** The point being added; one for all, as adding is never interrupted. */
const packed: PackedPoint = { x: 0, y: 0, width: 0, height: 0, confidence: 0 };

/** The channels of a point: one array for all, as above. */
const values = new Float64Array(channels);

function setChannels({ x, y, width, height, confidence }: Readonly<PackedPoint>): void {
  values[0] = x - width / 2;
  values[1] = x + width / 2;
  values[2] = y - height;
  values[3] = y;
  values[confidenceChannel] = confidence;
}

const readPacked = (bytes: Buffer, at: number): PackedPoint => ({
  x: bytes.readUInt16LE(at + 2),
  y: bytes.readUInt16LE(at + 4),
  width: bytes.readUInt16LE(at + 6),
  height: bytes.readUInt16LE(at + 8),
  confidence: bytes.readUInt16LE(at + 10) & 0x7fff,
});
