const windowMs = 5_000;

/** Counts how often something happens a second, over the last five. */
export class RateMeter {
  readonly #times: number[] = [];

  count(nowMs: number): void {
    this.#times.push(nowMs);
    this.#forget(nowMs);
  }

  perSecond(nowMs: number): number {
    this.#forget(nowMs);
    const first = this.#times[0];
    // Too short a time would give any number.
    return first === undefined || nowMs - first < 500 ? 0 : this.#times.length / ((nowMs - first) / 1000);
  }

  #forget(nowMs: number): void {
    let old = 0;
    while ((this.#times[old] ?? Infinity) < nowMs - windowMs) old++;
    if (old > 0) this.#times.splice(0, old);
  }
}
