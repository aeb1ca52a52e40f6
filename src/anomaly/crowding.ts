import { learnBaseline } from './baseline.ts';
import { alphaOf, weightOf, type Budget } from './budget.ts';
import type { Clock, Finding, Judged, PerHour, Series, Unjudged } from './contract.ts';
import { varianceOf } from './dispersion.ts';
import { joinHours } from './joinHours.ts';
import { earlierWeeks, missingHistory, subjectOf } from './past.ts';
import { countTails } from './tails.ts';
import type { Interval } from '../domain/time.ts';

/** Two are company, and in an empty zone still nothing to tell. */
const leastCrowd = 3;
/** A peak may be in the part of an hour that nobody saw. */
const leastWatched = 0.5;

/**
 * Whether more were in a zone at once than in the same hour of other weeks. A peak does not grow with the time watched,
 * so an hour that was half watched counts as a whole one. `series` hold the most at once in each hour.
 */
export function judgeCrowds(clock: Clock, series: readonly Series[], budget: Budget): Judged {
  const unjudged: Unjudged[] = [];
  const usual = series.flatMap((one) => {
    const missing = missingHistory(clock, one.watched);
    if (missing !== undefined) {
      unjudged.push({ ...subjectOf(one), family: 'crowding', missing });
      return [];
    }
    const whole = one.watched.map((watched) => (watched >= leastWatched ? 1 : 0));
    return [{ one, whole, baseline: learnBaseline(clock, one.counts, whole) }];
  });
  const alpha = alphaOf(budget, 'crowding', 168 * usual.length);
  let tests = 0;
  const findings = usual.flatMap(({ one, whole, baseline }) => {
    const weighted = alpha * weightOf(budget, 'crowding', one);
    const found: Finding[] = [];
    for (let i = clock.past; i < clock.hours.length; i++) {
      const hour = clock.hours[i];
      // The peak of a short look may be as high as any.
      const mean = baseline.rates[hour?.hourOfWeek ?? 0] ?? 0;
      const peak = one.counts[i] ?? 0;
      if (!hour || (one.watched[i] ?? 0) <= 0) continue;
      tests++;
      if (peak < leastCrowd || peak <= mean) continue;
      const { upper } = countTails(peak, mean, varianceOf(baseline.hourly, mean));
      if (upper > weighted) continue;
      const weeks = earlierWeeks(clock, i, one.counts, whole);
      found.push({
        ...subjectOf(one),
        family: 'crowding',
        fromMs: hour.fromMs,
        toMs: hour.toMs,
        observed: peak,
        expected: mean,
        unit: 'count',
        p: upper,
        alpha: weighted,
        compared: weeks,
        comparedWith: `the most at once in the same hour of ${weeks.length} earlier weeks`,
      });
    }
    return joinHours(found);
  });
  return { findings, unjudged, tests };
}

/** The most stays at once in each hour. @param stays in the order of their ends */
export function peaksOf({ hours }: Clock, stays: readonly Interval[]): PerHour {
  const peaks = new Float64Array(hours.length);
  const comes = Float64Array.from(stays, ({ fromMs }) => fromMs).sort();
  const goes = Float64Array.from(stays, ({ toMs }) => toMs).sort();
  let [came, gone] = [0, 0];
  for (const [i, { fromMs, toMs }] of hours.entries()) {
    while (came < comes.length && (comes[came] ?? 0) <= fromMs) came++;
    while (gone < goes.length && (goes[gone] ?? 0) <= fromMs) gone++;
    let most = came - gone;
    while (came < comes.length && (comes[came] ?? 0) < toMs) {
      // Who leaves as another comes was not there with them.
      while (gone < goes.length && (goes[gone] ?? 0) <= (comes[came] ?? 0)) gone++;
      came++;
      most = Math.max(most, came - gone);
    }
    peaks[i] = most;
  }
  return peaks;
}
