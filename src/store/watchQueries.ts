import {
  cameraId,
  eventId,
  firingId,
  rowNumber,
  trackId,
  watchId,
  type CameraId,
  type EventId,
  type FiringId,
  type TrackId,
  type WatchId,
} from '../domain/ids.ts';
import type { Interval } from '../domain/time.ts';
import { eventOf, selectEvents, type EventRow } from './rows.ts';
import type { Statements } from './statements.ts';
import type { EventFilter, StoredEvent } from './types.ts';

export interface StoredWatch {
  readonly id: WatchId;
  readonly camera: CameraId;
  /** As it was given: whoever reads it checks it. */
  readonly definition: unknown;
  readonly createdMs: number;
  /** Since when it is not looked at any more; absent: it is. */
  readonly removedMs?: number;
}

/** One time that a watch fired. */
export interface StoredFiring {
  readonly id: FiringId;
  readonly watch: WatchId;
  readonly camera: CameraId;
  readonly timeMs: number;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly open: boolean;
  readonly count?: number;
  /** Wall clock. */
  readonly storedMs: number;
  readonly tracks: readonly TrackId[];
  readonly events: readonly EventId[];
}

export interface FiringFilter {
  readonly watch?: WatchId | undefined;
  /** Only those stored after this one. */
  readonly after?: FiringId | undefined;
  readonly limit?: number;
  readonly newestFirst?: boolean;
}

/** What is stored of watches. */
export class WatchQueries {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** Those that are looked at, in the order in which they were made. */
  current(): StoredWatch[] {
    return this.#sql
      .all<WatchRow>(`${selectWatches} WHERE watches.removed_ms IS NULL ORDER BY watches.number`)
      .map(watchOf);
  }

  /** Also one that was deleted. */
  watch(id: WatchId): StoredWatch | undefined {
    const number = rowNumber(id, 'w');
    if (number === undefined) return undefined;
    const row = this.#sql.one<WatchRow>(`${selectWatches} WHERE watches.number = :number`, { number });
    return row && watchOf(row);
  }

  firing(id: FiringId): StoredFiring | undefined {
    const number = rowNumber(id, 'f');
    if (number === undefined) return undefined;
    const row = this.#sql.one<FiringRow>(`${selectFirings} WHERE firings.number = :number`, { number });
    return row && firingOf(row);
  }

  /** In the order in which they were stored, at most 20 unless told. */
  firings({ watch, after, limit = 20, newestFirst = false }: FiringFilter = {}): StoredFiring[] {
    return this.#sql
      .all<FiringRow>(
        `${selectFirings} WHERE firings.number > :after ${watch === undefined ? '' : 'AND watch = :watch'}
           ORDER BY firings.number ${newestFirst ? 'DESC' : 'ASC'} LIMIT :limit`,
        {
          after: (after && rowNumber(after, 'f')) ?? 0,
          ...(watch !== undefined && { watch: rowNumber(watch, 'w') ?? 0 }),
          limit,
        },
      )
      .map(firingOf);
  }

  /** The last firing of each watch that is looked at and has fired. */
  latestFirings(): StoredFiring[] {
    return this.#sql
      .all<FiringRow>(
        `${selectFirings} WHERE firings.number IN (SELECT (SELECT max(number) FROM firings WHERE watch = watches.number)
           FROM watches WHERE removed_ms IS NULL) ORDER BY firings.number`,
      )
      .map(firingOf);
  }

  /** Those that go on, or may, oldest first. */
  openFirings(): StoredFiring[] {
    return this.#sql.all<FiringRow>(`${selectFirings} WHERE open = 1 ORDER BY firings.number`).map(firingOf);
  }

  /** How often each watch has fired, of what is kept, and when last. */
  firingCounts(): ReadonlyMap<WatchId, { readonly count: number; readonly lastMs: number }> {
    const rows = this.#sql.all<{ watch: number; count: number; last_ms: number }>(
      'SELECT watch, count(*) AS count, max(time_ms) AS last_ms FROM firings GROUP BY watch',
    );
    return new Map(rows.map(({ watch, count, last_ms }) => [watchId(watch), { count, lastMs: last_ms }]));
  }

  /** The last number given to a firing and to an event, also if it is gone. */
  lastNumbers(): { readonly firing: number; readonly event: number } {
    const last = (table: string) =>
      this.#sql.one<{ seq: number }>('SELECT seq FROM sqlite_sequence WHERE name = :table', { table })?.seq ??
      0;
    return { firing: last('firings'), event: last('events') };
  }

  /** Events in the order in which they were stored, after the one of that number. */
  eventsAfter(
    number: number,
    { camera, shape, types, labels, direction }: EventFilter,
    limit: number,
  ): StoredEvent[] {
    return this.#sql
      .all<EventRow>(
        `${selectEvents} WHERE events.number > :number
           ${camera === undefined ? '' : 'AND cameras.id = :camera'}
           ${shape === undefined ? '' : 'AND shapes.id = :shape'}
           ${types ? 'AND type IN (SELECT value FROM json_each(:types))' : ''}
           ${labels ? 'AND events.label IN (SELECT value FROM json_each(:labels))' : ''}
           ${direction === undefined ? '' : 'AND direction = :direction'} ORDER BY events.number LIMIT :limit`,
        {
          number,
          ...(camera !== undefined && { camera }),
          ...(shape !== undefined && { shape }),
          ...(types && { types: JSON.stringify(types) }),
          ...(labels && { labels: JSON.stringify(labels) }),
          ...(direction !== undefined && { direction }),
          limit,
        },
      )
      .map(eventOf);
  }

  /** Changes whenever another connection has written. */
  dataVersion(): number {
    return this.#sql.one<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0;
  }

  /**
   * The times in which a live camera was to give pictures, clipped to the window. Where vision broke down it was to give them also
   * until vision was there again.
   *
   * @param goesOnMs until when a run that has not ended is to give them: now, while a station runs; absent: up to what is stored
   */
  liveTimes(camera: CameraId, { fromMs, toMs }: Interval, goesOnMs?: number): Interval[] {
    const rows = this.#sql.all<LiveRunRow>(
      `SELECT started_ms AS fromMs, coalesce(ended_ms, max(updated_ms, :goesOnMs)) AS toMs, end_reason AS reason,
           ended_ms > updated_ms AS wasNoticed FROM runs
         JOIN cameras ON cameras.number = runs.camera
         WHERE cameras.id = :camera AND live = 1 ORDER BY started_ms`,
      { camera, goesOnMs: goesOnMs ?? 0 },
    );
    const times: { fromMs: number; toMs: number }[] = [];
    for (const [n, run] of rows.entries()) {
      const nextMs = rows[n + 1]?.fromMs ?? Math.max(run.toMs, goesOnMs ?? 0);
      const endMs = isMissed(run, nextMs) ? nextMs : run.toMs;
      const last = times.at(-1);
      // Without a break in between it is one time.
      if (last && run.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, endMs);
      else times.push({ fromMs: run.fromMs, toMs: endMs });
    }
    return times
      .map((time) => ({ fromMs: Math.max(time.fromMs, fromMs), toMs: Math.min(time.toMs, toMs) }))
      .filter((time) => time.toMs > time.fromMs);
  }
}

interface LiveRunRow extends Interval {
  readonly reason: string | null;
  /** Whether its end was noticed as it came, and not by the next station. */
  readonly wasNoticed: 0 | 1 | null;
}

/** A station begins a run anew so soon after vision broke down, ms. */
const restartMs = 5_000;

/** Whether a camera was missed between a run that broke off and the next one: the station went on, and vision alone did not. */
const isMissed = ({ reason, wasNoticed, toMs }: LiveRunRow, nextMs: number): boolean =>
  (reason === 'crashed' || reason === 'failed') && (wasNoticed === 1 || nextMs - toMs <= restartMs);

interface WatchRow {
  number: number;
  camera: string;
  definition: string;
  created_ms: number;
  removed_ms: number | null;
}

const selectWatches = `SELECT watches.number, cameras.id AS camera, definition, watches.created_ms, watches.removed_ms
  FROM watches JOIN cameras ON cameras.number = watches.camera`;

const watchOf = (row: WatchRow): StoredWatch => ({
  id: watchId(row.number),
  camera: cameraId(row.camera),
  definition: JSON.parse(row.definition) as unknown,
  createdMs: row.created_ms,
  ...(row.removed_ms !== null && { removedMs: row.removed_ms }),
});

interface FiringRow {
  number: number;
  watch: number;
  camera: string;
  time_ms: number;
  since_ms: number;
  until_ms: number;
  open: number;
  count: number | null;
  stored_ms: number;
  tracks: string;
  events: string;
}

const selectFirings = `SELECT firings.number, watch, cameras.id AS camera, time_ms, since_ms, until_ms, open, count,
  stored_ms,
  (SELECT json_group_array(tracks.id) FROM firing_tracks JOIN tracks ON tracks.number = firing_tracks.track
    WHERE firing = firings.number) AS tracks,
  (SELECT json_group_array(event) FROM firing_events WHERE firing = firings.number) AS events
  FROM firings JOIN cameras ON cameras.number = firings.camera`;

const firingOf = (row: FiringRow): StoredFiring => ({
  id: firingId(row.number),
  watch: watchId(row.watch),
  camera: cameraId(row.camera),
  timeMs: row.time_ms,
  sinceMs: row.since_ms,
  untilMs: row.until_ms,
  open: row.open === 1,
  ...(row.count !== null && { count: row.count }),
  storedMs: row.stored_ms,
  tracks: (JSON.parse(row.tracks) as string[]).map((id) => trackId(id)),
  events: (JSON.parse(row.events) as number[]).map((number) => eventId(number)),
});
