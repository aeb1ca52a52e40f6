import type { WatchCondition, WatchDefinition } from '../domain/watch.ts';

/** A rule that fires less, and what is different about it in the words of the tool. */
export interface Tighter {
  readonly change: string;
  readonly watch: WatchDefinition;
}

const longerMs = [10_000, 30_000, 60_000, 300_000, 900_000];
const cooldownsMs = [60_000, 300_000, 900_000, 3_600_000, 14_400_000];

/** Ways to make a rule fire less, of each kind the smallest change first. */
export function tighter(watch: WatchDefinition): Tighter[][] {
  const { condition, cooldownMs } = watch;
  const withCondition = (changed: WatchCondition, change: string): Tighter => ({
    change,
    watch: { ...watch, condition: changed },
  });
  const ways: Tighter[][] = [];
  if (condition.kind === 'occupancy') {
    ways.push(
      [1, 2, 3, 5].map((more) => {
        const moreThan = condition.moreThan + more;
        return withCondition({ ...condition, moreThan }, `more_than ${moreThan}`);
      }),
    );
  }
  if (condition.kind !== 'event') {
    ways.push(
      longerMs
        .filter((forMs) => forMs > condition.forMs)
        .map((forMs) => withCondition({ ...condition, forMs }, `for_seconds ${forMs / 1000}`)),
    );
  }
  ways.push(
    cooldownsMs
      .filter((longer) => longer > cooldownMs)
      .map((longer) => ({
        change: `cooldown_seconds ${longer / 1000}`,
        watch: { ...watch, cooldownMs: longer },
      })),
  );
  return ways;
}
