import type { Evidence } from './evidence.ts';

interface Pair {
  /** The group whose first track is the earlier one. */
  readonly a: number;
  readonly b: number;
  readonly probability: number;
}

/** A pair as unlikely as this is not even a rival of others. */
const negligible = 0.01;

/**
 * What is known of each two groups of tracks, and how likely they are one, as `joinGroups` says. Of n groups a merge takes
 * time with n², however many tracks they have: nothing is added up anew of which no part has changed.
 */
export class GroupTable {
  /** In the order of their first tracks. */
  groups: readonly number[];

  readonly #tracks: (readonly number[])[];
  readonly #least: number;
  readonly #n: number;
  /* Of each two groups, row by row; all but the last symmetrical. */
  /** Of the logarithms of the likelihood ratios between their tracks, and of how many. */
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  readonly #rivals: Float64Array;
  /** 1: they cannot be one. */
  readonly #exclusive: Uint8Array;
  /** Mean likelihood ratio; 0: they are hardly one. */
  readonly #ratios: Float64Array;
  /** Of a group's ratios, those to groups that exclude the other one, added up; NaN: to be added up when asked for. */
  readonly #others: Float64Array;

  constructor(start: readonly (readonly number[])[], evidence: Evidence, worthTelling: number) {
    this.#tracks = start.toSorted(([a = 0], [b = 0]) => a - b);
    this.groups = this.#tracks.map((_, group) => group);
    this.#least = Math.min(negligible, worthTelling);
    const n = (this.#n = this.#tracks.length);
    this.#sums = new Float64Array(n * n);
    this.#counts = new Float64Array(n * n);
    this.#rivals = new Float64Array(n * n).fill(Infinity);
    this.#exclusive = new Uint8Array(n * n);
    this.#ratios = new Float64Array(n * n);
    this.#others = new Float64Array(n * n).fill(NaN);
    for (const a of this.groups) for (const b of this.groups.slice(a + 1)) this.#compare(a, b, evidence);
  }

  /** Track numbers, in order. */
  tracksOf(group: number): readonly number[] {
    return this.#tracks[group] ?? [];
  }

  /** The pair most likely one, of equals the earliest; undefined where none is as likely as `least`. */
  likeliest(least: number): Pair | undefined {
    let best: Pair | undefined;
    for (const a of this.groups) {
      for (const b of this.groups) {
        if (b <= a || this.#mostLikely(a, b) < (best?.probability ?? least)) continue;
        const probability = this.#probabilityOf(a, b);
        if (best ? probability > best.probability : probability >= least) best = { a, b, probability };
      }
    }
    return best;
  }

  /** All pairs that are at least so likely one. */
  pairs(least: number): Pair[] {
    return this.groups.flatMap((a) =>
      this.groups
        .filter((b) => b > a && this.#mostLikely(a, b) >= least)
        .map((b) => ({ a, b, probability: this.#probabilityOf(a, b) }))
        .filter(({ probability }) => probability >= least),
    );
  }

  /** Makes one group of two, of which `a` is the earlier: it has the number `a`. */
  merge(a: number, b: number): void {
    this.#tracks[a] = [...this.tracksOf(a), ...this.tracksOf(b)].toSorted((x, y) => x - y);
    this.groups = this.groups.filter((group) => group !== b);
    const others = this.groups.filter((group) => group !== a);
    const weighedAnew = others.filter((group) => {
      const had = this.#ratio(a, group) > 0 || this.#ratio(b, group) > 0;
      this.#take(a, b, group);
      return had || this.#ratio(a, group) > 0;
    });
    for (const group of others) this.#forgetRivals(a, group);
    // Whoever excludes the new group has lost, or won, a rival that looks alike.
    for (const excluding of others.filter((group) => this.#isExclusive(a, group)))
      for (const group of weighedAnew) this.#forgetRivals(group, excluding);
  }

  #compare(a: number, b: number, { logRatios, rivals }: Evidence): void {
    const tracks = Math.sqrt(logRatios.length);
    const [ab] = this.#cellsOf(a, b);
    for (const i of this.tracksOf(a)) {
      for (const j of this.tracksOf(b)) {
        const logRatio = logRatios[i * tracks + j] ?? NaN;
        if (logRatio === -Infinity) this.#exclusive[ab] = 1;
        this.#rivals[ab] = Math.min(this.#rivals[ab] ?? NaN, rivals[i * tracks + j] ?? NaN);
        if (Number.isNaN(logRatio)) continue;
        this.#sums[ab] = (this.#sums[ab] ?? 0) + logRatio;
        this.#counts[ab] = (this.#counts[ab] ?? 0) + 1;
      }
    }
    this.#weigh(a, b);
  }

  /** What was known of b and another group is now of a, too. */
  #take(a: number, b: number, other: number): void {
    const [one] = this.#cellsOf(a, other);
    const [taken] = this.#cellsOf(b, other);
    this.#sums[one] = (this.#sums[one] ?? 0) + (this.#sums[taken] ?? 0);
    this.#counts[one] = (this.#counts[one] ?? 0) + (this.#counts[taken] ?? 0);
    this.#rivals[one] = Math.min(this.#rivals[one] ?? NaN, this.#rivals[taken] ?? NaN);
    this.#exclusive[one] = (this.#exclusive[one] ?? 0) | (this.#exclusive[taken] ?? 0);
    this.#weigh(a, other);
  }

  #weigh(a: number, b: number): void {
    const [ab, ba] = this.#cellsOf(a, b);
    const rivals = this.#rivals[ab] ?? NaN;
    const ratio = Math.exp((this.#sums[ab] ?? 0) / (this.#counts[ab] ?? 0));
    const mayBe = this.#exclusive[ab] === 0 && ratio >= this.#least * (rivals + ratio);
    this.#ratios[ab] = this.#ratios[ba] = mayBe ? ratio : 0;
    for (const known of [this.#sums, this.#counts, this.#rivals, this.#exclusive])
      known[ba] = known[ab] ?? NaN;
  }

  /** What the probability is if nobody else looks alike: never less than it is. */
  #mostLikely(a: number, b: number): number {
    const ratio = this.#ratio(a, b);
    return ratio === 0 ? 0 : ratio / (this.#rivalsOf(a, b) + ratio);
  }

  #probabilityOf(a: number, b: number): number {
    const ratio = this.#ratio(a, b);
    const lookalikes = Math.max(this.#lookalikes(a, b), this.#lookalikes(b, a));
    return ratio / (this.#rivalsOf(a, b) + ratio + lookalikes);
  }

  #lookalikes(group: number, one: number): number {
    const [cell] = this.#cellsOf(group, one);
    const known = this.#others[cell] ?? NaN;
    if (!Number.isNaN(known)) return known;
    let sum = 0;
    for (const other of this.groups) if (this.#isExclusive(one, other)) sum += this.#ratio(group, other);
    return (this.#others[cell] = sum);
  }

  #forgetRivals(a: number, b: number): void {
    for (const cell of this.#cellsOf(a, b)) this.#others[cell] = NaN;
  }

  #cellsOf(a: number, b: number): [ab: number, ba: number] {
    return [a * this.#n + b, b * this.#n + a];
  }

  #ratio(a: number, b: number): number {
    return this.#ratios[a * this.#n + b] ?? 0;
  }

  #rivalsOf(a: number, b: number): number {
    return this.#rivals[a * this.#n + b] ?? NaN;
  }

  #isExclusive(a: number, b: number): boolean {
    return this.#exclusive[a * this.#n + b] === 1;
  }
}
