import { similarityOf, type Appearance } from '../domain/appearance.ts';
import { calibratedDescriptors } from './calibration.ts';

export interface Comparison {
  readonly descriptor: string;
  /** −1 to 1. */
  readonly similarity: number;
}

/** Of the pairs of appearances: the best tell what two tracks share, the others from how different sides they were seen. */
const shareOfPairs = 0.25;

/**
 * How alike two tracks look: the mean similarity of the best quarter of their pairs of appearances, by the most telling
 * descriptor that both have; undefined where they have none in common.
 */
export function compareTracks(a: readonly Appearance[], b: readonly Appearance[]): Comparison | undefined {
  for (const descriptor of calibratedDescriptors) {
    const similarities = similaritiesOf(
      a.filter((appearance) => appearance.descriptor === descriptor),
      b.filter((appearance) => appearance.descriptor === descriptor),
    );
    if (similarities.length > 0) return { descriptor, similarity: meanOfBest(similarities) };
  }
  return undefined;
}

const similaritiesOf = (a: readonly Appearance[], b: readonly Appearance[]): Float64Array =>
  Float64Array.from(a.flatMap((one) => b.map((other) => similarityOf(one.vector, other.vector))));

function meanOfBest(similarities: Float64Array): number {
  const count = Math.ceil(shareOfPairs * similarities.length);
  const best = similarities.sort().subarray(-count);
  return best.reduce((sum, similarity) => sum + similarity, 0) / count;
}
