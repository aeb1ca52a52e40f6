import { learnBaseline, type Baseline } from './baseline.ts';
import { alphaOf, weightOf, type Budget } from './budget.ts';
import type { Clock, Family, Finding, Judged, PerHour, Series, Subject, Unjudged } from './contract.ts';
import { varianceOf } from './dispersion.ts';
import { joinHours } from './joinHours.ts';
import { earlierTotals, missingHistory, subjectOf } from './past.ts';
import { countTails } from './tails.ts';

/** A class that was hardly there has no usual; whether it is new is another question. */
const leastPastCount = 10;
/** What is expected less often is an odd hour for it. */
const oddBelow = 0.2;
/** A part of a day that is judged as a day. */
const leastDayHours = 12;

interface Learnt {
  readonly series: Series;
  readonly baseline: Baseline;
}

/**
 * Whether there was more or less than usual in the hours of the window, in its days, and in all of it: the tails of a
 * negative binomial around the expected count. `series` are those of one camera.
 */
export function judgeCounts(clock: Clock, series: readonly Series[], budget: Budget): Judged {
  const unjudged: Unjudged[] = [];
  const learnt: Learnt[] = [];
  for (const one of series) {
    const missing = missingHistory(clock, one.watched);
    if (missing !== undefined) unjudged.push({ ...subjectOf(one), family: 'more', missing });
    else if (sumOf(one.counts, 0, clock.past) >= leastPastCount)
      learnt.push({ series: one, baseline: learnBaseline(clock, one.counts, one.watched) });
  }
  const hourly = alphaOf(budget, 'hour', hourTests(learnt, budget));
  const daily = alphaOf(budget, 'day', 2 * 7 * learnt.length);
  let tests = 0;
  const findings = learnt.flatMap((one) => {
    const hours = judgeHours(clock, one, budget, hourly);
    const days = judgeDays(clock, one, budget, daily, hours.findings);
    tests += hours.tests + days.tests;
    return withoutRepeats(hours.findings, days.findings);
  });
  return { findings, unjudged, tests };
}

/**
 * Comparisons of hours that a camera makes a week. Those that could not be told even with a count of 0 are none (Tarone
 * 1990), which leaves more to the others.
 */
function hourTests(learnt: readonly Learnt[], budget: Budget): number {
  const first = alphaOf(budget, 'hour', 2 * 168 * learnt.length);
  let tests = 0;
  for (const { baseline } of learnt) {
    for (const rate of baseline.rates) {
      tests++;
      if (countTails(0, rate, varianceOf(baseline.hourly, rate)).lower <= first) tests++;
    }
  }
  return tests;
}

function judgeHours(clock: Clock, { series, baseline }: Learnt, budget: Budget, alpha: number) {
  const findings: Finding[] = [];
  let tests = 0;
  for (let i = clock.past; i < clock.hours.length; i++) {
    const hour = clock.hours[i];
    const mean = baseline.expected[i] ?? 0;
    if (!hour || (series.watched[i] ?? 0) <= 0) continue;
    const count = series.counts[i] ?? 0;
    const finding = compare(series, budget, alpha, {
      count,
      mean,
      variance: varianceOf(baseline.hourly, mean),
    });
    tests += 2;
    if (finding)
      findings.push({ ...finding, fromMs: hour.fromMs, toMs: hour.toMs, compared: [], comparedWith: '' });
  }
  return { findings: joinHours(findings).map((one) => inFull(clock, series, baseline, one)), tests };
}

/** What all hours of a finding brought together, and were compared with. */
function inFull({ hours, past }: Clock, series: Series, { expected }: Baseline, finding: Finding): Finding {
  const indices = hours.flatMap(({ fromMs, toMs }, i) =>
    i >= past && fromMs < finding.toMs && toMs > finding.fromMs ? [i] : [],
  );
  const sum = (values: PerHour) => indices.reduce((all, i) => all + (values[i] ?? 0), 0);
  const weeks = earlierTotals({ hours, past }, indices, series.counts, series.watched);
  const what = indices.length > 1 ? 'hours' : 'hour';
  return {
    ...finding,
    observed: sum(series.counts),
    expected: sum(expected),
    compared: weeks,
    comparedWith: `the same ${what} of ${weeks.length} earlier weeks${indices.length > 1 ? '; p is that of the least likely hour' : ''}`,
  };
}

/**
 * Days, and all of the window. What the hours already told explains, is told by them alone: a day is only told when the rest
 * of it was unusual, too.
 */
function judgeDays(
  clock: Clock,
  { series, baseline }: Learnt,
  budget: Budget,
  alpha: number,
  told: readonly Finding[],
) {
  const findings: Finding[] = [];
  let tests = 0;
  const judge = (days: readonly (readonly number[])[], what: string): void => {
    const all = sumsOf(clock, series, baseline, days, []);
    const [first, last] = [days[0]?.[0], days.at(-1)?.at(-1)];
    if (first === undefined || last === undefined || all.mean <= 0) return;
    tests += 2;
    const finding = compare(series, budget, alpha, all);
    if (!finding) return;
    const same = told.filter((hour) => isLess(hour) === isLess(finding));
    const rest = compare(series, budget, alpha, sumsOf(clock, series, baseline, days, same));
    if (!rest || isLess(rest) !== isLess(finding)) return;
    const weeks = earlierTotals(clock, days.flat(), series.counts, series.watched);
    findings.push({
      ...finding,
      fromMs: clock.hours[first]?.fromMs ?? 0,
      toMs: clock.hours[last]?.toMs ?? 0,
      compared: weeks,
      comparedWith: `the same ${what} of ${weeks.length} earlier weeks`,
    });
  };
  const days = daysOf(clock);
  // One hour was judged by itself.
  if (clock.hours.length - clock.past > 1) judge(days, days.length > 1 ? 'time' : 'hours');
  if (days.length > 1) for (const day of days) if (day.length >= leastDayHours) judge([day], 'day');
  return { findings, tests };
}

/** The hours of each day of the window, by index. */
function daysOf({ hours, past }: Clock): number[][] {
  const days = new Map<number, number[]>();
  for (let i = past; i < hours.length; i++) {
    const day = hours[i]?.day ?? 0;
    days.set(day, [...(days.get(day) ?? []), i]);
  }
  return [...days.values()];
}

interface Sums {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

/** Of what was watched of the days, but for the times that are told already. */
function sumsOf(
  { hours }: Clock,
  series: Series,
  { expected, hourly, daily }: Baseline,
  days: readonly (readonly number[])[],
  but: readonly Finding[],
): Sums {
  let [allCount, allMean, variance] = [0, 0, 0];
  for (const day of days) {
    let [mean, squares] = [0, 0];
    for (const i of day) {
      const { fromMs = 0, toMs = 0 } = hours[i] ?? {};
      if ((series.watched[i] ?? 0) <= 0 || but.some((one) => fromMs < one.toMs && toMs > one.fromMs))
        continue;
      allCount += series.counts[i] ?? 0;
      mean += expected[i] ?? 0;
      squares += (expected[i] ?? 0) ** 2;
    }
    // In a few hours the chance of the single hour has not evened out as it has in a day.
    const unevened = day.length < leastDayHours ? hourly.slope * squares : 0;
    variance += varianceOf(daily, mean) + unevened;
    allMean += mean;
  }
  return { count: allCount, mean: allMean, variance };
}

function compare(
  series: Series,
  budget: Budget,
  alpha: number,
  { count, mean, variance }: Sums,
): Pick<Finding, keyof Subject | 'family' | 'observed' | 'expected' | 'unit' | 'p' | 'alpha'> | undefined {
  // Most are usual: that is told without summing.
  if ((count - mean) ** 2 < variance) return undefined;
  const { upper, lower } = countTails(count, mean, variance);
  const family: Family = count < mean ? 'fewer' : mean < oddBelow ? 'odd_hour' : 'more';
  const p = count < mean ? lower : upper;
  const weighted = alpha * weightOf(budget, family, series);
  if (p > weighted) return undefined;
  return {
    ...subjectOf(series),
    family,
    observed: count,
    expected: mean,
    unit: 'count',
    p,
    alpha: weighted,
  };
}

/** Hours within a day that is told are part of it, and days within the whole window where that is the less likely. */
function withoutRepeats(hours: readonly Finding[], days: readonly Finding[]): Finding[] {
  const isWithin = (one: Finding, other: Finding) => isLess(one) === isLess(other) && overlap(one, other);
  const kept = days.filter(
    (day) => !days.some((other) => other !== day && isWithin(day, other) && isBetter(other, day)),
  );
  return [...hours.filter((hour) => !kept.some((day) => isWithin(hour, day))), ...kept];
}

const isLess = ({ family }: Pick<Finding, 'family'>): boolean => family === 'fewer';

/** Of a day and the whole window the one that is less likely; of equals the shorter. */
const isBetter = (a: Finding, b: Finding): boolean =>
  a.p < b.p || (a.p === b.p && a.toMs - a.fromMs < b.toMs - b.fromMs);

const overlap = (a: Finding, b: Finding): boolean => a.fromMs < b.toMs && b.fromMs < a.toMs;

const sumOf = (values: Float64Array, from: number, to: number): number =>
  values.subarray(from, to).reduce((sum, value) => sum + value, 0);
