import type { Family, Subject } from './contract.ts';

/* How unlikely something must be to be told: so that a camera makes no more than so many false alarms a week. */

/**
 * Which part of the budget each kind of comparison has; together 1. Those that are made once a day and can never be very
 * unlikely, as a month has only 30 days to compare with, need more of it than those made for each hour.
 */
export const shares = {
  hour: 0.19,
  day: 0.14,
  loitering: 0.08,
  wrong_way: 0.08,
  crowding: 0.07,
  speed: 0.03,
  new_class: 0.13,
  new_place: 0.13,
  blackout: 0.13,
  dark_picture: 0.02,
} as const;

/** What a user said of earlier findings. */
export interface Feedback extends Subject {
  readonly family: Family;
  readonly useful: number;
  readonly not: number;
}

/** The budget of one subject and family may become this many times smaller or larger. */
const leastWeight = 1 / 64;
const mostWeight = 4;

export interface Budget {
  /** False alarms that a camera may make a week. */
  readonly perWeek: number;
  readonly feedback: readonly Feedback[];
}

/**
 * The p below which one of `tests` comparisons a camera makes a week is told. Bonferroni's bound: it holds however the
 * comparisons depend on each other.
 */
export const alphaOf = ({ perWeek }: Budget, kind: keyof typeof shares, tests: number): number =>
  Math.min(0.5, (perWeek * shares[kind]) / Math.max(tests, 1));

/** What feedback makes of it: each `not` halves the budget of this family here, each `useful` doubles it, within bounds. */
export function weightOf({ feedback }: Budget, family: Family, { camera, shape }: Subject): number {
  const said = feedback.find((one) => one.family === family && one.camera === camera && one.shape === shape);
  return said ? Math.min(mostWeight, Math.max(leastWeight, 2 ** (said.useful - said.not))) : 1;
}
