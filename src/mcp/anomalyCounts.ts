import type { Flow, Measure, Newcomer, PerHour, Series } from '../anomaly/contract.ts';
import { peaksOf } from '../anomaly/crowding.ts';
import type { EventType, TrackEvent } from '../domain/event.ts';
import type { CameraId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { Reader } from '../store/reader.ts';
import type { QuarterCount, VisitEnd } from '../store/quarters.ts';
import type { StoredShape } from '../store/types.ts';
import type { Times } from './anomalyTimes.ts';
import { countedLive, pastEvents } from './pastEvents.ts';

/* What happened at a camera's lines and zones and in its picture, hour by hour, before the window and in it. */

/** Of a place the most frequent: more would only make every threshold stricter. */
const mostLabels = 5;

export interface PlaceCounts {
  readonly at?: StoredShape;
  readonly rows: readonly QuarterCount[];
  readonly labels: readonly string[];
  readonly watched: PerHour;
  /** Told from trajectories, as nobody counted then. */
  readonly inHand: readonly TrackEvent[];
}

export function pictureCounts(reader: Reader, camera: CameraId, times: Times, watched: PerHour): PlaceCounts {
  const rows = [times.past, times.window].flatMap((interval) => reader.history.tracks(camera, interval));
  return { rows, labels: frequentLabels(rows), watched, inHand: [] };
}

/**
 * Counted live, as far as it was; for the time before the line or zone was drawn as it is, told from the trajectories by
 * the same rules.
 */
export async function shapeCounts(
  reader: Reader,
  at: StoredShape,
  times: Times,
  watched: PerHour,
): Promise<PlaceCounts> {
  const inHand: TrackEvent[] = [];
  const wasCounted = countedLive(reader, at.camera, at.shape);
  for (const stretch of apart(reader.history.uncounted(at, times.all))) {
    const window = {
      fromMs: Math.max(stretch.fromMs, times.all.fromMs),
      toMs: Math.min(stretch.toMs, times.all.toMs),
    };
    const wants = (track: Parameters<typeof wasCounted>[0]) => !wasCounted(track);
    inHand.push(...(await pastEvents(reader, { camera: at.camera, shape: at.shape, window, wants })));
  }
  const main = mainType(at);
  const rows = [
    ...[times.past, times.window].flatMap((interval) => reader.history.events(at, interval)),
    ...inHand
      .filter(({ type }) => type === main)
      .map(({ label, direction, timeMs }) => ({
        label,
        ...(direction && { direction }),
        startMs: timeMs,
        count: 1,
      })),
  ];
  return { at, rows, labels: frequentLabels(rows), watched, inHand };
}

export const mainType = ({ shape }: StoredShape): EventType => (shape.kind === 'line' ? 'crossing' : 'enter');

/** Runs of a file that was read again lie over each other. */
function apart(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const next of intervals) {
    const last = joined.at(-1);
    if (last && next.fromMs <= last.toMs)
      joined[joined.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, next.toMs) };
    else joined.push(next);
  }
  return joined;
}

function frequentLabels(rows: readonly QuarterCount[]): string[] {
  const counts = new Map<string, number>();
  for (const { label, count } of rows) counts.set(label, (counts.get(label) ?? 0) + count);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, mostLabels)
    .map(([label]) => label);
}

const subjectOf = (camera: CameraId, { at }: PlaceCounts, label: string) => ({
  camera,
  ...(at && { shape: at.shape.id }),
  label,
});

export function seriesOf(camera: CameraId, place: PlaceCounts, { table }: Times): Series[] {
  const counts = new Map(place.labels.map((label) => [label, table.empty()]));
  for (const { label, startMs, count } of place.rows) {
    const sums = counts.get(label);
    const index = sums && table.indexOf(startMs);
    if (sums && index !== undefined) sums[index] = (sums[index] ?? 0) + count;
  }
  return [...counts].map(([label, sums]) => ({
    ...subjectOf(camera, place, label),
    counts: sums,
    watched: place.watched,
  }));
}

export function flowsOf(camera: CameraId, place: PlaceCounts, { table }: Times): Flow[] {
  const toward = (label: string, direction: string) =>
    table.sum(
      place.rows.filter((row) => row.label === label && row.direction === direction),
      ({ count }) => count,
    );
  return place.labels.map((label) => ({
    ...subjectOf(camera, place, label),
    forward: toward(label, 'forward'),
    backward: toward(label, 'backward'),
  }));
}

/** How long visits of the zone were, seconds, and the most of them at once in each hour. */
export function visitsOf(
  reader: Reader,
  camera: CameraId,
  place: PlaceCounts,
  { table, clock, past, window, all }: Times,
): { stays: Measure[]; peaks: Series[] } {
  const { at } = place;
  if (at?.shape.kind !== 'zone') return { stays: [], peaks: [] };
  const told = place.inHand.filter(({ type }) => type === 'exit');
  const others: VisitEnd[] = [
    ...told.map(({ timeMs, label, durationMs = 0 }) => ({ timeMs, label, durationMs })),
    ...reader.history.openVisits(at, window.toMs).filter(({ timeMs }) => timeMs >= window.fromMs),
  ];
  const parts = place.labels.map((label) => {
    const ofLabel = [
      ...reader.history.visits(at, label, all),
      ...others.filter((visit) => visit.label === label),
    ].filter(({ durationMs }) => durationMs > 0);
    const before = ofLabel.filter(({ timeMs }) => timeMs < past.toMs);
    return {
      stay: {
        ...subjectOf(camera, place, label),
        past: Float64Array.from(before, ({ durationMs }) => durationMs / 1000),
        now: ofLabel.flatMap(({ timeMs, durationMs }) => {
          const hour = timeMs < window.fromMs ? undefined : table.indexOf(timeMs);
          return hour === undefined ? [] : [{ hour, value: durationMs / 1000 }];
        }),
      },
      peak: {
        ...subjectOf(camera, place, label),
        counts: peaksOf(
          clock,
          ofLabel.map(({ timeMs, durationMs }) => ({ fromMs: timeMs - durationMs, toMs: timeMs })),
        ),
        watched: place.watched,
      },
    };
  });
  return { stays: parts.map(({ stay }) => stay), peaks: parts.map(({ peak }) => peak) };
}

/** Classes that were never before in the picture, or never at a line or zone though in the picture. */
export function newcomersOf(camera: CameraId, places: readonly PlaceCounts[], times: Times): Newcomer[] {
  const seen = new Set(
    places.flatMap(({ at, rows }) =>
      at ? [] : rows.filter(({ startMs }) => startMs < times.window.fromMs).map(({ label }) => label),
    ),
  );
  return places.flatMap((place) => {
    const days = watchedDays(place.watched, times);
    const firsts = firstDays(place.rows, times);
    // All that was there on the first day was new then.
    const [firstDay] = days;
    const newDays = new Set([...firsts.values()].filter((day) => day !== firstDay));
    const now = place.rows.filter(({ startMs }) => startMs >= times.window.fromMs);
    const labels = [...new Set(now.map(({ label }) => label))].filter((label) => !firsts.has(label));
    return labels
      .filter((label) => !place.at || seen.has(label))
      .map((label): Newcomer => {
        const sightings = now.filter((row) => row.label === label);
        const starts = sightings.map(({ startMs }) => startMs);
        return {
          ...subjectOf(camera, place, label),
          family: place.at ? 'new_place' : 'new_class',
          count: sightings.reduce((sum, { count }) => sum + count, 0),
          at: {
            fromMs: Math.min(...starts),
            toMs: Math.min(Math.max(...starts) + 900_000, times.window.toMs),
          },
          days: Math.max(0, days.length - 1),
          daysWithNew: newDays.size,
        };
      });
  });
}

/** The days before the window on which something was watched, in order. */
function watchedDays(watched: PerHour, { clock }: Times): number[] {
  const days = clock.hours.slice(0, clock.past).filter((_, i) => (watched[i] ?? 0) > 0);
  return [...new Set(days.map(({ day }) => day))];
}

/** The day on which each class was first seen before the window. */
function firstDays(rows: readonly QuarterCount[], { clock, table, window }: Times): Map<string, number> {
  const days = new Map<string, number>();
  for (const { label, startMs } of rows) {
    const index = startMs < window.fromMs ? table.indexOf(startMs) : undefined;
    const day = index === undefined ? undefined : clock.hours[index]?.day;
    if (day !== undefined) days.set(label, Math.min(day, days.get(label) ?? Infinity));
  }
  return days;
}
