import type { WatchDefinition } from '../domain/watch.ts';
import { tighter } from '../watches/tighter.ts';
import { rounded } from '../watches/words.ts';
import { dryRun, type DryRun, type PastFacts } from './watchDryRun.ts';

/** Whoever is told more often stops looking. */
const bearableAWeek = 14;

/** Which change would make a rule that fires too often fire less; one of each kind, the least that is enough. */
export function adviceFor(watch: WatchDefinition, { perWeek }: DryRun, facts: PastFacts): string[] {
  if (perWeek === undefined || perWeek <= bearableAWeek) return [];
  return tighter(watch).flatMap((ways) => {
    let best: { change: string; perWeek: number } | undefined;
    for (const { change, watch: changed } of ways) {
      const rate = dryRun(changed, facts).perWeek ?? 0;
      if (rate < (best?.perWeek ?? perWeek)) best = { change, perWeek: rate };
      if (rate <= bearableAWeek) break;
    }
    return best ? [`${best.change} would make it about ${rounded(best.perWeek)} a week`] : [];
  });
}
