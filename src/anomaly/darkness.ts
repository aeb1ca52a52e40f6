import { medianOf } from '../domain/quantiles.ts';
import { alphaOf, weightOf, type Budget } from './budget.ts';
import type { Clock, Finding, Judged, Series } from './contract.ts';
import { joinHours } from './joinHours.ts';
import { subjectOf } from './past.ts';

/** Of the same hour of the day. */
const leastDays = 7;
/** Pictures of the same scene differ so much at least, as a factor. */
const leastSpread = 0.05;

/**
 * Whether the pictures had become empty: a covered lens, a black or a blurred picture takes fewer bytes as JPEG than
 * the scene does at that hour of the day. Logarithms are compared with their median, by the t distribution.
 *
 * @param sizes bytes of a typical picture of each hour as `counts`; 0 where there is none
 */
export function judgeDarkness(clock: Clock, sizes: Series, budget: Budget): Judged {
  const alpha = alphaOf(budget, 'dark_picture', 168) * weightOf(budget, 'dark_picture', sizes);
  const found: Finding[] = [];
  let [tests, lacking] = [0, 0];
  for (let i = clock.past; i < clock.hours.length; i++) {
    const hour = clock.hours[i];
    const bytes = sizes.counts[i] ?? 0;
    if (!hour || bytes <= 0) continue;
    const past = sameHourOfDay(clock, sizes, hour.hourOfWeek % 24);
    if (past.length < leastDays) {
      lacking++;
      continue;
    }
    tests++;
    const logs = past.map(Math.log).sort((a, b) => a - b);
    const middle = medianOf(logs);
    const deviation = medianOf(logs.map((log) => Math.abs(log - middle)).sort((a, b) => a - b));
    const spread = Math.max(leastSpread, 1.4826 * deviation) * Math.sqrt(1 + 1 / past.length);
    const t = (Math.log(bytes) - middle) / spread;
    const p = t < 0 ? lowerTail(-t, past.length - 1) : 1;
    if (p > alpha) continue;
    found.push({
      ...subjectOf(sizes),
      family: 'dark_picture',
      fromMs: hour.fromMs,
      toMs: hour.toMs,
      observed: bytes,
      expected: Math.exp(middle),
      unit: 'bytes',
      p,
      alpha,
      compared: past.slice(0, 8),
      comparedWith: `size of the stored pictures in the same hour of ${past.length} days before`,
    });
  }
  const missing = `pictures of the same hour on ${leastDays} days before are needed`;
  return {
    findings: joinHours(found),
    unjudged: tests === 0 && lacking > 0 ? [{ ...subjectOf(sizes), family: 'dark_picture', missing }] : [],
    tests,
  };
}

/** The latest first. */
function sameHourOfDay({ hours, past }: Clock, { counts }: Series, hourOfDay: number): number[] {
  const found: number[] = [];
  for (let i = past - 1; i >= 0; i--) {
    const bytes = counts[i] ?? 0;
    if (bytes > 0 && (hours[i]?.hourOfWeek ?? 0) % 24 === hourOfDay) found.push(bytes);
  }
  return found;
}

/** P(T ≥ t) of Student's t by a normal deviate (Wallace 1959) and Mills' ratio; good to a tenth for t above 2. */
function lowerTail(t: number, degrees: number): number {
  const z = (Math.sqrt(degrees * Math.log1p((t * t) / degrees)) * (8 * degrees + 1)) / (8 * degrees + 3);
  return z < 1 ? 0.5 : Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / (z + 1 / (z + 2 / z));
}
