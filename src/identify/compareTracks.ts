import { similarityOf, type Appearance } from '../domain/appearance.ts';
import { calibratedDescriptors } from './calibration.ts';
import { isPoor } from './quality.ts';

export interface Comparison {
  readonly descriptor: string;
  /** −1 to 1. */
  readonly similarity: number;
  /** Whether there are but poor pictures of one of the two. */
  readonly isPoor: boolean;
}

/** Of the pairs of appearances: the best tell what two tracks share, the others from how different sides they were seen. */
const shareOfPairs = 0.25;

/**
 * How alike two tracks look: the mean similarity of the best quarter of their pairs of appearances, by the most telling
 * descriptor that both have; undefined where they have none in common.
 */
export function compareTracks(a: readonly Appearance[], b: readonly Appearance[]): Comparison | undefined {
  for (const descriptor of calibratedDescriptors) {
    const [ofA, ofB] = [seenBest(a, descriptor), seenBest(b, descriptor)];
    if (ofA.vectors.length > 0 && ofB.vectors.length > 0)
      return {
        descriptor,
        similarity: meanOfBest(similaritiesOf(ofA.vectors, ofB.vectors)),
        isPoor: ofA.isPoor || ofB.isPoor,
      };
  }
  return undefined;
}

/** The good pictures or, where there are none, the poor ones. */
function seenBest(appearances: readonly Appearance[], descriptor: string) {
  const good: Float32Array[] = [];
  const poor: Float32Array[] = [];
  for (const appearance of appearances)
    if (appearance.descriptor === descriptor) (isPoor(appearance) ? poor : good).push(appearance.vector);
  return good.length > 0 ? { vectors: good, isPoor: false } : { vectors: poor, isPoor: true };
}

// Called for each two of a thousand tracks, each time for some forty pairs: no arrays of arrays here.
function similaritiesOf(a: readonly Float32Array[], b: readonly Float32Array[]): Float64Array {
  const similarities = new Float64Array(a.length * b.length);
  let n = 0;
  for (const one of a) for (const other of b) similarities[n++] = similarityOf(one, other);
  return similarities;
}

function meanOfBest(similarities: Float64Array): number {
  const count = Math.ceil(shareOfPairs * similarities.length);
  const best = similarities.sort().subarray(-count);
  return best.reduce((sum, similarity) => sum + similarity, 0) / count;
}
