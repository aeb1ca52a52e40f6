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
  const graph = new Graph(start, evidence, worthTelling);
  const merges: Merge[] = [];
  for (let best = graph.likeliest(); best && best.probability >= sure; best = graph.likeliest()) {
    merges.push({ a: best.a.tracks, b: best.b.tracks, probability: best.probability });
    graph.merge(best.a, best.b);
  }
  const groups = graph.groups.toSorted(byFirstTrack);
  const placeOf = new Map(groups.map((group, place) => [group, place]));
  const doubts = graph
    .pairs()
    .filter(({ probability }) => probability >= worthTelling)
    .map(({ a, b, probability }) => ({ a: placeOf.get(a) ?? -1, b: placeOf.get(b) ?? -1, probability }))
    .toSorted((x, y) => y.probability - x.probability || x.a - y.a || x.b - y.b);
  return { groups: groups.map(({ tracks }) => tracks), merges, doubts };
}

interface Group {
  /** In order. */
  readonly tracks: readonly number[];
  /** The groups that may be one with it, with what speaks for it. */
  readonly edges: Map<Group, Edge>;
  /** Of all that it may be one with, the share of each: worked out when asked for, until its edges change. */
  shares?: ReadonlyMap<Group, number>;
}

interface Edge {
  readonly ratio: number;
  readonly rivals: number;
}

interface Pair {
  readonly a: Group;
  readonly b: Group;
  readonly probability: number;
}

const byFirstTrack = (x: Group, y: Group): number => (x.tracks[0] ?? 0) - (y.tracks[0] ?? 0);

/** A pair as unlikely as this is not even a rival of others. */
const negligible = 0.01;

class Graph {
  readonly groups: Group[] = [];
  private readonly evidence: Evidence;
  private readonly size: number;
  private readonly least: number;

  constructor(start: readonly (readonly number[])[], evidence: Evidence, worthTelling: number) {
    this.evidence = evidence;
    this.size = Math.sqrt(evidence.logRatios.length);
    this.least = Math.min(negligible, worthTelling);
    for (const tracks of start) this.add(tracks);
  }

  merge(a: Group, b: Group): void {
    for (const gone of [a, b]) {
      this.groups.splice(this.groups.indexOf(gone), 1);
      for (const other of gone.edges.keys()) {
        other.edges.delete(gone);
        delete other.shares;
      }
    }
    this.add([...a.tracks, ...b.tracks].toSorted((x, y) => x - y));
  }

  likeliest(): Pair | undefined {
    let best: Pair | undefined;
    for (const a of this.groups) {
      for (const b of a.edges.keys()) {
        if (byFirstTrack(a, b) >= 0) continue;
        const probability = this.probabilityOf(a, b);
        const difference = probability - (best?.probability ?? 0);
        // Of equals the earliest, so that the order in which groups were made does not matter.
        if (difference > 0 || (difference === 0 && best && isBefore({ a, b }, best)))
          best = { a, b, probability };
      }
    }
    return best;
  }

  pairs(): Pair[] {
    return this.groups.flatMap((a) =>
      [...a.edges.keys()]
        .filter((b) => byFirstTrack(a, b) < 0)
        .map((b) => ({ a, b, probability: this.probabilityOf(a, b) })),
    );
  }

  private probabilityOf(a: Group, b: Group): number {
    return Math.min(this.sharesOf(a).get(b) ?? 0, this.sharesOf(b).get(a) ?? 0);
  }

  private sharesOf(group: Group): ReadonlyMap<Group, number> {
    return (group.shares ??= new Map(
      [...group.edges].map(([one, { ratio, rivals }]) => {
        let others = 0;
        for (const [other, edge] of group.edges)
          if (other !== one && this.areExclusive(one, other)) others += edge.ratio;
        return [one, ratio / (rivals + ratio + others)];
      }),
    ));
  }

  private areExclusive(a: Group, b: Group): boolean {
    for (const i of a.tracks) for (const j of b.tracks) if (this.logRatio(i, j) === -Infinity) return true;
    return false;
  }

  private add(tracks: readonly number[]): void {
    const group: Group = { tracks, edges: new Map() };
    for (const other of this.groups) {
      const edge = this.edgeBetween(group, other);
      if (!edge) continue;
      group.edges.set(other, edge);
      other.edges.set(group, edge);
      delete other.shares;
    }
    this.groups.push(group);
  }

  private edgeBetween(a: Group, b: Group): Edge | undefined {
    let sum = 0;
    let count = 0;
    let rivals = Infinity;
    for (const i of a.tracks) {
      for (const j of b.tracks) {
        const logRatio = this.logRatio(i, j);
        if (logRatio === -Infinity) return undefined;
        rivals = Math.min(rivals, this.evidence.rivals[i * this.size + j] ?? Infinity);
        if (Number.isNaN(logRatio)) continue;
        sum += logRatio;
        count++;
      }
    }
    const ratio = Math.exp(sum / count);
    return ratio >= this.least * (rivals + ratio) ? { ratio, rivals } : undefined;
  }

  private logRatio(i: number, j: number): number {
    return this.evidence.logRatios[i * this.size + j] ?? NaN;
  }
}

const isBefore = (x: Pick<Pair, 'a' | 'b'>, y: Pick<Pair, 'a' | 'b'>): boolean =>
  (byFirstTrack(x.a, y.a) || byFirstTrack(x.b, y.b)) < 0;
