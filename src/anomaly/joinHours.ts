import type { Finding } from './contract.ts';

/** Hours in between that do not keep findings apart. */
const gapMs = 3_600_000;

/**
 * Findings of one subject in order of time, those of neighbouring hours as one: counts and expectations add up, of
 * other measures the most extreme is kept. The least likely hour says how likely it is.
 */
export function joinHours(findings: readonly Finding[]): Finding[] {
  const joined: Finding[] = [];
  for (const next of findings) {
    const last = joined.at(-1);
    if (!last || next.fromMs - last.toMs > gapMs || !isSameKind(last, next)) {
      joined.push(next);
      continue;
    }
    const worst = next.p < last.p ? next : last;
    const adds = next.unit === 'count' && next.family !== 'crowding';
    joined[joined.length - 1] = {
      ...worst,
      fromMs: last.fromMs,
      toMs: next.toMs,
      observed: adds ? last.observed + next.observed : worst.observed,
      expected: adds ? last.expected + next.expected : worst.expected,
    };
  }
  return joined;
}

/** An odd hour beside a busy one is the same story. */
const isSameKind = (a: Finding, b: Finding): boolean =>
  a.direction === b.direction && (a.family === b.family || (isMore(a) && isMore(b)));

const isMore = ({ family }: Finding): boolean => family === 'more' || family === 'odd_hour';
