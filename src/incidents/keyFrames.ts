import type { CameraId, StillId, TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';

/** A stored picture that may be shown. */
export interface Candidate {
  readonly id: StillId;
  readonly camera: CameraId;
  readonly timeMs: number;
  /** How many events it was kept for. */
  readonly events: number;
}

/** When somebody was in a camera's view. */
export interface Presence extends Interval {
  readonly trackId: TrackId;
  readonly camera: CameraId;
}

/**
 * Picks the pictures that together show the most: each next one is the one with most people who are in none before, then
 * with most events, then farthest in time from those before, then the earliest. One that would show nobody new is
 * only taken where it is of another moment.
 *
 * @returns at most `limit`, in order of time
 */
export function chooseKeyFrames(
  candidates: readonly Candidate[],
  presences: readonly Presence[],
  limit: number,
): Candidate[] {
  const shows = new Map(candidates.map((candidate) => [candidate.id, shownIn(candidate, presences)]));
  const chosen: Candidate[] = [];
  const seen = new Set<TrackId>();
  while (chosen.length < limit) {
    const worth = (candidate: Candidate): number[] => [
      (shows.get(candidate.id) ?? []).filter((id) => !seen.has(id)).length,
      candidate.events,
      Math.min(farMs, ...chosen.map(({ timeMs }) => Math.abs(timeMs - candidate.timeMs))),
      -candidate.timeMs,
    ];
    const [best] = candidates
      .filter(({ id, camera, timeMs }) =>
        chosen.every(
          (one) => one.id !== id && (one.camera !== camera || Math.abs(one.timeMs - timeMs) >= apartMs),
        ),
      )
      .map((candidate) => ({ candidate, worth: worth(candidate) }))
      .sort((a, b) => compare(b.worth, a.worth));
    if (!best) break;
    chosen.push(best.candidate);
    for (const id of shows.get(best.candidate.id) ?? []) seen.add(id);
  }
  return chosen.sort((a, b) => a.timeMs - b.timeMs);
}

/** Two pictures of one camera nearer than this show the same. */
const apartMs = 1000;
/** Farther apart is no better. */
const farMs = 600_000;

const shownIn = ({ camera, timeMs }: Candidate, presences: readonly Presence[]): TrackId[] =>
  presences
    .filter((one) => one.camera === camera && one.fromMs <= timeMs && one.toMs >= timeMs)
    .map(({ trackId }) => trackId);

const compare = (a: readonly number[], b: readonly number[]): number =>
  a.map((value, n) => value - (b[n] ?? 0)).find((difference) => difference !== 0) ?? 0;
