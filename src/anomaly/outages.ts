import type { Interval } from '../domain/time.ts';
import { alphaOf, weightOf, type Budget } from './budget.ts';
import type { Finding, Judged, Outages } from './contract.ts';
import { subjectOf } from './past.ts';

/** Shorter ones are a reconnection. */
const leastMs = 60_000;
const leastPastMs = 7 * 86_400_000;
const weekMs = 7 * 86_400_000;
/** Judged at once: a day of one camera. */
const testsPerWeek = 7;

/**
 * Whether a camera was away for longer than it usually is. How often it is away for at least as long follows a Poisson
 * process, with Jeffreys' prior for what never happened: p is the chance of one in the window (in a day, if that is
 * longer).
 */
export function judgeOutages(outages: Outages, budget: Budget): Judged {
  const { past, now, pastMs, nowMs } = outages;
  if (pastMs < leastPastMs) {
    const days = Math.floor(pastMs / 86_400_000);
    const missing = `${days} day(s) watched before the window; 7 are needed`;
    return { findings: [], unjudged: [{ ...subjectOf(outages), family: 'blackout', missing }], tests: 0 };
  }
  const alpha = alphaOf(budget, 'blackout', testsPerWeek) * weightOf(budget, 'blackout', outages);
  const atLeastMs = Math.min(Math.max(nowMs, 3_600_000), weekMs / testsPerWeek);
  const lengths = past.map(lengthOf).sort((a, b) => b - a);
  const findings = now.flatMap((outage): Finding[] => {
    const lengthMs = lengthOf(outage);
    if (lengthMs < leastMs) return [];
    const asLong = lengths.filter((other) => other >= lengthMs).length;
    const p = -Math.expm1((-(asLong + 0.5) / pastMs) * atLeastMs);
    if (p > alpha) return [];
    return [
      {
        ...subjectOf(outages),
        family: 'blackout',
        ...outage,
        observed: lengthMs / 1000,
        expected: 0,
        unit: 'seconds',
        p,
        alpha,
        compared: lengths.slice(0, 3).map((ms) => Math.round(ms / 1000)),
        comparedWith: `the longest times without a picture in ${Math.round(pastMs / 86_400_000)} days before`,
      },
    ];
  });
  return { findings, unjudged: [], tests: now.length };
}

const lengthOf = ({ fromMs, toMs }: Interval): number => toMs - fromMs;
