import type { LineDirection, EventType } from '../domain/event.ts';
import type { CameraId, EventId, ShapeId, TrackId } from '../domain/ids.ts';

/** One thing that happened. */
export interface Step {
  /** UTC ms. */
  readonly timeMs: number;
  readonly camera: CameraId;
  readonly trackId: TrackId;
  readonly label: string;
  /** An event, or that the track was seen for the first or the last time. */
  readonly type: EventType | 'seen' | 'gone';
  readonly direction?: LineDirection | undefined;
  readonly shape?: ShapeId | undefined;
  readonly eventId?: EventId | undefined;
}

/** Alike steps that are told as one. */
export interface Entry {
  /** Of the first and the last. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  readonly first: Step;
  /** In the order of their steps. */
  readonly tracks: readonly TrackId[];
}

export interface Timeline {
  /** In order of time, at most as many as asked for. */
  readonly entries: readonly Entry[];
  /** Steps that are in none of them. */
  readonly leftOut: number;
}

/**
 * Tells steps in at most `limit` entries: each of them, if they are not more. Else runs of alike steps become one; while that
 * is not short enough, first the comings and goings are left out, then alike steps within ever longer slices of the time become one, and at last only
 * the most frequent are told.
 *
 * @param steps in order of time
 */
export function foldTimeline(steps: readonly Step[], limit: number): Timeline {
  if (steps.length <= limit) return { entries: steps.flatMap((step) => entryOf([step])), leftOut: 0 };
  const runs = foldRuns(steps);
  if (runs.length <= limit) return { entries: runs, leftOut: 0 };
  const events = steps.filter(({ type }) => type !== 'seen' && type !== 'gone');
  const told = events.length > 0 ? events : steps.filter(({ type }) => type === 'seen');
  const eventRuns = foldRuns(told);
  if (eventRuns.length <= limit) return { entries: eventRuns, leftOut: steps.length - told.length };
  for (let slices = limit; slices >= 1; slices = Math.floor(slices / 2)) {
    const entries = foldSlices(told, slices);
    if (entries.length <= limit) return { entries, leftOut: steps.length - told.length };
  }
  const kept = foldSlices(told, 1)
    .sort((a, b) => b.count - a.count || a.fromMs - b.fromMs)
    .slice(0, limit)
    .sort((a, b) => a.fromMs - b.fromMs);
  return { entries: kept, leftOut: steps.length - kept.reduce((sum, { count }) => sum + count, 0) };
}

const kindOf = ({ camera, label, type, direction, shape }: Step): string =>
  JSON.stringify([camera, label, type, direction, shape]);

function foldRuns(steps: readonly Step[]): Entry[] {
  const runs: Step[][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    if (run?.[0] && kindOf(run[0]) === kindOf(step)) run.push(step);
    else runs.push([step]);
  }
  return runs.flatMap(entryOf);
}

function foldSlices(steps: readonly Step[], slices: number): Entry[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return [];
  const sliceMs = (last.timeMs - first.timeMs) / slices + 1;
  const groups = new Map<string, Step[]>();
  for (const step of steps) {
    const key = `${Math.floor((step.timeMs - first.timeMs) / sliceMs)} ${kindOf(step)}`;
    const known = groups.get(key);
    if (known) known.push(step);
    else groups.set(key, [step]);
  }
  return [...groups.values()].flatMap(entryOf).sort((a, b) => a.fromMs - b.fromMs);
}

function entryOf(steps: readonly Step[]): Entry[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return [];
  const tracks = [...new Set(steps.map(({ trackId }) => trackId))];
  return [{ fromMs: first.timeMs, toMs: last.timeMs, count: steps.length, first, tracks }];
}
