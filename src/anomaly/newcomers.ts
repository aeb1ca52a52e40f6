import { alphaOf, weightOf, type Budget } from './budget.ts';
import type { Finding, Judged, Newcomer } from './contract.ts';
import { subjectOf } from './past.ts';

/** One sighting is a mistake of the detector more often than not. */
const leastCount = 2;
const testsPerWeek = 7;

/**
 * Whether something appeared that was never there. On how many days before something new appeared tells how likely that
 * is by chance: the estimate of Good (1953) for the unseen, of days, with Jeffreys' prior.
 */
export function judgeNewcomers(newcomers: readonly Newcomer[], budget: Budget): Judged {
  const findings = newcomers.flatMap((one): Finding[] => {
    if (one.count < leastCount || one.days < 7) return [];
    const p = (one.daysWithNew + 0.5) / (one.days + 1);
    const alpha = alphaOf(budget, one.family, testsPerWeek) * weightOf(budget, one.family, one);
    if (p > alpha) return [];
    return [
      {
        ...subjectOf(one),
        family: one.family,
        ...one.at,
        observed: one.count,
        expected: 0,
        unit: 'count',
        p,
        alpha,
        compared: [0],
        comparedWith: `${one.days} days before, on ${one.daysWithNew} of which something else was new`,
        ...(one.place && { place: one.place }),
      },
    ];
  });
  return { findings, unjudged: [], tests: newcomers.length };
}
