interface Timed {
  /** Presentation time within one connection, ms. */
  readonly ptsMs: number;
}

/** About what the queues before the tracker hold of frames slower than one a second, each of which has a still. */
const mostHeld = 32;

/**
 * Brings stills and frames of the same presentation time together, whichever comes first, each kind in order. What can no
 * longer find its counterpart goes.
 */
export class StillMatcher<Still extends Timed, Frame extends Timed> {
  #stills: Still[] = [];
  #frames: Frame[] = [];

  /** The frame of the still, if it was here before. */
  addStill(still: Still): Frame | undefined {
    this.#frames = this.#frames.filter(({ ptsMs }) => ptsMs >= still.ptsMs);
    if (this.#frames[0]?.ptsMs === still.ptsMs) return this.#frames.shift();
    this.#stills = [...this.#stills, still].slice(-mostHeld);
    return undefined;
  }

  /** The still of the frame, if it was here before. */
  addFrame(frame: Frame): Still | undefined {
    this.#stills = this.#stills.filter(({ ptsMs }) => ptsMs >= frame.ptsMs);
    if (this.#stills[0]?.ptsMs === frame.ptsMs) return this.#stills.shift();
    this.#frames = [...this.#frames, frame].slice(-mostHeld);
    return undefined;
  }
}
