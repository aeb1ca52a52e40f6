import type { Appearance } from '../domain/appearance.ts';
import type { TrackId } from '../domain/ids.ts';
import { compareTracks } from './compareTracks.ts';
import { packedVectors, VectorIndex } from './nearest.ts';

export interface SimilarTrack {
  readonly trackId: TrackId;
  /** As `compareTracks` tells it, −1 to 1. */
  readonly similarity: number;
}

/** Nearest vectors looked at first for each one of the example; four times as many each time they do not suffice. */
const nearestAtFirst = 64;

/** The looks of many tracks by one descriptor, searched for the tracks that are most like an example. */
export class TrackSearch {
  readonly #dimensions: number;
  readonly #index: VectorIndex;
  /** In the order of appending. */
  readonly #appearances: Appearance[] = [];
  readonly #ofTrack = new Map<TrackId, Appearance[]>();

  /** @param dimensions numbers in a vector */
  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#index = new VectorIndex(dimensions);
  }

  /** The tracks of which there are looks. */
  get tracks(): Iterable<TrackId> {
    return this.#ofTrack.keys();
  }

  /** Throws a RangeError if a vector is not of length 1 or of another number of dimensions. */
  append(appearances: readonly Appearance[]): void {
    if (appearances.length === 0) return;
    const packed = packedVectors(appearances);
    this.#index.append(packed);
    for (const [n, given] of appearances.entries()) {
      // The vector as the index has it: a second one would take as much memory again.
      const appearance = {
        ...given,
        vector: packed.subarray(n * this.#dimensions, (n + 1) * this.#dimensions),
      };
      this.#appearances.push(appearance);
      const ofTrack = this.#ofTrack.get(appearance.trackId);
      if (ofTrack) ofTrack.push(appearance);
      else this.#ofTrack.set(appearance.trackId, [appearance]);
    }
  }

  /**
   * The tracks that look most like the example, the most alike first, those appended first before equals: the same that
   * comparing the example with every track would find. The mean of the best pairs of vectors is never greater than the
   * best one, so a track none of whose vectors is among the nearest ones is less alike than the last of those.
   *
   * @param example vectors of the descriptor
   * @param accepts which tracks may be found
   */
  mostSimilar(
    example: readonly Appearance[],
    limit: number,
    accepts: (track: TrackId) => boolean,
  ): SimilarTrack[] {
    for (let k = nearestAtFirst; ; k *= 4) {
      const { candidates, bound } = this.#candidates(example, k, accepts);
      const found = candidates
        .map((trackId) => ({ trackId, similarity: this.#similarity(example, trackId) }))
        .filter(({ similarity }) => similarity > -Infinity)
        .toSorted((a, b) => b.similarity - a.similarity)
        .slice(0, limit);
      const last = found[limit - 1]?.similarity ?? -Infinity;
      if (last > bound || k >= this.#index.size) return found;
    }
  }

  /** Tracks with a vector among the `k` nearest ones, in order of appending; no other vector is nearer than `bound`. */
  #candidates(example: readonly Appearance[], k: number, accepts: (track: TrackId) => boolean) {
    const nearest = new Set<number>();
    let bound = -Infinity;
    for (const { vector } of example) {
      const found = this.#index.nearest(vector, k, (n) => {
        const appearance = this.#appearances[n];
        return appearance !== undefined && accepts(appearance.trackId);
      });
      for (const { index } of found) nearest.add(index);
      if (found.length === k) bound = Math.max(bound, found.at(-1)?.similarity ?? -Infinity);
    }
    const inOrder = [...nearest].sort((a, b) => a - b).flatMap((n) => this.#appearances[n]?.trackId ?? []);
    return { candidates: [...new Set(inOrder)], bound };
  }

  #similarity(example: readonly Appearance[], track: TrackId): number {
    return compareTracks(example, this.#ofTrack.get(track) ?? [])?.similarity ?? -Infinity;
  }
}
