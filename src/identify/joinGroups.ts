import { GroupTable } from './groupTable.ts';
import type { Evidence } from './evidence.ts';

/** Two groups that became one; of track numbers. */
export interface Merge {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly probability: number;
}

export interface Joined {
  /** Each in order, by their first track. */
  readonly groups: readonly (readonly number[])[];
  readonly merges: readonly Merge[];
  /** Pairs of groups, by their places in `groups`, that are one with less than `sure`; the likeliest first. */
  readonly doubts: readonly { readonly a: number; readonly b: number; readonly probability: number }[];
}

interface Limits {
  /** Groups are joined from this probability on. */
  readonly sure: number;
  /** Less likely pairs are not told. */
  readonly worthTelling: number;
}

/**
 * Joins groups of tracks, the surest pair first, until none is sure: agglomerative clustering with the mean of the
 * logarithms of the likelihood ratios between their tracks (average linkage, Sokal & Michener 1958), where no two tracks of
 * a group may exclude each other.
 *
 * How likely A and B are one, of which B is to be found among N tracks, or is somebody new as likely as each of them … is
 *
 *     P = R(A,B) / (N + R(A,B) + Σ R(A,C))   over the groups C that cannot be one with B,
 *
 * the same with A and B exchanged, and the smaller of the two: a second one who looks alike, and is known to be another,
 * makes both doubtful.
 */
export function joinGroups(
  start: readonly (readonly number[])[],
  evidence: Evidence,
  { sure, worthTelling }: Limits,
): Joined {
  const table = new GroupTable(start, evidence, worthTelling);
  const merges: Merge[] = [];
  for (let best = table.likeliest(sure); best; best = table.likeliest(sure)) {
    merges.push({ a: table.tracksOf(best.a), b: table.tracksOf(best.b), probability: best.probability });
    table.merge(best.a, best.b);
  }
  const placeOf = new Map(table.groups.map((group, place) => [group, place]));
  const doubts = table
    .pairs(worthTelling)
    .map(({ a, b, probability }) => ({ a: placeOf.get(a) ?? -1, b: placeOf.get(b) ?? -1, probability }))
    .toSorted((x, y) => y.probability - x.probability || x.a - y.a || x.b - y.b);
  return { groups: table.groups.map((group) => table.tracksOf(group)), merges, doubts };
}
