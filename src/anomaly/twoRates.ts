import { logGamma } from './tails.ts';

/** A count and the time in which it was counted, in any unit. */
export interface Counted {
  readonly count: number;
  readonly time: number;
}

/** Terms so much smaller than the observed one are as likely as it but for rounding. */
const tolerance = 1 + 1e-7;

/**
 * Probability of counts at least as unlikely as these if both come at one rate: given their sum, each is binomial with its share of
 * the time (the exact conditional test of two Poisson rates, Przyborowski and Wilenski 1940). Two-sided; events are taken for
 * independent. Undefined where no time was counted.
 */
export function sameRateP(a: Counted, b: Counted): number | undefined {
  if (a.time <= 0 || b.time <= 0) return undefined;
  const n = a.count + b.count;
  if (n === 0) return 1;
  const share = a.time / (a.time + b.time);
  const logTerm = (k: number) =>
    logGamma(n + 1) -
    logGamma(k + 1) -
    logGamma(n - k + 1) +
    k * Math.log(share) +
    (n - k) * Math.log1p(-share);
  const observed = Math.exp(logTerm(a.count)) * tolerance;
  let p = 0;
  for (let k = 0; k <= n; k++) {
    const term = Math.exp(logTerm(k));
    if (term <= observed) p += term;
  }
  return Math.min(1, p);
}
