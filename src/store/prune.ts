import type { Statement } from 'better-sqlite3';
import { checkpointPages, type Connection } from './database.ts';

export interface PruneRequest {
  /**
   * UTC ms: what is wholly older than this goes. A recording of long ago is as old as its reading: its times are compared
   * as if its last moment had been when it was read.
   */
  readonly olderThanMs?: number;
  /** UTC ms: appearances that are older go, whatever becomes of their tracks. */
  readonly appearancesBeforeMs?: number;
  /** Of the database and the stills together: while they take more, the oldest goes. */
  readonly maxBytes?: number;
  /** About how long the call may take; one small transaction is always done. */
  readonly budgetMs: number;
}

export interface Pruned {
  /** Paths of stills that are forgotten, relative to the stills folder: their files are for the caller to delete. */
  readonly stills: readonly string[];
  /** How many appearances went for their own age. */
  readonly appearances: number;
  /** Whether there is more to do: call again. */
  readonly more: boolean;
}

/** Rows of coverage and runs that the writer still changes. */
export interface InUse {
  readonly runs: readonly number[];
  readonly coverage: readonly number[];
}

/* Rows a transaction deletes: few, so that it takes a ms or two. */
const tracksAtOnce = 10;
const rowsAtOnce = 100;
const pagesAtOnce = 32;
const checkpointPagesMeanwhile = 250;
/** Less is not worth moving pages for; what is stored next takes it. */
const pagesKeptFree = 32;
/** The newest is never deleted for want of room. */
const alwaysKeptMs = 3_600_000;

/**
 * Deletes the oldest a little at a time. A track goes once its last point is older than the limit; of one that goes on
 * (or is still seen) the segments that are go, and its beginning moves. A camera's latest run stays, as it says how far
 * a file was read. Readers are never held up: they read what was there when they began.
 */
export class Pruner {
  readonly #db: Connection;
  readonly #transaction: (action: () => void) => void;
  readonly #inUse: () => InUse;
  readonly #statements = new Map<string, Statement>();
  #turn = 0;

  constructor(db: Connection, transaction: (action: () => void) => void, inUse: () => InUse) {
    this.#db = db;
    this.#transaction = transaction;
    this.#inUse = inUse;
  }

  prune(request: PruneRequest): Pruned {
    // Little at a time goes for what a transaction leaves to be brought into the database, too.
    this.#db.pragma(`wal_autocheckpoint = ${checkpointPagesMeanwhile}`);
    try {
      return this.#prune(request);
    } finally {
      this.#db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    }
  }

  #prune({
    olderThanMs = -Infinity,
    maxBytes = Infinity,
    appearancesBeforeMs,
    budgetMs,
  }: PruneRequest): Pruned {
    const endsMs = performance.now() + budgetMs;
    const stills: string[] = [];
    let appearances = 0;
    let beforeMs = olderThanMs;
    for (;;) {
      const deleted = this.#appearances(appearancesBeforeMs);
      appearances += deleted;
      if (deleted === 0 && !this.#deleteSome(beforeMs, stills)) {
        const fullUntilMs = maxBytes === Infinity ? undefined : this.#oldestBeyond(maxBytes);
        if (fullUntilMs !== undefined && fullUntilMs > beforeMs) {
          beforeMs = fullUntilMs;
          continue;
        }
        if (!this.#handBack()) return { stills, appearances, more: false };
      }
      if (performance.now() >= endsMs) return { stills, appearances, more: true };
    }
  }

  /** One small transaction; false when nothing is older. */
  #deleteSome(beforeMs: number, stills: string[]): boolean {
    if (beforeMs === -Infinity) return false;
    const cameras = this.#prepared<CameraRow>(selectCameras).all();
    const steps = [
      this.#coverage,
      this.#tracks,
      this.#segments,
      this.#events,
      this.#firings,
      this.#stills,
      this.#notes,
      this.#runs,
    ];
    // It goes on where there was something the last time, and starts with coverage: what is half deleted shall not
    // count as watched.
    for (let tried = 0; tried < cameras.length * steps.length; tried++, this.#turn++) {
      const step = steps[this.#turn % steps.length];
      const camera = cameras[Math.floor(this.#turn / steps.length) % cameras.length];
      let deleted = 0;
      this.#transaction(() => {
        if (camera && step) deleted = step.call(this, camera.number, beforeMs - camera.behind_ms, stills);
      });
      if (deleted > 0) return true;
    }
    this.#turn = 0;
    return false;
  }

  #appearances(beforeMs = -Infinity): number {
    if (beforeMs === -Infinity) return 0;
    let deleted = 0;
    this.#transaction(() => {
      deleted = this.#prepared(
        `DELETE FROM appearances WHERE number IN (SELECT number FROM appearances WHERE time_ms < ?
             ORDER BY time_ms LIMIT ${rowsAtOnce})`,
      ).run(beforeMs).changes;
    });
    return deleted;
  }

  #tracks(camera: number, beforeMs: number): number {
    return this.#prepared(
      `DELETE FROM tracks WHERE number IN (SELECT number FROM tracks
           WHERE camera = ? AND first_ms < ? AND last_ms < ? AND ended = 1 ORDER BY first_ms LIMIT ${tracksAtOnce})`,
    ).run(camera, beforeMs, beforeMs).changes;
  }

  /** Of tracks that began before; all of them end later or are still open, and keep at least their last segment. */
  #segments(camera: number, beforeMs: number): number {
    const tracks = this.#prepared<{ number: number }>(
      'SELECT number FROM tracks WHERE camera = ? AND first_ms < ?',
    ).all(camera, beforeMs);
    for (const { number } of tracks) {
      const { changes } = this.#prepared(
        `DELETE FROM segments WHERE number IN (SELECT number FROM segments
             WHERE number >= :track << 20 AND to_ms < :beforeMs
             AND number < (SELECT max(number) FROM segments WHERE number < (:track + 1) << 20) LIMIT ${rowsAtOnce})`,
      ).run({ track: number, beforeMs });
      if (changes === 0) continue;
      this.#prepared(
        `UPDATE tracks SET first_ms = (SELECT from_ms FROM segments WHERE segments.number >= :track << 20
             ORDER BY segments.number LIMIT 1) WHERE number = :track`,
      ).run({ track: number });
      return changes;
    }
    return 0;
  }

  #events(camera: number, beforeMs: number): number {
    return this.#prepared(
      `DELETE FROM events WHERE number IN (SELECT number FROM events WHERE camera = ? AND time_ms < ?
           ORDER BY time_ms LIMIT ${rowsAtOnce})`,
    ).run(camera, beforeMs).changes;
  }

  /** Of which nobody is left: those of tracks go with these. */
  #firings(camera: number, beforeMs: number): number {
    return this.#prepared(
      `DELETE FROM firings WHERE number IN (SELECT number FROM firings
           WHERE camera = ? AND time_ms < ? AND open = 0
           AND NOT EXISTS (SELECT 1 FROM firing_tracks WHERE firing = firings.number)
           ORDER BY time_ms LIMIT ${rowsAtOnce})`,
    ).run(camera, beforeMs).changes;
  }

  /** Also of a minute that is older only in part: for some of it nothing is left. */
  #coverage(camera: number, beforeMs: number): number {
    return this.#prepared(
      `DELETE FROM coverage WHERE number IN (SELECT number FROM coverage
           WHERE camera = ? AND from_ms < ? AND number NOT IN (SELECT value FROM json_each(?))
           ORDER BY from_ms LIMIT ${rowsAtOnce})`,
    ).run(camera, beforeMs, JSON.stringify(this.#inUse().coverage)).changes;
  }

  #stills(camera: number, beforeMs: number, paths: string[]): number {
    const rows = this.#prepared<{ path: string }>(
      `DELETE FROM stills WHERE number IN (SELECT number FROM stills WHERE camera = ? AND time_ms < ?
           ORDER BY time_ms LIMIT ${rowsAtOnce}) RETURNING path`,
    ).all(camera, beforeMs);
    for (const { path } of rows) paths.push(path);
    return rows.length;
  }

  #notes(camera: number, beforeMs: number): number {
    return this.#prepared(
      `DELETE FROM anomaly_notes WHERE number IN (SELECT number FROM anomaly_notes WHERE camera = ? AND time_ms < ?
           ORDER BY time_ms LIMIT ${rowsAtOnce})`,
    ).run(camera, beforeMs).changes;
  }

  #runs(camera: number, beforeMs: number): number {
    return this.#prepared(
      `DELETE FROM runs WHERE number = (SELECT number FROM runs
           WHERE camera = :camera AND ended_ms IS NOT NULL AND coalesce(last_time_ms, ended_ms) < :beforeMs
           AND number < (SELECT max(number) FROM runs WHERE camera = :camera)
           AND NOT EXISTS (SELECT 1 FROM coverage WHERE run = runs.number)
           AND NOT EXISTS (SELECT 1 FROM tracks WHERE tracks.camera = :camera AND tracks.run = runs.number)
           AND number NOT IN (SELECT value FROM json_each(:open)) LIMIT 1)`,
    ).run({ camera, beforeMs, open: JSON.stringify(this.#inUse().runs) }).changes;
  }

  /** While more is used than allowed: a moment somewhat later than the oldest there is. */
  #oldestBeyond(maxBytes: number): number | undefined {
    const used =
      (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size') +
      this.#number('SELECT bytes FROM still_bytes');
    if (used <= maxBytes) return undefined;
    let oldestMs = Infinity;
    let newestMs = -Infinity;
    for (const { number, behind_ms } of this.#prepared<CameraRow>(selectCameras).all()) {
      const ends = this.#prepared<{ oldest: number | null; newest: number | null }>(selectEnds).get({
        camera: number,
      });
      if (ends?.oldest !== null && ends?.oldest !== undefined)
        oldestMs = Math.min(oldestMs, ends.oldest + behind_ms);
      if (ends?.newest !== null && ends?.newest !== undefined)
        newestMs = Math.max(newestMs, ends.newest + behind_ms);
    }
    const share = Math.min(1 - maxBytes / used, 1 / 20);
    const untilMs = oldestMs + Math.max(60_000, share * (newestMs - oldestMs));
    return untilMs <= newestMs - alwaysKeptMs ? untilMs : undefined;
  }

  /** Gives free pages of the file back to the disk; false when there are none worth it. */
  #handBack(): boolean {
    if (this.#pragma('freelist_count') <= pagesKeptFree || this.#pragma('auto_vacuum') !== 2) return false;
    this.#db.pragma(`incremental_vacuum(${pagesAtOnce})`);
    return true;
  }

  #prepared<Row>(text: string): Statement<unknown[], Row> {
    let statement = this.#statements.get(text);
    if (!statement) this.#statements.set(text, (statement = this.#db.prepare(text)));
    return statement as Statement<unknown[], Row>;
  }

  #pragma(name: string): number {
    return Number(this.#db.pragma(name, { simple: true }));
  }

  #number(text: string): number {
    return Number(this.#prepared(text).pluck().get());
  }
}

interface CameraRow {
  number: number;
  /** How far the camera's times lay behind the clock when it was last watched, ms. */
  behind_ms: number;
}

const selectCameras = `SELECT number, coalesce((SELECT updated_ms - last_time_ms FROM runs
  WHERE camera = cameras.number AND last_time_ms IS NOT NULL ORDER BY number DESC LIMIT 1), 0) AS behind_ms
  FROM cameras`;

const selectEnds = `SELECT (SELECT max(from_ms) FROM coverage WHERE camera = :camera) AS newest, min(ms) AS oldest
  FROM (SELECT min(first_ms) AS ms FROM tracks WHERE camera = :camera
    UNION ALL SELECT min(time_ms) FROM stills WHERE camera = :camera
    UNION ALL SELECT min(from_ms) FROM coverage WHERE camera = :camera)`;
