import {
  firingId,
  rowNumber,
  watchId,
  type CameraId,
  type EventId,
  type FiringId,
  type TrackId,
  type WatchId,
} from '../domain/ids.ts';
import type { WatchDefinition } from '../domain/watch.ts';
import type { Connection } from './database.ts';
import { Statements } from './statements.ts';
import type { NewEvent, NewFiring } from './types.ts';
import { WatchQueries } from './watchQueries.ts';

/** What the rows need of the writer whose part they are. */
export interface WatchRowsOptions {
  readonly db: Connection;
  /** Runs in one transaction, after all that waits to be stored. */
  readonly store: <T>(action: () => T) => T;
  readonly cameraNumber: (camera: CameraId) => number;
  /** Undefined: there is no such track any more. */
  readonly trackNumber: (track: TrackId) => number | undefined;
}

/** A firing that is still to be told to a channel. */
export interface Delivery {
  readonly firing: FiringId;
  readonly attempts: number;
}

/** The writing of watches, of their firings, and of who is told. */
export class WatchRows {
  readonly stored: WatchQueries;
  readonly #options: WatchRowsOptions;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(options: WatchRowsOptions) {
    this.#options = options;
    this.stored = new WatchQueries(new Statements(options.db));
    this.#sql = prepare(options.db);
  }

  add(definition: WatchDefinition, nowMs: number): WatchId {
    const camera = this.#options.cameraNumber(definition.camera);
    const { lastInsertRowid } = this.#options.store(() =>
      this.#sql.insertWatch.run(camera, JSON.stringify(definition), Math.round(nowMs)),
    );
    return watchId(Number(lastInsertRowid));
  }

  /** It is not looked at any more; what it has found stays. */
  remove(id: WatchId, nowMs: number): void {
    this.#options.store(() => {
      const number = rowNumber(id, 'w') ?? 0;
      this.#sql.removeWatch.run(Math.round(nowMs), number);
      this.#sql.closeFirings.run(number);
    });
  }

  /** For use within a transaction. @param ids of the events that are stored in it */
  insert(firing: NewFiring, ids: ReadonlyMap<NewEvent, EventId>, nowMs: number): FiringId {
    const { lastInsertRowid: number } = this.#sql.insertFiring.run({
      watch: rowNumber(firing.watch, 'w') ?? 0,
      camera: this.#options.cameraNumber(firing.camera),
      timeMs: Math.round(firing.timeMs),
      sinceMs: Math.round(firing.sinceMs),
      untilMs: Math.round(firing.untilMs),
      open: firing.open ? 1 : 0,
      count: firing.count ?? null,
      storedMs: Math.round(nowMs),
    });
    for (const id of new Set(firing.tracks)) {
      const track = this.#options.trackNumber(id);
      if (track !== undefined) this.#sql.insertTrack.run(number, track);
    }
    const event = firing.event && ids.get(firing.event);
    if (event !== undefined) this.#sql.insertEvent.run(number, rowNumber(event, 'e') ?? 0);
    for (const channel of firing.channels) this.#sql.insertDelivery.run(number, channel, Math.round(nowMs));
    return firingId(Number(number));
  }

  /** Firings that no frame brought. */
  addAll(
    firings: readonly NewFiring[],
    nowMs: number,
    ids: ReadonlyMap<NewEvent, EventId> = new Map(),
  ): FiringId[] {
    return this.#options.store(() => firings.map((firing) => this.insert(firing, ids, nowMs)));
  }

  /** Until when firings have gone on, and whether they are over. */
  note(
    changes: readonly { readonly id: FiringId; readonly untilMs: number; readonly open: boolean }[],
  ): void {
    this.#options.store(() => {
      for (const { id, untilMs, open } of changes)
        this.#sql.updateFiring.run(Math.round(untilMs), open ? 1 : 0, rowNumber(id, 'f') ?? 0);
    });
  }

  /** What waits for the channel, oldest first; nothing before the oldest is due, as all else waits for it. */
  due(channel: string, nowMs: number, limit: number): Delivery[] {
    return this.#sql.due
      .all({ channel, nowMs: Math.round(nowMs), limit })
      .map(({ firing, attempts }) => ({ firing: firingId(firing), attempts }));
  }

  /** Wall clock at which the next one is due; undefined: none waits. */
  nextDue(channel: string): number | undefined {
    return this.#sql.nextDue.get(channel)?.next_ms;
  }

  settle(
    firing: FiringId,
    channel: string,
    outcome: 'delivered' | 'given up' | { readonly nextMs: number },
  ): void {
    const state = typeof outcome === 'string' ? outcome : 'waiting';
    const nextMs = typeof outcome === 'string' ? 0 : Math.round(outcome.nextMs);
    this.#options.store(() => this.#sql.settle.run(state, nextMs, rowNumber(firing, 'f') ?? 0, channel));
  }

  /** Everything that waits is tried at once: the channel can be reached again. */
  hurry(channel: string, nowMs: number): void {
    this.#options.store(() => this.#sql.hurry.run(Math.round(nowMs), channel));
  }

  /** Gives up what waits for channels that there are no more, and of each all but the newest. Returns how many. */
  giveUp(channels: readonly string[], most: number): number {
    return this.#options.store(() => {
      const gone = this.#sql.giveUpOthers.run(JSON.stringify(channels)).changes;
      return channels.reduce(
        (sum, channel) => sum + this.#sql.giveUpOld.run({ channel, most }).changes,
        gone,
      );
    });
  }
}

interface FiringValues {
  watch: number;
  camera: number;
  timeMs: number;
  sinceMs: number;
  untilMs: number;
  open: 0 | 1;
  count: number | null;
  storedMs: number;
}

function prepare(db: Connection) {
  return {
    insertWatch: db.prepare<[number, string, number]>(
      'INSERT INTO watches (camera, definition, created_ms) VALUES (?, ?, ?)',
    ),
    removeWatch: db.prepare<[number, number]>(
      'UPDATE watches SET removed_ms = ? WHERE number = ? AND removed_ms IS NULL',
    ),
    closeFirings: db.prepare<[number]>('UPDATE firings SET open = 0 WHERE watch = ?'),
    insertFiring: db.prepare<[FiringValues]>(
      `INSERT INTO firings (watch, camera, time_ms, since_ms, until_ms, open, count, stored_ms)
       VALUES (:watch, :camera, :timeMs, :sinceMs, :untilMs, :open, :count, :storedMs)`,
    ),
    insertTrack: db.prepare<[number | bigint, number]>('INSERT INTO firing_tracks VALUES (?, ?)'),
    insertEvent: db.prepare<[number | bigint, number]>('INSERT INTO firing_events VALUES (?, ?)'),
    insertDelivery: db.prepare<[number | bigint, string, number]>(
      'INSERT INTO deliveries (firing, channel, next_ms) VALUES (?, ?, ?)',
    ),
    updateFiring: db.prepare<[number, number, number]>(
      'UPDATE firings SET until_ms = max(until_ms, ?), open = ? WHERE number = ?',
    ),
    due: db.prepare<
      [{ channel: string; nowMs: number; limit: number }],
      { firing: number; attempts: number }
    >(
      `SELECT firing, attempts FROM deliveries WHERE state = 'waiting' AND channel = :channel
       AND (SELECT next_ms FROM deliveries WHERE state = 'waiting' AND channel = :channel ORDER BY firing LIMIT 1) <= :nowMs
       ORDER BY firing LIMIT :limit`,
    ),
    nextDue: db.prepare<[string], { next_ms: number }>(
      "SELECT next_ms FROM deliveries WHERE state = 'waiting' AND channel = ? ORDER BY firing LIMIT 1",
    ),
    settle: db.prepare<[string, number, number, string]>(
      'UPDATE deliveries SET state = ?, attempts = attempts + 1, next_ms = ? WHERE firing = ? AND channel = ?',
    ),
    hurry: db.prepare<[number, string]>(
      "UPDATE deliveries SET next_ms = min(next_ms, ?) WHERE state = 'waiting' AND channel = ?",
    ),
    giveUpOthers: db.prepare<[string]>(
      `UPDATE deliveries SET state = 'given up' WHERE state = 'waiting'
       AND channel NOT IN (SELECT value FROM json_each(?))`,
    ),
    giveUpOld: db.prepare<[{ channel: string; most: number }]>(
      `UPDATE deliveries SET state = 'given up' WHERE state = 'waiting' AND channel = :channel AND firing <=
       (SELECT firing FROM deliveries WHERE state = 'waiting' AND channel = :channel
        ORDER BY firing DESC LIMIT 1 OFFSET :most)`,
    ),
  };
}
