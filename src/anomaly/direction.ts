import { alphaOf, weightOf, type Budget } from './budget.ts';
import type { Clock, Finding, Flow, Judged, Unjudged } from './contract.ts';
import { joinHours } from './joinHours.ts';
import { earlierWeeks, subjectOf } from './past.ts';
import { shareTail } from './tails.ts';

/** Fewer crossings do not make one direction the usual one. */
const leastCrossings = 50;
/** Where more than this share goes the other way there is no wrong way. */
const mostWrong = 0.2;
const outlier = 1e-4;
const rounds = 2;

/**
 * Whether more than usual went against the usual direction of a line, hour by hour: of so many crossings so many the
 * wrong way, against a beta-binomial whose share and spread (Williams 1982) are those of the past hours, with Jeffreys'
 * prior. `flows` are those of one camera.
 */
export function judgeDirections(clock: Clock, flows: readonly Flow[], budget: Budget): Judged {
  const unjudged: Unjudged[] = [];
  const usual = flows.flatMap((flow) => {
    const past = pastOf(clock, flow);
    if (past.crossings < leastCrossings) {
      const missing = `${past.crossings} crossing(s) before the window; ${leastCrossings} are needed`;
      unjudged.push({ ...subjectOf(flow), family: 'wrong_way', missing });
      return [];
    }
    return past.share <= mostWrong ? [{ flow, past }] : [];
  });
  const alpha = alphaOf(budget, 'wrong_way', 168 * usual.length);
  let tests = 0;
  const findings = usual.flatMap(({ flow, past }) => {
    const weighted = alpha * weightOf(budget, 'wrong_way', flow);
    const found: Finding[] = [];
    for (let i = clock.past; i < clock.hours.length; i++) {
      const hour = clock.hours[i];
      const wrong = past.wrong[i] ?? 0;
      const all = wrong + (past.right[i] ?? 0);
      if (!hour || all === 0) continue;
      tests++;
      if (wrong === 0) continue;
      const p = shareTail(wrong, all, past.a, past.b);
      if (p > weighted) continue;
      const weeks = earlierWeeks(clock, i, past.wrong, always(clock));
      found.push({
        ...subjectOf(flow),
        family: 'wrong_way',
        direction: past.direction,
        fromMs: hour.fromMs,
        toMs: hour.toMs,
        observed: wrong,
        expected: all * past.share,
        unit: 'count',
        p,
        alpha: weighted,
        compared: weeks,
        comparedWith: `this way in the same hour of ${weeks.length} earlier weeks; ${(100 * past.share).toFixed(1)} % of ${past.crossings} crossings before`,
      });
    }
    return joinHours(found);
  });
  return { findings, unjudged, tests };
}

function pastOf({ past }: Clock, { forward, backward }: Flow) {
  const sum = (values: Float64Array) => values.subarray(0, past).reduce((all, value) => all + value, 0);
  const isForwardUsual = sum(forward) >= sum(backward);
  const [right, wrong] = isForwardUsual ? [forward, backward] : [backward, forward];
  const kept = new Uint8Array(past).fill(1);
  let share = 0;
  let [a, b] = [0.5, 0.5];
  for (let round = 0; round < rounds; round++) {
    let [wrongs, all] = [0, 0];
    for (let i = 0; i < past; i++) {
      if (kept[i] === 0) continue;
      wrongs += wrong[i] ?? 0;
      all += (wrong[i] ?? 0) + (right[i] ?? 0);
    }
    share = (wrongs + 0.5) / (all + 1);
    // How much alike the crossings of an hour are, beyond chance; and how well the share is known.
    const alike = Math.min(0.9, likeness(wrong, right, kept, share) + 1 / (all + 2));
    const strength = (1 - alike) / alike;
    [a, b] = [share * strength, (1 - share) * strength];
    if (round === rounds - 1) break;
    for (let i = 0; i < past; i++) {
      const n = (wrong[i] ?? 0) + (right[i] ?? 0);
      if ((wrong[i] ?? 0) > n * share && shareTail(wrong[i] ?? 0, n, a, b) < outlier) kept[i] = 0;
    }
  }
  return {
    right,
    wrong,
    direction: isForwardUsual ? ('backward' as const) : ('forward' as const),
    crossings: sum(forward) + sum(backward),
    share,
    a,
    b,
  };
}

/** The correlation within hours, by moments: Var(k) = n q (1 − q) (1 + (n − 1) ρ). */
function likeness(wrong: Float64Array, right: Float64Array, kept: Uint8Array, share: number): number {
  let [excess, scale] = [0, 0];
  const unit = share * (1 - share);
  for (let i = 0; i < kept.length; i++) {
    const n = (wrong[i] ?? 0) + (right[i] ?? 0);
    if (kept[i] === 0 || n < 2) continue;
    excess += ((wrong[i] ?? 0) - n * share) ** 2 - n * unit;
    scale += n * (n - 1) * unit;
  }
  return scale > 0 ? Math.max(0, excess / scale) : 0;
}

const always = ({ hours }: Clock): Float64Array => new Float64Array(hours.length).fill(1);
