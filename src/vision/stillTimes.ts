/**
 * Tells which frames of one connection may be those next to a still, the one before it or the one after. Stills come on
 * their own way, most of them after their frames have gone to the detector, so that it cannot be known for sure.
 */
export class StillTimes {
  readonly #stillEveryMs: number;
  readonly #ahead: number[] = [];
  #lastStillMs = -Infinity;
  #lastFrameMs = -Infinity;

  /** @param stillsPerSecond that the pipeline makes at most, each of the frame nearest to a multiple of their distance */
  constructor(stillsPerSecond: number) {
    this.#stillEveryMs = 1000 / stillsPerSecond;
  }

  /** A still of this presentation time has come; in order. */
  onStill(ptsMs: number): void {
    this.#ahead.push(ptsMs);
    this.#lastStillMs = ptsMs;
  }

  /** Whether there is, or may be, a still between the frames around the one of this presentation time; frames in order. */
  mayHaveStill(ptsMs: number): boolean {
    const beforeMs = this.#lastFrameMs;
    const intervalMs = ptsMs - beforeMs;
    this.#lastFrameMs = ptsMs;
    while ((this.#ahead[0] ?? Infinity) <= beforeMs) this.#ahead.shift();
    // A still may come before its time, but by less than the time between two frames.
    return (
      (this.#ahead[0] ?? Infinity) < ptsMs + intervalMs ||
      ptsMs + intervalMs > this.#lastStillMs + this.#stillEveryMs
    );
  }
}
