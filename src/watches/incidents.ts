import type { TrackId } from '../domain/ids.ts';
import type { Incident } from './contract.ts';

/** Incidents over for longer than this are forgotten: nothing that late is told any more, ms. */
const rememberedMs = 600_000;

/** Joins the times at which a condition was fulfilled into incidents: gaps shorter than the cooldown do not end one. */
export class Incidents<Ref> {
  readonly #cooldownMs: number;
  /** In the order in which they were found. */
  #recent: Incident<Ref>[] = [];
  #found: Incident<Ref>[] = [];

  constructor(cooldownMs: number, resumed: readonly Incident<Ref>[] = []) {
    this.#cooldownMs = cooldownMs;
    this.#recent = [...resumed];
  }

  /**
   * The condition was fulfilled from `timeMs` to `untilMs`; the same may be said again, and longer.
   *
   * @param describe who and what it was; asked only when it is an incident of its own
   */
  add(
    timeMs: number,
    untilMs: number,
    describe: () => { sinceMs: number; tracks: readonly TrackId[]; event?: Ref },
  ): void {
    const same = this.#recent.findLast((known) => this.#isNear(known, timeMs, untilMs));
    if (same) {
      same.untilMs = Math.max(same.untilMs, untilMs);
      same.open = true;
      return;
    }
    const incident = { timeMs, untilMs, open: true, resumed: false, ...describe() };
    this.#recent.push(incident);
    this.#found.push(incident);
  }

  /** All is told up to this moment: what has not been so for the cooldown is over. */
  settle(nowMs: number): void {
    for (const incident of this.#recent) {
      if (nowMs - incident.untilMs >= Math.max(this.#cooldownMs, 1)) incident.open = false;
    }
    const oldestMs = nowMs - this.#cooldownMs - rememberedMs;
    if (this.#recent.length > 1 && (this.#recent[0]?.untilMs ?? 0) < oldestMs)
      this.#recent = this.#recent.filter(({ untilMs }) => untilMs >= oldestMs);
  }

  /** Those found since the last call. */
  take(): Incident<Ref>[] {
    return this.#found.splice(0);
  }

  /** Those that the present may still add to, or that have just ended. */
  get recent(): readonly Incident<Ref>[] {
    return this.#recent;
  }

  #isNear(known: Incident<Ref>, timeMs: number, untilMs: number): boolean {
    // What lasts and overlaps is the same also without a cooldown; two events at one moment are two.
    const overlaps = known.timeMs <= untilMs && timeMs <= known.untilMs && known.event === undefined;
    const gapMs = Math.max(timeMs - known.untilMs, known.timeMs - untilMs);
    return overlaps || gapMs < this.#cooldownMs;
  }
}
