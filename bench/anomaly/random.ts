// Random numbers of the distributions that the synthetic year is made of.
import { randomFrom } from '../storeWorld.ts';

export type Random = ReturnType<typeof createRandom>;

export function createRandom(seed: number) {
  const uniform = randomFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

  /** Knuth's product of uniforms, in parts that do not underflow. */
  function poisson(mean: number): number {
    let [count, left] = [0, mean];
    while (left > 0) {
      const part = Math.min(left, 30);
      left -= part;
      const limit = Math.exp(-part);
      for (let product = uniform(); product > limit; product *= uniform()) count++;
    }
    return count;
  }

  /** Marsaglia & Tsang 2000, for shapes of at least 1; of mean 1. */
  function gamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v))
        return (d * v) / shape;
    }
  }

  const between = (low: number, high: number) => low + (high - low) * uniform();
  return {
    uniform,
    normal,
    poisson,
    gamma,
    between,
    whole: (low: number, high: number) => Math.floor(between(low, high + 1)),
    pick: <T>(items: readonly T[]): T => items[Math.floor(uniform() * items.length)] as T,
  };
}
