import { medianOf } from '../domain/quantiles.ts';
import { alphaOf, weightOf, type Budget } from './budget.ts';
import type { Clock, Finding, Judged, Measure, Unjudged } from './contract.ts';
import { joinHours } from './joinHours.ts';
import { leastValues, tailOf } from './longTail.ts';
import { subjectOf } from './past.ts';

/**
 * Whether stays were longer, or passages faster, than they ever are: the largest of each hour, against the tail of all
 * of the past. Among n the largest is at least as large with 1 − (1 − p)ⁿ. `measures` are those of one camera.
 */
export function judgeExtremes(
  clock: Clock,
  kind: 'loitering' | 'speed',
  measures: readonly Measure[],
  budget: Budget,
): Judged {
  const unjudged: Unjudged[] = [];
  const told = measures.flatMap((measure) => {
    const tail = tailOf(measure.past);
    if (tail) return [{ measure, tail }];
    const what = kind === 'loitering' ? 'visit(s)' : 'speed(s)';
    unjudged.push({
      ...subjectOf(measure),
      family: kind,
      missing: `${measure.past.length} ${what} before the window; ${leastValues} are needed`,
    });
    return [];
  });
  const alpha = alphaOf(budget, kind, 168 * told.length);
  let tests = 0;
  const findings = told.flatMap(({ measure, tail }) => {
    const weighted = alpha * weightOf(budget, kind, measure);
    const usual = usualOf(measure);
    const hours = largestOfHours(measure);
    tests += hours.size;
    const found = [...hours].flatMap(([index, { n, largest }]): Finding[] => {
      const hour = clock.hours[index];
      const p = -Math.expm1(n * Math.log1p(-tail(largest)));
      if (!hour || p > weighted) return [];
      return [
        {
          ...subjectOf(measure),
          family: kind,
          fromMs: hour.fromMs,
          toMs: hour.toMs,
          observed: largest,
          expected: usual.median,
          unit: kind === 'loitering' ? 'seconds' : 'km/h',
          p,
          alpha: weighted,
          compared: [usual.median, usual.p99, usual.largest],
          comparedWith: `median, 99th percentile and largest of ${measure.past.length} before`,
        },
      ];
    });
    return joinHours(found);
  });
  return { findings, unjudged, tests };
}

function largestOfHours({ now }: Measure): Map<number, { n: number; largest: number }> {
  const hours = new Map<number, { n: number; largest: number }>();
  for (const { hour, value } of [...now].sort((a, b) => a.hour - b.hour)) {
    const { n, largest } = hours.get(hour) ?? { n: 0, largest: 0 };
    hours.set(hour, { n: n + 1, largest: Math.max(largest, value) });
  }
  return hours;
}

function usualOf({ past }: Measure) {
  const sorted = past.slice().sort();
  return {
    median: medianOf(sorted),
    p99: sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 0,
    largest: sorted.at(-1) ?? 0,
  };
}
