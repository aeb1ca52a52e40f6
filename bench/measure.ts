// Measuring and saying what was measured.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const million = 1_000_000;

setFlagsFromString('--expose-gc');
/** So that what is timed next does not pay for what was made before. */
export const collectGarbage = runInNewContext('gc') as () => void;

/** How long the action took, ms. */
export function timed(action: () => unknown): number {
  const began = performance.now();
  action();
  return performance.now() - began;
}

/** Of sorted numbers. */
export function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

export function spread(sorted: readonly number[]): string {
  const of = (share: number) => at(sorted, share).toFixed(1);
  return `p50 ${of(0.5)}, p95 ${of(0.95)}, max ${of(1)} ms`;
}

export function rate(points: number, ms: number): string {
  return Math.round((points / ms) * 1000)
    .toLocaleString('en')
    .padStart(9);
}

export function millions(points: number): string {
  return `${(points / million).toFixed(1)} M points`;
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
