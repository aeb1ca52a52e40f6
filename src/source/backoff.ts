const firstMs = 1_000;
const longestMs = 30_000;

/**
 * How long to wait before the next try to connect, ms: 1 s after the first failure, twice as long after each further
 * one, 30 s at most; of this a random part between half and all, so that cameras do not come back in step.
 *
 * @param attempt failures before this one since the camera last worked, from 0
 * @param random 0–1
 */
export function backoff(attempt: number, random: number): number {
  return Math.min(longestMs, firstMs * 2 ** attempt) * (0.5 + random / 2);
}
