import { similarityOf, type Appearance } from '../domain/appearance.ts';
import { Int8Rows, rowsAtOnce } from './dotProducts.ts';

export interface Neighbour {
  /** Of the vector, in the order of appending from 0. */
  readonly index: number;
  /** Exactly `similarityOf` the two vectors. */
  readonly similarity: number;
}

/**
 * Vectors of length 1 and of one descriptor, searched for the most similar ones. The answer is that of comparing with
 * every vector; only most need no full comparison. Each vector is kept a second time as 8-bit numbers. What those make
 * of a similarity is wrong by no more than is known beforehand (`largestError`), so whatever cannot be among the nearest
 * by them is passed over.
 */
export class VectorIndex {
  readonly #dimensions: number;
  readonly #codes: Int8Rows;
  readonly #blocks: Block[] = [];
  /** What the numbers of a query are rounded to: the most that keeps every product within 32 bits. */
  readonly #queryLimit: number;
  #size = 0;

  /** @param dimensions numbers in a vector, 1 or more */
  constructor(dimensions: number) {
    if (!Number.isInteger(dimensions) || dimensions < 1)
      throw new RangeError(`dimensions must be a whole number from 1 (got ${dimensions})`);
    this.#dimensions = dimensions;
    this.#codes = new Int8Rows(dimensions);
    this.#queryLimit = Math.min(0x7fff, Math.floor(0x7fff_ffff / (codeLimit * dimensions)));
  }

  /** Of vectors. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds vectors; many at once make the better block. Throws a RangeError if one is not of length 1.
   * @param packed vectors one after another, n × dimensions; kept, not copied: must not change any more
   */
  append(packed: Float32Array): void {
    const count = packed.length / this.#dimensions;
    if (!Number.isInteger(count))
      throw new RangeError(`${packed.length} numbers are no vectors of ${this.#dimensions}`);
    const block: Block = {
      first: this.#size,
      packed,
      scales: new Float64Array(count),
      errors: new Float64Array(count),
    };
    this.#codes.makeRoomFor(this.#size + count);
    for (let n = 0; n < count; n++) {
      const vector = this.#vectorOf(packed, n);
      checkLength(vector, this.#dimensions);
      const { scale, error } = roundTo(codeLimit, vector, this.#codes.row(this.#size + n));
      block.scales[n] = scale;
      block.errors[n] = error;
    }
    if (count > 0) this.#blocks.push(block);
    this.#size += count;
  }

  /**
   * The most similar vectors, the most similar first; of equally similar ones, the one appended first. Fewer than `k`
   * if there are no more. Throws a RangeError for a query of another length or for a `k` that is no count.
   * @param query of length 1
   * @param k some hundreds at most if it is to be fast
   * @param accepts asked only of vectors that would be among the nearest
   */
  nearest(query: Float32Array, k: number, accepts?: (index: number) => boolean): Neighbour[] {
    checkLength(query, this.#dimensions);
    if (!Number.isInteger(k) || k < 0) throw new RangeError(`k must be a whole number from 0 (got ${k})`);
    const best = new Best(Math.min(k, this.#size));
    const rounded = roundTo(this.#queryLimit, query, this.#codes.query());
    for (const { first, packed, scales, errors } of this.#blocks) {
      for (let from = 0; from < scales.length; from += rowsAtOnce) {
        const count = Math.min(rowsAtOnce, scales.length - from);
        const products = this.#codes.products(first + from, count);
        for (let n = 0; n < count; n++) {
          const row = from + n;
          const about = (products[n] ?? 0) * rounded.scale * (scales[row] ?? 0);
          if (about + largestError(rounded.error, errors[row] ?? 0) <= best.least) continue;
          if (accepts?.(first + row) === false) continue;
          const similarity = similarityOf(query, this.#vectorOf(packed, row));
          best.offer({ index: first + row, similarity });
        }
      }
    }
    return best.found;
  }

  #vectorOf(packed: Float32Array, n: number): Float32Array {
    return packed.subarray(n * this.#dimensions, (n + 1) * this.#dimensions);
  }
}

/** The vectors one after another, as `append` takes them. They must be of one descriptor. */
export function packedVectors(appearances: readonly Pick<Appearance, 'vector'>[]): Float32Array {
  const packed = new Float32Array(appearances.reduce((numbers, { vector }) => numbers + vector.length, 0));
  let to = 0;
  for (const { vector } of appearances) {
    packed.set(vector, to);
    to += vector.length;
  }
  return packed;
}

interface Block {
  /** Index of the first vector. */
  readonly first: number;
  readonly packed: Float32Array;
  /** A code times its scale is about the number. */
  readonly scales: Float64Array;
  /** Lengths of the differences between vectors and what their codes say. */
  readonly errors: Float64Array;
}

const codeLimit = 127;
/** Of lengths, from 1: room for the rounding of whoever made them so long. */
const tolerance = 1e-3;
/** More than the rounding in the arithmetic with double precision. */
const arithmetic = 1e-9;

/**
 * Of a similarity made from rounded vectors q̂ and x̂: ⟨q, x⟩ − ⟨q̂, x̂⟩ = ⟨q, x − x̂⟩ + ⟨q − q̂, x̂⟩, and no product of
 * vectors is greater than that of their lengths (Cauchy–Schwarz).
 */
function largestError(queryError: number, error: number): number {
  const length = 1 + tolerance;
  return length * error + queryError * (length + error) + arithmetic;
}

/** Writes a vector as whole numbers from −limit to limit. */
function roundTo(limit: number, vector: Float32Array, codes: Int8Array | Int16Array) {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const scale = largest / limit;
  const inverse = limit / largest;
  let squares = 0;
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i] ?? 0;
    const code = Math.round(value * inverse);
    codes[i] = code;
    squares += (value - code * scale) ** 2;
  }
  return { scale, error: Math.sqrt(squares) };
}

function checkLength(vector: Float32Array, dimensions: number): void {
  if (vector.length !== dimensions)
    throw new RangeError(`a vector of ${vector.length} numbers is not one of ${dimensions}`);
  const length = Math.sqrt(similarityOf(vector, vector));
  // Not `> tolerance`: a vector with NaN in it has no length at all.
  if (!(Math.abs(length - 1) <= tolerance)) throw new RangeError(`a vector has the length ${length}, not 1`);
}

/** The best so many of those offered in the order of their indexes. */
class Best {
  readonly found: Neighbour[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** What must be exceeded to get in. */
  get least(): number {
    if (this.found.length < this.#most) return -Infinity;
    return this.found.at(-1)?.similarity ?? Infinity;
  }

  offer(neighbour: Neighbour): void {
    if (neighbour.similarity <= this.least) return;
    if (this.found.length === this.#most) this.found.pop();
    let place = this.found.length;
    while (place > 0 && (this.found[place - 1]?.similarity ?? Infinity) < neighbour.similarity) place--;
    this.found.splice(place, 0, neighbour);
  }
}
