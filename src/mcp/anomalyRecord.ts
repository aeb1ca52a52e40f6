import type { Measure, Outages, Series } from '../anomaly/contract.ts';
import type { CameraRecord } from '../anomaly/judge.ts';
import type { CameraId } from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import type { Reader } from '../store/reader.ts';
import type { QuarterWatched } from '../store/quarters.ts';
import type { StoredCamera } from '../store/types.ts';
import {
  flowsOf,
  mainType,
  newcomersOf,
  pictureCounts,
  seriesOf,
  shapeCounts,
  visitsOf,
  type PlaceCounts,
} from './anomalyCounts.ts';
import type { Times } from './anomalyTimes.ts';
import { motionsAt } from './speeds.ts';

const quarterMs = 900_000;
/** Pictures change with the season: they are compared with those of the last days, ms. */
const picturesMs = 14 * 86_400_000;
/** Of each line and zone, before the window and in it: each is a look into the trajectories. */
const speedsLooked = 200;
/** Shorter than a reconnection, or what lies between the pictures of a slow camera. */
const leastOutageMs = 60_000;

/** What is judged of a camera, and what it was counted from. */
export interface Recorded {
  readonly record: CameraRecord;
  readonly places: readonly PlaceCounts[];
}

/** All that is known of a camera in the window and the weeks before. */
export async function recordOf(reader: Reader, camera: StoredCamera, times: Times): Promise<Recorded> {
  const { clock, table, window, past } = times;
  const pieces = [past, window].flatMap((interval) => reader.history.watched(camera.id, interval));
  const watched = table.sum(pieces, ({ watchedMs }) => watchedMs / 3_600_000);
  const picture = pictureCounts(reader, camera.id, times, watched);
  const places: PlaceCounts[] = [picture];
  for (const at of reader.shapes(camera.id)) places.push(await shapeCounts(reader, at, times, watched));
  const visits = places.map((place) => visitsOf(reader, camera.id, place, times));
  const lines = places.filter(({ at }) => at?.shape.kind === 'line');
  const pictures = pictureSizes(reader, camera.id, times);
  return {
    places,
    record: {
      clock,
      series: places.flatMap((place) => seriesOf(camera.id, place, times)),
      flows: lines.flatMap((place) => flowsOf(camera.id, place, times)),
      stays: visits.flatMap(({ stays }) => stays),
      peaks: visits.flatMap(({ peaks }) => peaks),
      speeds: camera.scale ? await speedsOf(reader, camera, places, times) : [],
      newcomers: newcomersOf(camera.id, places, times),
      outages: outagesOf(reader, camera, pieces, times),
      ...(pictures && { pictures }),
    },
  };
}

async function speedsOf(
  reader: Reader,
  camera: StoredCamera,
  places: readonly PlaceCounts[],
  { past, window, table }: Times,
): Promise<Measure[]> {
  const speeds: Measure[] = [];
  for (const { at, labels } of places) {
    if (!at) continue;
    const measured = async (interval: Interval, label: string) => {
      const filter = { camera: camera.id, shape: at.shape.id, types: [mainType(at)], labels: [label] };
      const events = reader.sampleEvents({ ...filter, ...interval }, speedsLooked);
      const motions = await motionsAt(reader, [camera], events);
      return events.flatMap(({ timeMs }, n) => {
        const speed = motions[n]?.speedMps;
        return speed === undefined ? [] : [{ timeMs, kmh: speed * 3.6 }];
      });
    };
    for (const label of labels) {
      const before = await measured(past, label);
      const now = await measured(window, label);
      speeds.push({
        camera: camera.id,
        shape: at.shape.id,
        label,
        past: Float64Array.from(before, ({ kmh }) => kmh),
        now: now.flatMap(({ timeMs, kmh }) => {
          const hour = table.indexOf(timeMs);
          return hour === undefined ? [] : [{ hour, value: kmh }];
        }),
      });
    }
  }
  return speeds;
}

function pictureSizes(reader: Reader, camera: CameraId, { clock, table }: Times): Series | undefined {
  const sizes = table.empty();
  const since = (clock.hours[clock.past]?.fromMs ?? Infinity) - picturesMs;
  const bytes = reader.history.pictureBytes(
    camera,
    clock.hours.filter(({ fromMs }) => fromMs >= since),
  );
  for (const [i, { fromMs }] of clock.hours.entries()) sizes[i] = bytes.get(fromMs) ?? 0;
  const has = clock.hours.some((_, i) => i >= clock.past && sizes[i] !== 0);
  return has ? { camera, counts: sizes, watched: table.empty() } : undefined;
}

/** Times without a picture between the first watched moment and the last that can have been watched. */
function outagesOf(
  reader: Reader,
  camera: StoredCamera,
  pieces: readonly QuarterWatched[],
  { past, window }: Times,
): Outages {
  const firstMs = Math.max(past.fromMs, reader.span(camera.id)?.fromMs ?? Infinity);
  const untilMs = Math.min(window.toMs, camera.removedMs ?? Infinity);
  const subject = { camera: camera.id };
  if (firstMs >= window.fromMs) return { ...subject, past: [], now: [], pastMs: 0, nowMs: 0 };
  return {
    ...subject,
    past: pastOutages(pieces, { fromMs: firstMs, toMs: window.fromMs }),
    now: outagesWithin(reader.coverage(camera.id, window), { fromMs: window.fromMs, toMs: untilMs }),
    pastMs: window.fromMs - firstMs,
    nowMs: Math.max(0, untilMs - window.fromMs),
  };
}

/** Told from how much of each quarter was watched: neighbouring quarters that lack something are one outage. */
function pastOutages(pieces: readonly QuarterWatched[], { fromMs, toMs }: Interval): Interval[] {
  const watched = new Map(pieces.map(({ startMs, watchedMs }) => [startMs, watchedMs]));
  const outages: Interval[] = [];
  let [beganMs, lackMs] = [0, 0];
  for (let startMs = Math.ceil(fromMs / quarterMs) * quarterMs; ; startMs += quarterMs) {
    const isOver = startMs + quarterMs > toMs;
    const lacks = isOver ? 0 : quarterMs - (watched.get(startMs) ?? 0);
    if (lacks >= leastOutageMs) {
      if (lackMs === 0) beganMs = startMs;
      lackMs += lacks;
    } else if (lackMs > 0) {
      outages.push({ fromMs: beganMs, toMs: beganMs + lackMs });
      lackMs = 0;
    }
    if (isOver) return outages;
  }
}

function outagesWithin(covered: readonly Interval[], { fromMs, toMs }: Interval): Interval[] {
  const outages: Interval[] = [];
  let atMs = fromMs;
  for (const next of [...covered, { fromMs: toMs, toMs }]) {
    const endMs = Math.min(next.fromMs, toMs);
    if (endMs - atMs >= leastOutageMs) outages.push({ fromMs: atMs, toMs: endMs });
    atMs = Math.max(atMs, next.toMs);
  }
  return outages;
}
