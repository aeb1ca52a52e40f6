import { medianOf, quantileOf } from '../domain/quantiles.ts';
import type { TrackId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { PastTrack, Replayed } from './replay.ts';

/** The stay of a track in a zone, or in the picture; from its first moment to the first one after it. */
export interface Visit extends Interval {
  readonly trackId: TrackId;
  /** Whether it began or ended as the track did, inside the zone, rather than at the zone's edge. */
  readonly appeared: boolean;
  readonly vanished: boolean;
  /** Whether it may still go on, as its track does. */
  readonly open: boolean;
}

/** The visits of a track to the one zone that it was replayed at; one that goes on ends where the track was last looked at. */
export function visitsOf(track: PastTrack, { events, seenToMs }: Replayed): Visit[] {
  const { id: trackId, firstMs, lastMs, ended } = track;
  const visits: Visit[] = [];
  let enteredMs: number | undefined;
  const leave = (toMs: number, open: boolean): void => {
    if (enteredMs === undefined) return;
    const appeared = enteredMs === firstMs;
    visits.push({ trackId, fromMs: enteredMs, toMs, appeared, vanished: ended && toMs === lastMs, open });
    enteredMs = undefined;
  };
  for (const { type, timeMs } of events) {
    if (type === 'enter') enteredMs = timeMs;
    if (type === 'exit') leave(timeMs, false);
  }
  leave(seenToMs, true);
  return visits;
}

/** A time during which the same were present. */
export interface Crowd extends Interval {
  readonly tracks: readonly TrackId[];
}

/** The first of the times within the window at which the most were present at once; undefined when nobody was. */
export function largestCrowd(visits: readonly Visit[], window: Interval): Crowd | undefined {
  const inside = visits.flatMap((visit) => clip(visit, window) ?? []);
  const changes = inside
    .flatMap(({ trackId, fromMs, toMs }) => [
      { timeMs: fromMs, trackId, comes: true },
      { timeMs: toMs, trackId, comes: false },
    ])
    // Who leaves at a moment is not present together with who comes then.
    .sort((a, b) => a.timeMs - b.timeMs || Number(a.comes) - Number(b.comes));
  const present = new Set<TrackId>();
  let largest: { fromMs: number; toMs: number; tracks: TrackId[] } | undefined;
  let grows = false;
  for (const { timeMs, trackId, comes } of changes) {
    if (comes) {
      present.add(trackId);
      if (present.size > (largest?.tracks.length ?? 0)) {
        largest = { fromMs: timeMs, toMs: timeMs, tracks: [...present] };
        grows = true;
      }
    } else {
      if (grows && largest) largest.toMs = timeMs;
      grows = false;
      present.delete(trackId);
    }
  }
  return largest;
}

/**
 * How many were present on average while the camera was watched, within the window; undefined when it never was.
 *
 * @param watched the stretches of time that were, apart from one another
 */
export function meanPresent(
  visits: readonly Interval[],
  watched: readonly Interval[],
  window: Interval,
): number | undefined {
  const totalMs = (intervals: readonly Interval[]) =>
    intervals.reduce((sum, interval) => sum + lengthMs(clip(interval, window)), 0);
  const watchedMs = totalMs(watched);
  return watchedMs > 0 ? totalMs(visits) / watchedMs : undefined;
}

/** How long visits lasted within the window, ms; undefined when there were none. */
export interface Durations {
  readonly n: number;
  readonly meanMs: number;
  readonly medianMs: number;
  /** As long or longer was one visit in ten: the nearest rank. */
  readonly p90Ms: number;
  readonly maxMs: number;
  readonly histogram: readonly Bin[];
}

/** The longest of the visits, each cut to the window; of equal ones the earlier first. */
export const longestVisits = (visits: readonly Visit[], window: Interval, most: number): Visit[] =>
  visits
    .flatMap((visit) => clip(visit, window) ?? [])
    .sort((a, b) => lengthMs(b) - lengthMs(a) || a.fromMs - b.fromMs)
    .slice(0, most);

/** How long each track was there within the window, ms. */
export function timeByTrack(visits: readonly Visit[], window: Interval): ReadonlyMap<TrackId, number> {
  const times = new Map<TrackId, number>();
  for (const visit of visits) {
    const inside = lengthMs(clip(visit, window));
    if (inside > 0) times.set(visit.trackId, (times.get(visit.trackId) ?? 0) + inside);
  }
  return times;
}

/** How many lasted from `fromMs` to less than `toMs`; the last bin of all has no end. */
interface Bin {
  readonly fromMs: number;
  readonly toMs?: number;
  readonly n: number;
}

/** Where the bins of the histogram begin: narrow where visits are short, as most are. */
const binsFromS = [0, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200];

export function durationsOf(visits: readonly Interval[], window: Interval): Durations | undefined {
  const sorted = visits
    .flatMap((visit) => clip(visit, window) ?? [])
    .map(lengthMs)
    .sort((a, b) => a - b);
  const n = sorted.length;
  if (n === 0) return undefined;
  return {
    n,
    meanMs: sorted.reduce((sum, ms) => sum + ms, 0) / n,
    medianMs: medianOf(sorted),
    p90Ms: quantileOf(sorted, 0.9),
    maxMs: sorted[n - 1] ?? 0,
    histogram: histogramOf(sorted),
  };
}

/** Up to the bin of the longest. */
function histogramOf(lengthsMs: readonly number[]): Bin[] {
  const bins = binsFromS.map((fromS, i): Bin => {
    const fromMs = fromS * 1000;
    const toS = binsFromS[i + 1];
    const toMs = toS === undefined ? Infinity : toS * 1000;
    const n = lengthsMs.filter((ms) => ms >= fromMs && ms < toMs).length;
    return { fromMs, ...(toS !== undefined && { toMs }), n };
  });
  return bins.slice(0, bins.findLastIndex(({ n }) => n > 0) + 1);
}

/** How many visits were really longer, or may have been; one may be cut in several ways. */
export interface Cuts {
  /** They began before the window, or went on after it or up to now. */
  readonly byWindow: number;
  /** They began or ended with a time that was not watched. */
  readonly byGap: number;
  /** They began or ended inside the zone while it was watched: hidden, or lost from sight. */
  readonly bySight: number;
}

/**
 * @param unseenMs how long a track may have been unseen before it is given up: so near to a gap an end is put down to it
 */
export function cutsOf(
  visits: readonly Visit[],
  watched: readonly Interval[],
  window: Interval,
  unseenMs: number,
): Cuts {
  const inside = visits.filter((visit) => clip(visit, window));
  const { fromMs, toMs } = window;
  const beginsWatch = (timeMs: number) => watched.some((w) => Math.abs(w.fromMs - timeMs) <= unseenMs);
  const endsWatch = (timeMs: number) => watched.some((w) => Math.abs(w.toMs - timeMs) <= unseenMs);
  const lateAt = (visit: Visit) => visit.appeared && visit.fromMs >= fromMs;
  const earlyAt = (visit: Visit) => visit.vanished && visit.toMs <= toMs;
  const count = (is: (visit: Visit) => boolean) => inside.filter(is).length;
  return {
    byWindow: count((visit) => visit.open || visit.fromMs < fromMs || visit.toMs > toMs),
    byGap: count(
      (visit) => (lateAt(visit) && beginsWatch(visit.fromMs)) || (earlyAt(visit) && endsWatch(visit.toMs)),
    ),
    bySight: count(
      (visit) => (lateAt(visit) && !beginsWatch(visit.fromMs)) || (earlyAt(visit) && !endsWatch(visit.toMs)),
    ),
  };
}

/** The part of the interval within the window; undefined where there is none. */
function clip<T extends Interval>(interval: T, window: Interval): T | undefined {
  const fromMs = Math.max(interval.fromMs, window.fromMs);
  const toMs = Math.min(interval.toMs, window.toMs);
  return toMs > fromMs ? { ...interval, fromMs, toMs } : undefined;
}

const lengthMs = (interval: Interval | undefined): number => (interval ? interval.toMs - interval.fromMs : 0);
