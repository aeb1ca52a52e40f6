import type { Edit } from '../decode/movie.ts';
import { shownAt } from '../decode/unedited.ts';
import type { VideoFrame } from '../decode/video.ts';
import { fileClock, MediaTimes } from './frameClock.ts';
import { LiveClock } from './liveClock.ts';

/** When a frame or still was taken. */
interface Moment {
  /** ms; of a file from its first frame, of a live source as the source counts. Equal for a still and its frame. */
  readonly mediaTimeMs: number;
  /** UTC ms; rises from frame to frame. */
  readonly timeMs: number;
}

export interface TimedFrame extends Moment {
  readonly frame: VideoFrame;
}

/** Gives the frames and stills of one connection their times. */
export interface SourceTimes {
  /** The frames whose times are known now that this one has come: none, it, or it and those before it. */
  add(frame: VideoFrame): TimedFrame[];
  /** The frames still held when no more will come. */
  rest(): TimedFrame[];
  /** Calls back with the still's time, at once or when its frame has come. */
  still(ptsMs: number, onTime: (moment: Moment) => void): void;
  /** Frames whose presentation time could not be used as it was. */
  readonly mended: number;
}

/**
 * Times of a file: `mediaStartMs` is the UTC ms of its first frame, `edits` what is to be shown of it and when, where that is
 * not all.
 */
export function fileTimes(mediaStartMs: number, edits?: readonly Edit[]): SourceTimes {
  const media = new MediaTimes();
  const clock = fileClock(mediaStartMs);
  const shown = (ptsMs: number) => (edits ? shownAt(edits, ptsMs) : ptsMs);
  const at = (mediaTimeMs: number): Moment => ({ mediaTimeMs, timeMs: clock.timeMs(mediaTimeMs) });
  return {
    add: (frame) => {
      const shownMs = shown(frame.ptsMs);
      return shownMs === undefined ? [] : [{ frame, ...at(media.next(shownMs, frame.durationMs)) }];
    },
    rest: () => [],
    still: (ptsMs, onTime) => {
      const shownMs = shown(ptsMs);
      if (shownMs !== undefined) onTime(at(media.of(shownMs)));
    },
    get mended() {
      return media.mended;
    },
  };
}

/** Frames kept until the clock is settled; a burst of more is one of frames that are too old to be of use. */
const mostHeld = 64;
/** Stills that wait for their frame. */
const mostStills = 8;

/** Times of a live connection. @param afterMs UTC ms of the last frame of the connection before */
export function liveTimes(now: () => number, afterMs: number): SourceTimes {
  const clock = new LiveClock(afterMs);
  let held: VideoFrame[] = [];
  let stills: { readonly ptsMs: number; readonly onTime: (moment: Moment) => void }[] = [];
  let lastPtsMs = -Infinity;

  const release = (): TimedFrame[] => {
    const nowMs = now();
    const timed = held.map((frame) => ({
      frame,
      mediaTimeMs: frame.ptsMs,
      timeMs: clock.next(frame.ptsMs, nowMs),
    }));
    held = [];
    lastPtsMs = timed.at(-1)?.mediaTimeMs ?? lastPtsMs;
    for (const { ptsMs, onTime } of stills.filter((still) => still.ptsMs <= lastPtsMs))
      onTime({ mediaTimeMs: ptsMs, timeMs: clock.timeOf(ptsMs) });
    stills = stills.filter((still) => still.ptsMs > lastPtsMs);
    return timed;
  };
  return {
    add: (frame) => {
      clock.observe(frame.ptsMs, now());
      held = [...held, frame].slice(-mostHeld);
      return clock.isSettled ? release() : [];
    },
    rest: release,
    still: (ptsMs, onTime) => {
      if (ptsMs <= lastPtsMs) onTime({ mediaTimeMs: ptsMs, timeMs: clock.timeOf(ptsMs) });
      else stills = [...stills, { ptsMs, onTime }].slice(-mostStills);
    },
    mended: 0,
  };
}
