import { coverageGapMs } from '../domain/coverage.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { CameraId, RunId } from '../domain/ids.ts';

/** A row of coverage; that of a run still grows. */
export interface CoverageRow {
  readonly number: number;
  readonly run: RunId;
  readonly cameraNumber: number;
  readonly fromMs: number;
  /** One past the last frame's time. */
  toMs: number;
  frames: number;
  dropped: number;
  isStored: boolean;
}

/** What the writer remembers of a run until it ends. */
export interface OpenRun {
  readonly run: RunId;
  readonly camera: CameraId;
  readonly cameraNumber: number;
  /** Width of the picture by its height; null until it is known. */
  aspect: number | null;
  lastFrame: number;
  lastMediaMs: number | null;
  lastTimeMs: number | null;
  /** Wall clock of the last commit. */
  updatedMs: number;
  coverage: CoverageRow | undefined;
  /** Number of the batch that changed it last. */
  touchedBy: number;
}

/**
 * Moves the run's progress and coverage on to the frame. Calls `onFull` with the row of coverage that is complete by
 * that, and `nextNumber` for that of a new one.
 */
export function addFrame(
  run: OpenRun,
  record: FrameRecord,
  nextNumber: () => number,
  onFull: (row: CoverageRow) => void,
): void {
  const timeMs = Math.round(record.timeMs);
  run.lastFrame = record.frame;
  run.lastMediaMs = record.mediaTimeMs;
  run.lastTimeMs = timeMs;
  const open = run.coverage;
  if (open && continues(open, timeMs)) {
    if (timeMs >= open.toMs) open.toMs = timeMs + 1;
    open.frames++;
    open.dropped += record.dropped;
    return;
  }
  if (open) onFull(open);
  run.coverage = {
    number: nextNumber(),
    run: run.run,
    cameraNumber: run.cameraNumber,
    fromMs: timeMs,
    toMs: timeMs + 1,
    frames: 1,
    dropped: record.dropped,
    isStored: false,
  };
}

/** Takes note of a run as it is; what is returned makes it so again. */
export function mementoOfRun(run: OpenRun): () => void {
  const { lastFrame, lastMediaMs, lastTimeMs, updatedMs, coverage } = run;
  const { toMs = 0, frames = 0, dropped = 0 } = coverage ?? {};
  return () => {
    Object.assign(run, { lastFrame, lastMediaMs, lastTimeMs, updatedMs, coverage });
    if (coverage) Object.assign(coverage, { toMs, frames, dropped });
  };
}

/** A clock set back starts anew, as does the next minute and a hole. */
const continues = (open: CoverageRow, timeMs: number): boolean =>
  timeMs >= open.fromMs &&
  timeMs - open.toMs < coverageGapMs &&
  Math.floor(timeMs / minuteMs) === Math.floor(open.fromMs / minuteMs);

/** Rows of coverage stay within one minute of the clock. */
export const minuteMs = 60_000;
