/** The pipeline makes a still of the frame nearest to each second after the first. */
const stillEveryMs = 1_000;

/**
 * Tells which frames of one connection may be those of a still. Stills come on their own way, most of them after their
 * frame has gone to the detector, so that it cannot be known for sure.
 */
export class StillTimes {
  readonly #ahead: number[] = [];
  #lastStillMs = -Infinity;
  #lastFrameMs = -Infinity;

  /** A still of this presentation time has come; in order. */
  onStill(ptsMs: number): void {
    this.#ahead.push(ptsMs);
    this.#lastStillMs = ptsMs;
  }

  /** Whether there is, or may be, a still of the frame of this presentation time; frames in order. */
  mayHaveStill(ptsMs: number): boolean {
    const intervalMs = ptsMs - this.#lastFrameMs;
    this.#lastFrameMs = ptsMs;
    while ((this.#ahead[0] ?? Infinity) < ptsMs) this.#ahead.shift();
    // The nearest frame may come before its second, but by less than the time between two frames.
    return this.#ahead[0] === ptsMs || ptsMs + intervalMs > this.#lastStillMs + stillEveryMs;
  }
}
