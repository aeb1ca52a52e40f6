import {
  keepUp,
  nowhere,
  packPoint,
  positionMin,
  positionStep,
  type PackedPoint,
} from '../domain/storedPoint.ts';
import type { TrackPoint } from '../domain/track.ts';
import { extentOfPath, type Extent } from './extent.ts';
import {
  headerBytes,
  maxSegmentMs,
  pointBytes,
  unseenMs,
  writeHeader,
  writeOffset,
  writePoint,
} from './trajectory.ts';

/** A segment is closed by the first point later than this after its start … */
const segmentMs = 10_000;
/** … once it has so many points, so that a track that hardly moves does not cost a row every ten seconds, … */
const segmentPoints = 64;
/** … and by the first one later than this in any case. */
const longestSegmentMs = 60_000;

/** What a tail was before a batch, to be restored when the batch cannot be stored. */
export interface TailMemento {
  readonly count: number;
  readonly isRepeat: boolean;
  readonly lastMs: number;
  readonly kept: PackedPoint;
  readonly swept: readonly number[];
}

/**
 * The segment of a track that still grows, as the bytes that will be stored. While the track stands still its last point
 * is moved on in time instead of adding others. The newest point is always there.
 */
export class Tail {
  readonly number: number;
  readonly startMs: number;
  readonly continues: boolean;
  lastMs: number;
  /** Of the row that is stored; undefined: none is. */
  storedExtent: Extent | undefined;
  #bytes = Buffer.allocUnsafe(headerBytes + firstCapacity * pointBytes);
  #count = 0;
  /** Whether the last point says only that the track was still where the one before says. */
  #isRepeat = false;
  /** Where the track was last kept; in the segment before, when this one has no point yet. */
  #kept: PackedPoint;
  /* Where the anchor at the bottom of the box went, in steps. */
  #left = Infinity;
  #top = Infinity;
  #right = -Infinity;
  #bottom = -Infinity;

  /** @param before the segment that this one follows */
  constructor(number: number, startMs: number, before?: Tail) {
    this.number = number;
    // Unless nobody looked for a minute it begins with that one's last point, so that the way between belongs to one.
    this.continues = before !== undefined && startMs - before.lastMs <= maxSegmentMs;
    this.startMs = before && this.continues ? before.lastMs : startMs;
    this.lastMs = this.startMs;
    this.#kept = before ? { ...before.#kept } : { ...nowhere };
    if (this.continues) this.#append(this.startMs, false);
  }

  get count(): number {
    return this.#count;
  }

  /** Whether a point at this time belongs to the next segment. */
  isFullAt(timeMs: number): boolean {
    const sinceMs = timeMs - this.startMs;
    return sinceMs > longestSegmentMs || (sinceMs > segmentMs && this.#count >= segmentPoints);
  }

  /** Throws RangeError when a position or the confidence is not a number; nothing has changed then. */
  add(timeMs: number, point: TrackPoint): void {
    packPoint(point, packed);
    const isUnseenBefore = this.#count > 0 && timeMs - this.lastMs > unseenMs;
    const stands = keepUp(this.#kept, packed);
    if (stands && this.#isRepeat && !isUnseenBefore)
      writeOffset(this.#bytes, this.#count - 1, timeMs - this.startMs);
    else {
      this.#isRepeat = stands && this.#count > 0 && !isUnseenBefore;
      this.#append(timeMs, isUnseenBefore);
    }
    this.lastMs = timeMs;
  }

  /** The segment as it is to be stored. Valid until the next change. */
  bytes(): Buffer {
    writeHeader(this.#bytes, this.continues, this.#count);
    return this.#bytes.subarray(0, headerBytes + this.#count * pointBytes);
  }

  extent(cameraNumber: number): Extent {
    return extentOfPath(
      cameraNumber,
      this.startMs,
      this.lastMs,
      positionMin + this.#left * positionStep,
      positionMin + this.#top * positionStep,
      positionMin + this.#right * positionStep,
      positionMin + this.#bottom * positionStep,
    );
  }

  memento(): TailMemento {
    return {
      count: this.#count,
      isRepeat: this.#isRepeat,
      lastMs: this.lastMs,
      kept: { ...this.#kept },
      swept: [this.#left, this.#top, this.#right, this.#bottom],
    };
  }

  restore({ count, isRepeat, lastMs, kept, swept }: TailMemento): void {
    this.#count = count;
    this.#isRepeat = isRepeat;
    this.lastMs = lastMs;
    this.#kept = { ...kept };
    [this.#left = 0, this.#top = 0, this.#right = 0, this.#bottom = 0] = swept;
    // Of the points that stay only the last one may have changed, and only in time.
    if (count > 0) writeOffset(this.#bytes, count - 1, lastMs - this.startMs);
  }

  #append(timeMs: number, isUnseenBefore: boolean): void {
    const needed = headerBytes + (this.#count + 1) * pointBytes;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * needed);
      this.#bytes.copy(larger, 0);
      this.#bytes = larger;
    }
    const { x1, x2, y2 } = this.#kept;
    const x = (x1 + x2) / 2;
    writePoint(this.#bytes, this.#count++, timeMs - this.startMs, this.#kept, isUnseenBefore);
    if (x < this.#left) this.#left = x;
    if (y2 < this.#top) this.#top = y2;
    if (x > this.#right) this.#right = x;
    if (y2 > this.#bottom) this.#bottom = y2;
  }
}

const firstCapacity = 12;

/** The point being added; one for all, as adding is never interrupted. */
const packed: PackedPoint = { ...nowhere };
