/** Turns the presentation times of one connection into UTC ms. */
export interface FrameClock {
  /** UTC ms of a frame with this presentation time. */
  timeMs(ptsMs: number): number;
}

/** A file's clock: media time counts from a given moment. */
export const fileClock = (mediaStartMs: number): FrameClock => ({ timeMs: (ptsMs) => mediaStartMs + ptsMs });

/**
 * A live source's clock: the first frame is anchored to the wall clock, later ones follow their presentation times,
 * so that network jitter does not move them.
 */
export function liveClock(now: () => number): FrameClock {
  let anchorMs: number | undefined;
  return {
    timeMs: (ptsMs) => {
      anchorMs ??= now() - ptsMs;
      return anchorMs + ptsMs;
    },
  };
}

/**
 * Lets through at most `maxFps` frames a second by their presentation times. Frames are kept on a grid rather than
 * at a minimum distance, so that 25 frames a second thinned to 10 give 10 and not 8⅓.
 */
export function frameGate(maxFps: number | undefined): (ptsMs: number) => boolean {
  if (maxFps === undefined) return () => true;
  const intervalMs = 1000 / maxFps;
  // A frame may come a little early: a source at the very rate asked for must lose none to rounding or jitter.
  const slackMs = intervalMs / 10;
  let dueMs = -Infinity;
  return (ptsMs) => {
    if (ptsMs < dueMs - slackMs) return false;
    // After a gap the grid starts anew, else a burst would follow it.
    dueMs = ptsMs - dueMs > intervalMs ? ptsMs + intervalMs : dueMs + intervalMs;
    return true;
  };
}
