import { coverageGapMs } from '../domain/coverage.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { CameraId, RunId } from '../domain/ids.ts';

/** The row of coverage that still grows. */
interface OpenCoverage {
  /** Its row, once it has one. */
  number?: number;
  readonly fromMs: number;
  /** One past the last frame's time. */
  toMs: number;
  frames: number;
  dropped: number;
}

/** What the writer remembers of a run until it ends. */
export interface OpenRun {
  readonly run: RunId;
  readonly camera: CameraId;
  readonly cameraNumber: number;
  lastFrame: number;
  lastMediaMs: number | null;
  lastTimeMs: number | null;
  coverage?: OpenCoverage;
}

export const copyOfRun = (run: OpenRun): OpenRun => ({
  ...run,
  ...(run.coverage && { coverage: { ...run.coverage } }),
});

/** Moves the run's progress and coverage on to the frame; calls `write` when a row of coverage is complete. */
export function addFrame(run: OpenRun, record: FrameRecord, write: (run: OpenRun) => void): void {
  const timeMs = Math.round(record.timeMs);
  run.lastFrame = record.frame;
  run.lastMediaMs = record.mediaTimeMs;
  run.lastTimeMs = timeMs;
  const open = run.coverage;
  if (open && continues(open, timeMs)) {
    open.toMs = Math.max(open.toMs, timeMs + 1);
    open.frames++;
    open.dropped += record.dropped;
    return;
  }
  if (open) write(run);
  run.coverage = { fromMs: timeMs, toMs: timeMs + 1, frames: 1, dropped: record.dropped };
}

/** A clock set back starts anew, as does the next minute and a hole. */
const continues = (open: OpenCoverage, timeMs: number): boolean =>
  timeMs >= open.fromMs &&
  timeMs - open.toMs < coverageGapMs &&
  Math.floor(timeMs / minuteMs) === Math.floor(open.fromMs / minuteMs);

/** Rows of coverage stay within one minute of the clock. */
export const minuteMs = 60_000;
