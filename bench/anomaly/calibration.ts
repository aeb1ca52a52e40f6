import { at, say } from '../measure.ts';

/** p-values of usual hours must be uniform: the largest distance from it that is tolerated. */
const mostDistance = 0.03;
/** How many times as many p-values as there should be may lie below a level, and how few. */
const tolerated = { most: 1.5, least: 0.3 };
const levels = [1e-2, 1e-3, 1e-4];

/**
 * Collects p-values of hours in which nothing was injected. Counts are whole numbers, so that their p-values cannot be
 * uniform; drawn at random between P(Y > y) and P(Y ≥ y) they are, if the distribution is the right one (Czado, Gneiting &
 * Held 2009).
 */
export function createCalibration(uniform: () => number) {
  const drawn: number[] = [];
  const tails = { upper: [] as number[], lower: [] as number[] };
  const rates = () =>
    levels.flatMap((level) =>
      (['upper', 'lower'] as const).map((tail) => ({
        tail,
        level,
        ratio: tails[tail].filter((p) => p <= level).length / tails[tail].length / level,
      })),
    );
  const distance = (): number => {
    const sorted = [...drawn].sort((a, b) => a - b);
    return sorted.reduce((most, p, i) => Math.max(most, Math.abs(p - (i + 0.5) / sorted.length)), 0);
  };
  return {
    add({ upper, lower }: { upper: number; lower: number }): void {
      // P(Y = y) = upper + lower - 1
      const atY = Math.max(0, upper + lower - 1);
      const p = upper - uniform() * atY;
      drawn.push(p);
      tails.upper.push(p);
      tails.lower.push(1 - p);
    },
    print(): void {
      const sorted = [...drawn].sort((a, b) => a - b);
      const quantiles = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
      say(`\np-values of ${drawn.length} usual hours, drawn within what whole counts leave open`);
      say(`  quantile         ${quantiles.map((q) => String(q).padEnd(8)).join('')}`);
      say(`  p-value          ${quantiles.map((q) => at(sorted, q).toFixed(4).padEnd(8)).join('')}`);
      say(`  largest distance ${distance().toFixed(4)}   target ${mostDistance}`);
      for (const { tail, level, ratio } of rates())
        say(
          `  ${tail} tail, ${level}: ${ratio.toFixed(2)} times as many   target ${tolerated.least} to ${tolerated.most}`,
        );
    },
    missed(): string[] {
      return [
        ...(distance() <= mostDistance ? [] : ['p-values']),
        ...rates()
          .filter(({ ratio }) => ratio > tolerated.most || ratio < tolerated.least)
          .map(({ tail, level }) => `${tail} tail at ${level}`),
      ];
    },
  };
}
