import type { Cost } from './recorder.ts';

/** What all calls of an agent cost. */
export function summed(costs: readonly Cost[]) {
  const sum = (of: (cost: Cost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  return {
    calls: costs.length,
    tokens: sum(({ tokens }) => tokens),
    pictureTokens: sum(({ pictureTokens }) => pictureTokens),
    bytes: sum(({ bytes }) => bytes),
    ms: sum(({ ms }) => ms),
  };
}

export function largestAnswer(costs: readonly Cost[]): Cost {
  const [first, ...others] = costs;
  if (!first) throw new Error('nothing was asked');
  return others.reduce((most, cost) => (cost.tokens > most.tokens ? cost : most), first);
}

export function medianTokens(costs: readonly Cost[]): number {
  const sorted = costs.map(({ tokens }) => tokens).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
