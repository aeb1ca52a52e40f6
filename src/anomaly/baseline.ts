import type { Clock, PerHour } from './contract.ts';
import { fitDispersion, looseCut, strictCut, varianceOf, type Dispersion } from './dispersion.ts';
import { dayLevels } from './level.ts';
import { countTails } from './tails.ts';

/* What is usual in each hour of the week, learnt from the weeks before. */

export interface Baseline {
  /** What is expected in each hour of the clock, as much of it as was watched. 0 where nothing was watched. */
  readonly expected: PerHour;
  /** Of the count of one hour. */
  readonly hourly: Dispersion;
  /** Of the count of one day. */
  readonly daily: Dispersion;
  /** What a whole hour of each of the 168 hours of the week would bring now. */
  readonly rates: Float64Array;
}

/** Less of an hour tells nothing. */
const leastWatched = 0.05;
/** A count of the past this unlikely was an anomaly itself, and is not learnt from. There are fewer days than hours. */
const outlierHour = 1e-4;
const outlierDay = 1e-3;
const rounds = 3;
const hoursOfWeek = 168;
/** Weekdays and weekends, by hour of the day. */
const groups = 48;

const groupOf = (hourOfWeek: number): number => (hourOfWeek >= 120 ? 24 : 0) + (hourOfWeek % 24);

/**
 * Learns from the past hours of the clock. The rate of an hour of the week is shrunk towards that of the same hour of
 * other weekdays (or of the weekend) as far as those agree (empirical Bayes with a Gamma prior, Clayton & Kaldor 1987),
 * and that towards the hours around it, so that a short history is of use. The level moves slowly with the season.
 * Spread is that of each past hour around what all the others led to expect, so that it holds the error of the
 * estimate, too. Hours and days that were outliers are left out, and the rest is learnt anew (Noufaily et al. 2013).
 */
export function learnBaseline(clock: Clock, counts: PerHour, watched: PerHour): Baseline {
  const { hours, past } = clock;
  const expected = new Float64Array(hours.length);
  // For the past: from all other hours than itself.
  const others = new Float64Array(past);
  const weights = new Float64Array(past).fill(1);
  for (let i = 0; i < past; i++) if ((watched[i] ?? 0) < leastWatched) weights[i] = 0;
  // A day that was an outlier still tells of the level: many of them in a row are the new usual.
  const allWeights = weights.slice();
  const levels = dayLevels(clock);
  let hourly: Dispersion = { floor: 1, slope: 0 };
  let daily: Dispersion = { floor: 1, slope: 0 };
  let rates = new Float64Array(hoursOfWeek);
  for (let round = 0; round < rounds; round++) {
    const profile = profileOf(clock, counts, watched, weights, levels.around, hourly);
    for (let i = 0; i < past; i++) others[i] = profile.without(i) * (watched[i] ?? 0);
    levels.follow(counts, others, allWeights);
    for (let i = 0; i < past; i++) others[i] = (others[i] ?? 0) * levels.before(i);
    const cut = round === 0 ? strictCut : looseCut;
    hourly = fitDispersion(counts.subarray(0, past), others, weights, cut);
    const days = daySums(clock, counts, others, weights);
    daily = widened(fitDispersion(days.counts, days.means, days.weights, cut), days.counts.length);
    rates = profile.rates.map((rate) => rate * levels.now());
    if (round < rounds - 1) leaveOutliersOut(clock, counts, others, weights, hourly, days, daily);
  }
  for (let i = 0; i < hours.length; i++) {
    const hour = hours[i];
    if (hour) expected[i] = (rates[hour.hourOfWeek] ?? 0) * (watched[i] ?? 0);
  }
  return { expected, hourly, daily, rates };
}

/** The rate of each hour of the week at the usual level, a count per watched hour. */
function profileOf(
  { hours, past }: Clock,
  counts: PerHour,
  watched: PerHour,
  weights: Float64Array,
  levelAt: (i: number) => number,
  { floor, slope }: Dispersion,
) {
  const cellCounts = new Float64Array(hoursOfWeek);
  const cellHours = new Float64Array(hoursOfWeek);
  const groupCounts = new Float64Array(groups);
  const groupHours = new Float64Array(groups);
  const time = new Float64Array(past);
  let [allCounts, allHours] = [0, 0];
  for (let i = 0; i < past; i++) {
    const weight = weights[i] ?? 0;
    const cell = hours[i]?.hourOfWeek ?? 0;
    const group = groupOf(cell);
    const count = (counts[i] ?? 0) * weight;
    const exposure = (watched[i] ?? 0) * levelAt(i);
    time[i] = exposure;
    cellCounts[cell] = (cellCounts[cell] ?? 0) + count;
    cellHours[cell] = (cellHours[cell] ?? 0) + exposure * weight;
    groupCounts[group] = (groupCounts[group] ?? 0) + count;
    groupHours[group] = (groupHours[group] ?? 0) + exposure * weight;
    allCounts += count;
    allHours += exposure * weight;
  }
  const overall = allHours > 0 ? allCounts / allHours : 0;
  const around = Float64Array.from({ length: groups }, (_, group) =>
    neighbourRate(group, groupCounts, groupHours, overall),
  );
  const groupRate = (group: number, lessCount: number, lessHours: number): number => {
    const rate = around[group] ?? 0;
    return rate > 0
      ? ((groupCounts[group] ?? 0) - lessCount + priorCount) /
          ((groupHours[group] ?? 0) - lessHours + priorCount / rate)
      : 0;
  };

  // How far the hours of a group really differ, as relative variance, beyond what chance makes of them.
  let [apart, scale] = [0, 0];
  for (let cell = 0; cell < hoursOfWeek; cell++) {
    const mean = groupRate(groupOf(cell), 0, 0) * (cellHours[cell] ?? 0);
    const hourMean = groupRate(groupOf(cell), 0, 0);
    apart += ((cellCounts[cell] ?? 0) - mean) ** 2 - mean * (floor + slope * hourMean);
    scale += mean * mean;
  }
  const differ = Math.min(1, Math.max(leastDiffer, scale > 0 ? apart / scale : 0));
  /** In hours: how much the group counts for. */
  const priorOf = (rate: number) => (floor + slope * rate) / (Math.max(rate, 1e-6) * differ);

  const rateOf = (cell: number, lessCount: number, lessHours: number): number => {
    const rate = groupRate(groupOf(cell), lessCount, lessHours);
    const prior = priorOf(rate);
    return (
      ((cellCounts[cell] ?? 0) - lessCount + prior * rate) / ((cellHours[cell] ?? 0) - lessHours + prior)
    );
  };
  return {
    rates: Float64Array.from({ length: hoursOfWeek }, (_, cell) => rateOf(cell, 0, 0)),
    /** Without what was counted in that hour. */
    without: (i: number): number => {
      const weight = weights[i] ?? 0;
      return rateOf(hours[i]?.hourOfWeek ?? 0, (counts[i] ?? 0) * weight, (time[i] ?? 0) * weight);
    },
  };
}

/** A prior counts as if one event had been seen, however busy it is: it matters where there was hardly anything. */
const priorCount = 1;

/** Of the two hours before and after, on the same kind of day. */
function neighbourRate(
  group: number,
  groupCounts: Float64Array,
  groupHours: Float64Array,
  overall: number,
): number {
  const firstOfKind = group < 24 ? 0 : 24;
  let [counts, hours] = [0, 0];
  for (const apart of [-2, -1, 1, 2]) {
    const neighbour = firstOfKind + ((group + apart + 24) % 24);
    counts += groupCounts[neighbour] ?? 0;
    hours += groupHours[neighbour] ?? 0;
  }
  return overall > 0 ? (counts + priorCount) / (hours + priorCount / overall) : 0;
}
/** Hours of the same group are never taken to be quite alike. */
const leastDiffer = 0.003;

interface DaySums {
  readonly day: readonly number[];
  readonly counts: readonly number[];
  readonly means: readonly number[];
  readonly weights: readonly number[];
}

function daySums(
  { hours, past }: Clock,
  counts: PerHour,
  means: Float64Array,
  weights: Float64Array,
): DaySums {
  const sums = {
    day: [] as number[],
    counts: [] as number[],
    means: [] as number[],
    weights: [] as number[],
  };
  for (let i = 0; i < past;) {
    const day = hours[i]?.day ?? 0;
    let [count, mean, used] = [0, 0, 0];
    for (; i < past && hours[i]?.day === day; i++) {
      if ((weights[i] ?? 0) === 0) continue;
      count += counts[i] ?? 0;
      mean += means[i] ?? 0;
      used++;
    }
    sums.day.push(day);
    sums.counts.push(count);
    sums.means.push(mean);
    sums.weights.push(used > 0 ? 1 : 0);
  }
  return sums;
}

/** A spread learnt from few days is uncertain itself; the next day scatters as a t distribution does. */
function widened({ floor, slope }: Dispersion, days: number): Dispersion {
  const factor = 1 + 2 / Math.max(days - 2, 1);
  return { floor: Math.max(1, floor * factor), slope: slope * factor };
}

function leaveOutliersOut(
  { hours, past }: Clock,
  counts: PerHour,
  means: Float64Array,
  weights: Float64Array,
  hourly: Dispersion,
  days: DaySums,
  daily: Dispersion,
): void {
  const outlierDays = new Set(
    days.day.filter((_, n) => isOutlier(outlierDay, days.counts[n], days.means[n], daily)),
  );
  for (let i = 0; i < past; i++) {
    if ((weights[i] ?? 0) === 0) continue;
    if (outlierDays.has(hours[i]?.day ?? 0) || isOutlier(outlierHour, counts[i], means[i], hourly))
      weights[i] = 0;
  }
}

function isOutlier(limit: number, count = 0, mean = 0, dispersion: Dispersion): boolean {
  const variance = varianceOf(dispersion, mean);
  // The tails are only worth summing where they may be thin.
  if ((count - mean) ** 2 < 4 * variance) return false;
  const { upper, lower } = countTails(count, mean, variance);
  return Math.min(upper, lower) < limit;
}
