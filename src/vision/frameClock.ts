/** UTC ms of the frames of a file, of which the media time counts from the first. */
export interface FrameClock {
  /** UTC ms of a frame with this media time. */
  timeMs(ptsMs: number): number;
}

/** A file's clock: media time counts from a given moment. */
export const fileClock = (mediaStartMs: number): FrameClock => ({ timeMs: (ptsMs) => mediaStartMs + ptsMs });

/** Step of a frame that states no duration where none before it had one: 25 frames a second, ms. */
const usualStepMs = 40;

/**
 * Media time of a file's frames: 0 for the first, whatever presentation time the file begins with. A presentation time
 * that does not go on (equal, or earlier) is replaced by the end of the frame before, so that no frame is lost and times
 * always rise.
 */
export class MediaTimes {
  #originMs: number | undefined;
  #lastMs = -Infinity;
  #stepMs = usualStepMs;
  #mended = 0;

  /** Frames whose presentation time had to be replaced. */
  get mended(): number {
    return this.#mended;
  }

  /** Media time of the next frame, ms. @param durationMs as the frame states it, if it does */
  next(ptsMs: number, durationMs?: number): number {
    const timeMs = this.of(ptsMs);
    if (timeMs > this.#lastMs) {
      if (this.#lastMs !== -Infinity) this.#stepMs = timeMs - this.#lastMs;
      this.#lastMs = timeMs;
      return timeMs;
    }
    this.#mended++;
    this.#lastMs = rounded(
      this.#lastMs + (durationMs !== undefined && durationMs > 0 ? durationMs : this.#stepMs),
    );
    return this.#lastMs;
  }

  /** Media time of a presentation time that is in order; the first one asked about is 0. */
  of(ptsMs: number): number {
    this.#originMs ??= ptsMs;
    return rounded(ptsMs - this.#originMs);
  }
}

/** To a nanosecond: times of one reading equal those of the next. */
const rounded = (ms: number): number => Math.round(ms * 1e6) / 1e6;

/**
 * Lets through at most `maxFps` frames a second by their presentation times. Frames are kept on a grid rather than
 * at a minimum distance, so that 25 frames a second thinned to 10 give 10 and not 8⅓.
 */
export function frameGate(maxFps: number | undefined): (ptsMs: number) => boolean {
  if (maxFps === undefined) return () => true;
  const intervalMs = 1000 / maxFps;
  // A frame may come a little early: a source at the very rate asked for must lose none to rounding.
  const slackMs = intervalMs / 100;
  let dueMs = -Infinity;
  return (ptsMs) => {
    if (ptsMs < dueMs - slackMs) return false;
    // After a gap the grid starts anew, else a burst would follow it.
    dueMs = ptsMs - dueMs > intervalMs ? ptsMs + intervalMs : dueMs + intervalMs;
    return true;
  };
}
