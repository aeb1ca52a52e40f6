import { dirname } from 'node:path';
import type { Appearance } from '../domain/appearance.ts';
import { coverageGapMs, coverageWithin, type CoveredInterval } from '../domain/coverage.ts';
import { ArgusError } from '../domain/errors.ts';
import type { Scale } from '../domain/homography.ts';
import {
  cameraId,
  rowNumber,
  runId,
  stillId,
  trackId,
  type CameraId,
  type EventId,
  type RunId,
  type ShapeId,
  type StillId,
  type TrackId,
} from '../domain/ids.ts';
import type { CameraLink } from '../domain/link.ts';
import type { Moment } from '../domain/moment.ts';
import type { Interval } from '../domain/time.ts';
import type { TrackPoint } from '../domain/track.ts';
import {
  selectAppearanceExtent,
  selectAppearances,
  selectCorrections,
  type AppearanceExtent,
  type AppearanceFilter,
  type Correction,
  selectSeenPeople,
  type SeenPeople,
} from './appearances.ts';
import { countingAt, type Counting } from './counting.ts';
import { databasePath, explained, isLockedForWriting, openForReading, type Connection } from './database.ts';
import {
  countEvents,
  countTracks,
  eventByNumber,
  eventPage,
  eventTracks,
  sampleEvents,
} from './eventQueries.ts';
import { checkMigrated } from './migrate.ts';
import { selectMoments, type MomentFilter } from './moments.ts';
import { History } from './history.ts';
import { minuteMs } from './openRun.ts';
import {
  runOf,
  selectRuns,
  selectShapes,
  selectStills,
  selectTracks,
  shapeOf,
  stillOf,
  trackOf,
  type RunRow,
  type ShapeRow,
  type StillRow,
  type TrackRow,
} from './rows.ts';
import { scanTracks } from './scan.ts';
import { Statements } from './statements.ts';
import { boxesAt, trackPoints } from './trackQueries.ts';
import {
  countTracksIn,
  trackEnds,
  trackPage,
  tracksById,
  tracksIn,
  type TrackEnds,
  type TrackFilter,
  type TrackPage,
  type TrackPageRequest,
} from './trackSearch.ts';
import { usageOf, type Usage } from './usage.ts';
import type {
  EventCount,
  EventFilter,
  EventKey,
  EventPage,
  EventPageRequest,
  ScannedTrack,
  ScanRequest,
  StoredCamera,
  StoredEvent,
  StoredRun,
  StoredShape,
  StoredStill,
  StoredTrack,
  TrackBox,
} from './types.ts';
import { WatchQueries } from './watchQueries.ts';

/**
 * Opens the database of the data folder for reading, also while a writer in another process writes. Throws ArgusError
 * when there is none or when its schema is not this program's; the message says what to do.
 */
export function openReader(dataFolder: string): Reader {
  const db = openForReading(dataFolder);
  try {
    return explained(databasePath(dataFolder), () => {
      checkMigrated(db);
      return new Reader(db);
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Answers from the stored. Each call sees all that was committed before it. What is asked of one camera throws
 * ArgusError when there is no such camera.
 */
export class Reader {
  readonly #db: Connection;
  /** No camera is ever forgotten, or gets another number. */
  readonly #cameraNumbers = new Map<CameraId, number>();
  readonly #sql: Statements;
  /** What weeks were like, summed up. */
  readonly history: History;
  /** Watches and what they found. */
  readonly watches: WatchQueries;

  /** Use `openReader`. */
  constructor(db: Connection) {
    this.#db = db;
    this.#sql = new Statements(db);
    this.history = new History(
      this.#sql,
      (id) => this.#cameraNumber(id),
      (camera, window) => this.coverage(camera, window),
    );
    this.watches = new WatchQueries(this.#sql);
  }

  /** Whether a station is writing now. */
  isWritten(): boolean {
    return isLockedForWriting(dirname(this.#db.name));
  }

  /** All cameras that ever were, in the order of their ids. */
  cameras(): StoredCamera[] {
    return this.#sql.all<CameraRow>(`${selectCameras} ORDER BY id`).map(cameraOf);
  }

  camera(id: CameraId): StoredCamera | undefined {
    const row = this.#sql.one<CameraRow>(`${selectCameras} WHERE id = :id`, { id });
    return row && cameraOf(row);
  }

  /** The lines and zones that are counted at now. */
  shapes(camera: CameraId): StoredShape[] {
    return this.#sql
      .all<ShapeRow>(
        `${selectShapes} WHERE shapes.camera = :camera AND retired_ms IS NULL ORDER BY shapes.id`,
        { camera: this.#cameraNumber(camera) },
      )
      .map(shapeOf);
  }

  /** The latest definition of a line or zone, also when it is retired. */
  shape(camera: CameraId, id: ShapeId): StoredShape | undefined {
    const row = this.#sql.one<ShapeRow>(
      `${selectShapes} WHERE shapes.camera = :camera AND shapes.id = :id ORDER BY shapes.number DESC LIMIT 1`,
      { camera: this.#cameraNumber(camera), id },
    );
    return row && shapeOf(row);
  }

  events(filter: EventFilter, page: EventPageRequest = {}): EventPage {
    if (filter.camera !== undefined) this.#cameraNumber(filter.camera);
    return eventPage(this.#sql, filter, page);
  }

  /**
   * How many events pass the filter, for each combination of the keys that occurs. For `bucket` give a function from
   * UTC ms to the name of the bucket; it is called with whole minutes, so a bucket may not begin within one.
   */
  countEvents(
    filter: EventFilter,
    groupBy: readonly EventKey[] = [],
    bucketOf?: (timeMs: number) => string,
  ): EventCount[] {
    if (filter.camera !== undefined) this.#cameraNumber(filter.camera);
    return countEvents(this.#sql, filter, groupBy, bucketOf);
  }

  /** At most `limit` of the events that pass the filter, spread evenly over them: a fair sample to look at. */
  sampleEvents(filter: EventFilter, limit: number): StoredEvent[] {
    return sampleEvents(this.#sql, filter, limit);
  }

  /** How many different tracks the events that pass the filter are of. */
  countTracks(filter: EventFilter): number {
    return countTracks(this.#sql, filter);
  }

  /** The tracks that the events that pass the filter are of. */
  eventTracks(filter: EventFilter): TrackId[] {
    return eventTracks(this.#sql, filter);
  }

  /** The classes that tracks of the camera have. */
  labels(camera: CameraId): string[] {
    return this.#sql
      .all<{ label: string }>(
        'SELECT DISTINCT label FROM track_quarters WHERE camera = :camera ORDER BY label',
        { camera: this.#cameraNumber(camera) },
      )
      .map(({ label }) => label);
  }

  event(id: EventId): StoredEvent | undefined {
    const number = rowNumber(id, 'e');
    return number === undefined ? undefined : eventByNumber(this.#sql, number);
  }

  track(id: TrackId): StoredTrack | undefined {
    const row = this.#sql.one<TrackRow>(`${selectTracks} WHERE tracks.id = :id`, { id });
    return row && trackOf(row);
  }

  /**
   * The stored points of a track with fromMs ≤ time < toMs, in order of time: all that the tracker gave, within 1/2000 of
   * the picture and 0.05 of confidence, but of a stretch in which it stood still only the first and the last. Two points
   * more than 1 s apart that differ have a hole between them, in which it was not seen.
   */
  trackPoints(
    id: TrackId,
    fromMs = Number.MIN_SAFE_INTEGER,
    toMs = Number.MAX_SAFE_INTEGER,
  ): readonly TrackPoint[] {
    return trackPoints(this.#sql, id, { fromMs, toMs });
  }

  /** Where the tracks were that were seen at the time, or at most `toleranceMs` from it. */
  boxesAt(camera: CameraId, timeMs: number, toleranceMs: number): TrackBox[] {
    return boxesAt(this.#sql, this.#cameraNumber(camera), timeMs, toleranceMs);
  }

  /**
   * For a line or zone drawn afterwards: each track once that may have been there in the interval. None that was is
   * missing; whether one really did anything is for the event engine to say.
   *
   * Works a few ms at a time and lets others have their turn in between, so what is written meanwhile may show or not.
   */
  tracksThrough(
    camera: CameraId,
    interval: Interval,
    request: ScanRequest,
  ): AsyncGenerator<ScannedTrack, void, undefined> {
    return scanTracks(this.#sql, { id: camera, number: this.#cameraNumber(camera) }, interval, request);
  }

  /**
   * The stretches of the window in which the camera was analysed, in order. With a shape: only while new tracks were
   * counted at its latest definition, which is what a count of its events rests on.
   */
  coverage(camera: CameraId, window: Interval, shape?: ShapeId): CoveredInterval[] {
    const rows = this.#sql.all<CoveredInterval & { run: number }>(
      `SELECT from_ms AS fromMs, to_ms AS toMs, frames, dropped, run FROM coverage
         WHERE camera = :camera AND from_ms > :earliestMs AND from_ms < :latestMs AND to_ms > :nearMs
         ORDER BY from_ms`,
      {
        camera: this.#cameraNumber(camera),
        // A row is at most a minute long: this bounds the search in the index.
        earliestMs: window.fromMs - coverageGapMs - minuteMs - 1,
        nearMs: window.fromMs - coverageGapMs,
        latestMs: window.toMs + coverageGapMs,
      },
    );
    if (shape === undefined) return coverageWithin(rows.map(withoutRun), window);
    const counting = this.counting(camera, shape);
    return coverageWithin(
      rows.flatMap(({ run, ...interval }) => counting?.counted(runId(run), interval) ?? []),
      window,
    );
  }

  /** What was counted live at the latest definition of a shape; undefined where there never was one. */
  counting(camera: CameraId, shape: ShapeId): Counting | undefined {
    return countingAt(this.#sql, this.#cameraNumber(camera), shape);
  }

  /** From the first to the last analysed frame of a camera; undefined: there is none. */
  span(camera: CameraId): Interval | undefined {
    const row = this.#sql.one<{ from_ms: number | null; to_ms: number | null }>(
      `SELECT
           (SELECT min(from_ms) FROM coverage WHERE camera = :camera) AS from_ms,
           (SELECT max(to_ms) FROM coverage WHERE camera = :camera
            AND from_ms >= (SELECT max(from_ms) FROM coverage WHERE camera = :camera) - ${minuteMs}) AS to_ms`,
      { camera: this.#cameraNumber(camera) },
    );
    if (!row || row.from_ms === null || row.to_ms === null) return undefined;
    return { fromMs: row.from_ms, toMs: row.to_ms };
  }

  still(id: StillId): StoredStill | undefined {
    const number = rowNumber(id, 's');
    if (number === undefined) return undefined;
    const row = this.#sql.one<StillRow>(`${selectStills} WHERE stills.number = :number`, { number });
    return row && stillOf(row);
  }

  /** The still of the camera nearest in time, however far; of two equally near the earlier. */
  nearestStill(camera: CameraId, timeMs: number): StoredStill | undefined {
    const values = { camera: this.#cameraNumber(camera), timeMs };
    const one = (condition: string) =>
      this.#sql.one<StillRow>(
        `${selectStills} WHERE stills.camera = :camera AND ${condition} LIMIT 1`,
        values,
      );
    const before = one('time_ms <= :timeMs ORDER BY time_ms DESC');
    const after = one('time_ms > :timeMs ORDER BY time_ms');
    const row =
      before && after && after.time_ms - timeMs < timeMs - before.time_ms ? after : (before ?? after);
    return row && stillOf(row);
  }

  /** The tracks whose best picture it is. */
  tracksOfStill(id: StillId): TrackId[] {
    return this.#sql
      .all<{ id: string }>('SELECT id FROM tracks WHERE best_still = :number ORDER BY number', {
        number: rowNumber(id, 's') ?? -1,
      })
      .map((row) => trackId(row.id));
  }

  /** What tracks looked like, in the order of their storing. */
  appearances(filter: AppearanceFilter = {}): Appearance[] {
    return selectAppearances(this.#sql, filter);
  }

  /** How many of the camera's tracks of people that began in the window and lasted `leastMs` have an appearance. */
  seenPeople(camera: CameraId, window: Interval, leastMs: number): SeenPeople {
    return selectSeenPeople(this.#sql, this.#cameraNumber(camera), window, leastMs);
  }

  /** Which appearances are stored, of those up to a number or of all. */
  appearanceExtent(upTo?: number): AppearanceExtent {
    return selectAppearanceExtent(this.#sql, upTo);
  }

  /** The ways between cameras, as last configured; none: they are not known. */
  links(): CameraLink[] {
    return this.#sql
      .all<{ from_id: string; to_id: string; min_seconds: number; max_seconds: number }>(
        `SELECT a.id AS from_id, b.id AS to_id, min_seconds, max_seconds FROM links
           JOIN cameras AS a ON a.number = from_camera JOIN cameras AS b ON b.number = to_camera ORDER BY a.id, b.id`,
      )
      .map(({ from_id, to_id, min_seconds, max_seconds }) => ({
        from: cameraId(from_id),
        to: cameraId(to_id),
        minSeconds: min_seconds,
        maxSeconds: max_seconds,
      }));
  }

  /** The tracks that were in view at some time of the window, in the order of their beginning. */
  tracksIn(window: Interval, filter: TrackFilter = {}): StoredTrack[] {
    return tracksIn(this.#sql, window, filter);
  }

  /** How many `tracksIn` gives. */
  countTracksIn(window: Interval, filter: TrackFilter = {}): number {
    return countTracksIn(this.#sql, window, filter);
  }

  /** A page of what `tracksIn` gives. */
  trackPage(window: Interval, filter: TrackFilter, request: TrackPageRequest): TrackPage {
    return trackPage(this.#sql, window, filter, request);
  }

  /** Those of the tracks that there are, in the order of their beginning. */
  tracksById(ids: readonly TrackId[]): StoredTrack[] {
    return tracksById(this.#sql, ids);
  }

  /** Where each of the tracks was seen first and last. */
  trackEnds(ids: readonly TrackId[]): ReadonlyMap<TrackId, TrackEnds> {
    return trackEnds(this.#sql, ids);
  }

  /** What began in the window: events, and presences where a camera counted at no line or zone; in order of time. */
  moments(window: Interval, filter: MomentFilter = {}): Moment[] {
    return selectMoments(this.#sql, window, filter);
  }

  /** Ids of the tracks, or of the stills, that were stored last, the newest first. */
  newestIds(of: 'tracks' | 'stills', limit: number): string[] {
    return of === 'tracks'
      ? this.#sql
          .all<{ id: string }>('SELECT id FROM tracks ORDER BY number DESC LIMIT :limit', { limit })
          .map(({ id }) => id)
      : this.#sql
          .all<{ number: number }>('SELECT number FROM stills ORDER BY number DESC LIMIT :limit', { limit })
          .map(({ number }) => stillId(number));
  }

  /** What users said of tracks, in order of time. */
  corrections(): Correction[] {
    return selectCorrections(this.#sql);
  }

  /** The latest run of each camera that has one. */
  latestRuns(): StoredRun[] {
    return this.#sql
      .all<RunRow>(
        `${selectRuns} WHERE runs.number IN (SELECT max(number) FROM runs GROUP BY camera) ORDER BY cameras.id`,
      )
      .map(runOf);
  }

  /** Width by height of the picture in the runs of a camera, where it is known. */
  aspects(camera: CameraId): ReadonlyMap<RunId, number> {
    const rows = this.#sql.all<{ number: number; aspect: number }>(
      'SELECT number, aspect FROM runs WHERE camera = :camera AND aspect IS NOT NULL',
      { camera: this.#cameraNumber(camera) },
    );
    return new Map(rows.map(({ number, aspect }) => [runId(number), aspect]));
  }

  /** What the stored takes of the disk. */
  usage(): Usage {
    return explained(this.#db.name, () => usageOf(this.#db));
  }

  /**
   * Runs several questions on the same state of the database, so that a count and its evidence agree. The action shall
   * not wait for anything.
   */
  snapshot<T>(action: () => T): T {
    return explained(this.#db.name, () => this.#db.transaction(action)());
  }

  close(): void {
    this.#db.close();
  }

  #cameraNumber(id: CameraId): number {
    const number =
      this.#cameraNumbers.get(id) ??
      this.#sql.one<{ number: number }>('SELECT number FROM cameras WHERE id = :id', { id })?.number;
    if (number !== undefined) {
      this.#cameraNumbers.set(id, number);
      return number;
    }
    const known = this.cameras().map((camera) => camera.id);
    throw new ArgusError(
      `There is no camera ${JSON.stringify(id)}.`,
      known.length > 0
        ? `Known cameras: ${known.join(', ')}.`
        : 'Add one to argus.yaml and start `argus serve`.',
    );
  }
}

const withoutRun = ({ fromMs, toMs, frames, dropped }: CoveredInterval): CoveredInterval => ({
  fromMs,
  toMs,
  frames,
  dropped,
});

interface CameraRow {
  id: string;
  name: string;
  source: string;
  created_ms: number;
  removed_ms: number | null;
  scale: string | null;
  blur_people: number;
}

const selectCameras = 'SELECT id, name, source, created_ms, removed_ms, scale, blur_people FROM cameras';

const cameraOf = (row: CameraRow): StoredCamera => ({
  id: cameraId(row.id),
  name: row.name,
  source: row.source,
  createdMs: row.created_ms,
  blurPeople: row.blur_people === 1,
  ...(row.removed_ms !== null && { removedMs: row.removed_ms }),
  ...(row.scale !== null && { scale: JSON.parse(row.scale) as Scale }),
});
