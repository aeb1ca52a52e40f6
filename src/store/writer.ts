import type { AnomalyNote, AnomalyVerdict } from '../domain/anomaly.ts';
import type { Appearance } from '../domain/appearance.ts';
import { ArgusError } from '../domain/errors.ts';
import {
  eventId,
  rowNumber,
  runId,
  stillId,
  type CameraId,
  type EventId,
  type RunId,
  type ShapeId,
  type StillId,
  type TrackId,
} from '../domain/ids.ts';
import type { Shape } from '../domain/event.ts';
import type { CameraLink } from '../domain/link.ts';
import { putNote, putVerdict } from './anomalies.ts';
import { retireShapeRow, saveShapeRow, type CountedFrom } from './agentShapes.ts';
import { bytesOf } from './appearances.ts';
import { CameraNumbers, syncCameraRows, syncLinkRows, type ReplacedShape } from './cameras.ts';
import { cameraHoldings, forgetCameraRows, type CameraHoldings } from './forgetCamera.ts';
import { databasePath, explained, lockForWriting, openForWriting, type Connection } from './database.ts';
import { WriteAheadLog } from './log.ts';
import { migrate } from './migrate.ts';
import { forgetEndedTracks, forgetRunsBefore } from './forget.ts';
import { Pending } from './pending.ts';
import { Pruner, type Pruned, type PruneRequest } from './prune.ts';
import { runOf, selectShapes, shapeOf, type ShapeRow } from './rows.ts';
import type {
  Batch,
  CameraDefinition,
  Committed,
  EndReason,
  NewEvent,
  NewFiring,
  NewRun,
  NewStill,
  StoredRun,
} from './types.ts';
import { WatchRows } from './watches.ts';
import { prepareWriter, type WriterStatements } from './writerStatements.ts';

export interface WriterOptions {
  /** Wall clock, UTC ms. */
  readonly nowMs: number;
  /**
   * How long a batch may wait in memory that brings no event, no still and no new track, but only more of what is
   * known: each track's last segment is then written so often and not with every batch. A process that is killed loses
   * at most this much. 0, nothing waits, unless given.
   */
  readonly holdBackMs?: number;
}

/**
 * Opens the database of the data folder for writing; makes and migrates it where need be. Throws ArgusError when
 * another writer has the folder, or when the database cannot be used; the message says what to do.
 */
export function openWriter(dataFolder: string, { nowMs, holdBackMs = 0 }: WriterOptions): Writer {
  const unlock = lockForWriting(dataFolder);
  try {
    const db = openForWriting(dataFolder);
    try {
      return explained(databasePath(dataFolder), () => {
        migrate(db, nowMs);
        return new Writer(db, unlock, holdBackMs);
      });
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * The only one who writes. What a method stores is there for all readers when it returns, and survives the death of the
 * process (a power failure may cost the last seconds), but for what `holdBackMs` lets wait; a method that throws has
 * stored nothing, and the same call may be made again.
 */
export class Writer {
  readonly #db: Connection;
  readonly #unlock: () => void;
  readonly #sql: WriterStatements;
  readonly #holdBackMs: number;
  readonly #pending: Pending;
  readonly #pruner: Pruner;
  readonly #log: WriteAheadLog;
  /** Watches and what they found. */
  readonly watches: WatchRows;
  #numbers: CameraNumbers;
  /** Wall clock of the first batch that waits. */
  #heldSinceMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Given in batches that wait. */
  #heldAppearances: readonly Appearance[] = [];

  /** Use `openWriter`. */
  constructor(db: Connection, unlock: () => void, holdBackMs = 0) {
    this.#db = db;
    this.#unlock = unlock;
    this.#holdBackMs = holdBackMs;
    this.#sql = prepareWriter(db);
    this.#pending = new Pending(this.#sql);
    this.#pruner = new Pruner(
      db,
      (action) => this.#transaction(action),
      () => this.#pending.inUse(),
    );
    this.#log = new WriteAheadLog(db);
    this.#numbers = new CameraNumbers(db);
    this.watches = new WatchRows({
      db,
      store: (action) => this.#store(action),
      cameraNumber: (camera) => this.#numbers.camera(camera),
      trackNumber: (track) => this.#knownTrack(track),
    });
  }

  /**
   * Makes the stored cameras and shapes those given. A camera left out is marked removed unless others are kept, a shape of a camera given left out or defined
   * otherwise (another geometry or dwell time, not another name) is retired; all they were part of stays. Shapes that
   * an agent defined stay, but for those whose ids are given; these are returned.
   */
  syncCameras(
    cameras: readonly CameraDefinition[],
    nowMs: number,
    others: 'remove' | 'keep' = 'remove',
  ): readonly ReplacedShape[] {
    const replaced = this.#transaction(() => syncCameraRows(this.#db, cameras, Math.round(nowMs), others));
    this.#numbers = new CameraNumbers(this.#db);
    return replaced;
  }

  /** What is stored of a camera; undefined where there is no such camera. */
  holdings(camera: CameraId): CameraHoldings | undefined {
    return explained(this.#db.name, () => cameraHoldings(this.#db, camera));
  }

  /** Deletes a camera that is not watched, with all that is stored of it. Returns paths of stills, whose files the caller deletes. */
  removeCamera(camera: CameraId): readonly string[] {
    this.flush();
    const stills = this.#transaction(() => forgetCameraRows(this.#db, camera));
    this.#numbers = new CameraNumbers(this.#db);
    return stills;
  }

  /** The lines and zones of a camera that are to be counted at, of whatever origin. */
  shapes(camera: CameraId): readonly Shape[] {
    return this.#db
      .prepare<[string], ShapeRow>(
        `${selectShapes} WHERE cameras.id = ? AND retired_ms IS NULL ORDER BY shapes.number`,
      )
      .all(camera)
      .map((row) => shapeOf(row).shape);
  }

  /**
   * Defines a line or zone while runs go on; where its geometry or dwell time is another than before it is a new version.
   * `countedFrom` says from where on the run that goes on counts at it: all its tracks up to there are to be stored. Throws
   * ArgusError where the configuration has that id. Returns whether it is a new version.
   */
  saveShape(camera: CameraId, shape: Shape, nowMs: number, countedFrom?: CountedFrom): boolean {
    this.flush();
    const number = this.#numbers.camera(camera);
    const isNew = this.#transaction(() =>
      saveShapeRow(this.#db, number, shape, Math.round(nowMs), countedFrom),
    );
    this.#numbers = new CameraNumbers(this.#db);
    return isNew;
  }

  /** Ends the counting at a line or zone that `saveShape` defined. Throws ArgusError where there is no such. */
  retireShape(camera: CameraId, id: ShapeId, nowMs: number): void {
    const number = this.#numbers.camera(camera);
    this.#transaction(() => retireShapeRow(this.#db, number, id, Math.round(nowMs)));
  }

  /** Makes the stored ways between cameras those given; of cameras that `syncCameras` was told of. */
  syncLinks(links: readonly CameraLink[]): void {
    this.#transaction(() => syncLinkRows(this.#db, links, this.#numbers));
  }

  /** Starts the reading of a camera. */
  beginRun(run: NewRun): RunId {
    const { resumeAfter } = run;
    const cameraNumber = this.#numbers.camera(run.camera);
    const open = {
      camera: run.camera,
      cameraNumber,
      lastFrame: resumeAfter?.frame ?? -1,
      lastMediaMs: resumeAfter?.mediaTimeMs ?? null,
      lastTimeMs: resumeAfter ? Math.round(resumeAfter.timeMs) : null,
    };
    const { lastInsertRowid } = this.#transaction(() =>
      this.#sql.insertRun.run({
        ...open,
        camera: cameraNumber,
        source: run.source,
        detector: run.detector,
        live: run.live ? 1 : 0,
        startedMs: Math.round(run.startedAtMs),
        mediaStartMs: Math.round(run.mediaStartMs),
      }),
    );
    const id = runId(Number(lastInsertRowid));
    this.#pending.runs.set(id, {
      ...open,
      run: id,
      updatedMs: Math.round(run.startedAtMs),
      aspect: null,
      coverage: undefined,
      touchedBy: 0,
    });
    return id;
  }

  /** Notes the picture's width by its height; stored with the run's next frame. */
  noteAspect(run: RunId, aspect: number): void {
    const open = this.#pending.runs.get(run);
    if (open) open.aspect = aspect;
  }

  /** The latest run of the camera and how far it came; undefined: there was none. */
  lastRun(camera: CameraId): StoredRun | undefined {
    this.flush();
    const row = this.#sql.lastRun.get(camera);
    return row && runOf(row);
  }

  /**
   * Stores all of the batch or, when it throws, nothing. A frame that its run has stored before is skipped with its
   * events, so giving a batch twice counts nothing twice. Throws ArgusError when the disk is full or locked (the batch
   * may be given again), Error when the batch makes no sense: unknown camera, shape, run or track.
   */
  commit({ nowMs, frames, stills = [], appearances = [] }: Batch): Committed {
    return this.#staged(() => {
      const wallMs = Math.round(nowMs);
      const events: NewEvent[] = [];
      const firings: NewFiring[] = [];
      let accepted = 0;
      for (const frame of frames) {
        if (!this.#pending.takeFrame(frame, wallMs)) continue;
        accepted++;
        for (const event of frame.events) events.push(event);
        for (const firing of frame.firings ?? []) firings.push(firing);
      }
      const counts = { accepted, skipped: frames.length - accepted };
      if (firings.length === 0 && this.#mayWait(wallMs, events, stills)) {
        this.#heldAppearances = [...this.#heldAppearances, ...appearances];
        return { ...counts, events: [], stills: [], firings: [] };
      }
      return this.#store(() => {
        for (const appearance of appearances) this.#insertAppearance(appearance);
        const stored = events.map((event) => ({ id: this.#insertEvent(event), event }));
        const ids = new Map(stored.map(({ id, event }) => [event, id]));
        return {
          ...counts,
          events: stored,
          stills: stills.map((still) => this.#putStill(still)),
          firings: firings.map((firing) => ({ id: this.watches.insert(firing, ids, wallMs), firing })),
        };
      });
    });
  }

  /** Stores what waits. */
  flush(): void {
    if (!this.#pending.isEmpty || this.#heldAppearances.length > 0) this.#store(() => undefined);
  }

  /**
   * Ends a run and its tracks, with the events that this makes (such as leaving a zone). Does nothing when the run has
   * ended already.
   */
  endRun(run: RunId, reason: EndReason, atMs: number, events: readonly NewEvent[] = []): readonly EventId[] {
    const { runs, tracks } = this.#pending;
    if (!runs.has(run)) return [];
    const ids = this.#store(() => {
      const stored = events.map((event) => this.#insertEvent(event));
      this.#end(run, reason, atMs);
      return stored;
    });
    runs.delete(run);
    for (const track of tracks.values()) if (track.run === run) tracks.delete(track.id);
    return ids;
  }

  /**
   * Ends the runs, and their tracks, that a process which died left open, at the last thing it stored. To be called
   * before runs are begun; returns the runs that it ended.
   */
  closeDangling(): readonly RunId[] {
    return this.#transaction(() => {
      const dangling = this.#sql.danglingRuns
        .all()
        .filter(({ number }) => !this.#pending.runs.has(runId(number)));
      return dangling.map(({ number, updated_ms }) => this.#end(runId(number), 'crashed', updated_ms));
    });
  }

  /**
   * Deletes all that runs of a camera before the given one have seen, for a file that is read again; the camera and its
   * shapes stay. To be called before the run has stored anything. Returns how many runs that were and the paths of
   * the stills, whose files the caller deletes.
   */
  forgetBefore(camera: CameraId, run: RunId): { readonly runs: number; readonly stills: readonly string[] } {
    const number = this.#numbers.camera(camera);
    return this.#transaction(() => forgetRunsBefore(this.#db, number, run));
  }

  /**
   * Notes what a user says of two tracks: whether they are one person. It replaces what was said of the two before.
   * Throws ArgusError when one of them is not stored, or both are the same.
   */
  correct(a: TrackId, b: TrackId, same: boolean, nowMs: number): void {
    this.flush();
    if (a === b) throw new ArgusError(`${a} is one track, and so one person.`, 'Give the ids of two tracks.');
    for (const id of [a, b]) {
      if (!this.#sql.trackNumber.get(id))
        throw new ArgusError(`There is no track "${id}".`, 'Take track ids from the answers of the tools.');
    }
    const values = { a, b, same: same ? 1 : 0, madeMs: Math.round(nowMs) };
    this.#transaction(() => this.#sql.putCorrection.run(values));
  }

  /** Notes what a user says of a finding; it replaces what was said of it before. */
  judgeAnomaly(verdict: AnomalyVerdict, nowMs: number): void {
    this.#transaction(() => putVerdict(this.#db, this.#numbers.camera(verdict.camera), verdict, nowMs));
  }

  /** Notes something that an agent or a user noticed. */
  noteAnomaly(note: AnomalyNote, nowMs: number): void {
    this.#transaction(() => putNote(this.#db, this.#numbers.camera(note.camera), note, nowMs));
  }

  /**
   * Deletes tracks with all that was made of them: events, trajectories, appearances, corrections, and every still of
   * their camera from the time they were in view. Nothing of them is left in the file afterwards, nor in its log unless
   * somebody is reading just now: then `prune` or `close` empties it. Returns how many there were and the paths of the
   * stills, whose files the caller deletes. Tracks that are still seen are left alone.
   */
  forgetTracks(ids: readonly TrackId[]): { readonly tracks: number; readonly stills: readonly string[] } {
    this.flush();
    const result = this.#transaction(() => forgetEndedTracks(this.#db, ids));
    if (result.tracks > 0) this.#log.mustGo();
    this.#log.empty();
    return result;
  }

  /**
   * Deletes the oldest, for about `budgetMs` in transactions of a few ms; to be called until there is no more to do. The
   * space is handed back to the disk.
   */
  prune(request: PruneRequest): Pruned {
    const pruned = this.#pruner.prune(request);
    if (pruned.appearances > 0) this.#log.mustGo();
    if (!pruned.more) this.#log.empty();
    return pruned;
  }

  /** Moves all into the one file `argus.db` and lets the next writer in. Open runs stay open: end them first. */
  close(): void {
    if (!this.#db.open) return;
    clearTimeout(this.#timer);
    try {
      this.flush();
      explained(this.#db.name, () => {
        this.#db.pragma('optimize');
        this.#db.pragma('wal_checkpoint(TRUNCATE)');
      });
    } finally {
      this.#db.close();
      this.#unlock();
    }
  }

  #end(run: RunId, reason: EndReason, atMs: number): RunId {
    this.#sql.endRun.run(Math.round(atMs), reason, run);
    this.#sql.endTracksOfRun.run(run);
    return run;
  }

  /** Runs what takes frames; when it throws, nothing of them is remembered. */
  #staged<T>(action: () => T): T {
    this.#pending.beginBatch();
    try {
      return action();
    } catch (error) {
      this.#pending.forgetBatch();
      throw error;
    }
  }

  #mayWait(nowMs: number, events: readonly NewEvent[], stills: readonly NewStill[]): boolean {
    if (this.#holdBackMs <= 0 || events.length > 0 || stills.length > 0 || this.#pending.beganTrack)
      return false;
    const sinceMs = (this.#heldSinceMs ??= nowMs);
    if (nowMs < sinceMs || nowMs - sinceMs >= this.#holdBackMs) return false;
    this.#timer ??= setTimeout(() => this.#flushLate(), this.#holdBackMs).unref();
    return true;
  }

  /** Where no batch came that would have stored it. */
  #flushLate(): void {
    this.#timer = undefined;
    try {
      this.flush();
    } catch {
      // What waits goes on waiting: the next batch tries again, and its giver is told why it cannot be stored.
    }
  }

  /** Stores what waits and what the action adds, in one transaction. */
  #store<T>(action: () => T): T {
    const [result, markStored] = this.#transaction(() => {
      const stored = this.#pending.write();
      for (const appearance of this.#heldAppearances) this.#insertAppearance(appearance);
      return [action(), stored] as const;
    });
    markStored();
    this.#heldAppearances = [];
    this.#heldSinceMs = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return result;
  }

  #insertAppearance({ trackId, timeMs, descriptor, quality, vector }: Appearance): void {
    this.#sql.insertAppearance.run(Math.round(timeMs), descriptor, quality, bytesOf(vector), trackId);
  }

  #insertEvent(event: NewEvent): EventId {
    const { lastInsertRowid } = this.#sql.insertEvent.run({
      camera: this.#numbers.camera(event.camera),
      shape: this.#numbers.shape(event.camera, event.shape),
      track: this.#trackNumber(event.trackId),
      type: event.type,
      direction: event.direction ?? null,
      label: event.label,
      timeMs: Math.round(event.timeMs),
      durationMs: event.durationMs === undefined ? null : Math.round(event.durationMs),
      ...event.box,
      confidence: event.confidence,
      still: event.still === undefined ? null : numberOf(event.still, 's'),
    });
    return eventId(Number(lastInsertRowid));
  }

  #putStill({ camera, timeMs, path, width, height, bytes, events = [], bestOf = [] }: NewStill): StillId {
    const cameraNumber = this.#numbers.camera(camera);
    const row = this.#sql.putStill.get(cameraNumber, Math.round(timeMs), path, width, height, bytes);
    if (!row) throw new Error(`The still ${path} was not stored`);
    for (const event of events) this.#sql.setEventStill.run(row.number, numberOf(event, 'e'));
    for (const track of bestOf) this.#sql.setBestStill.run(row.number, track);
    return stillId(row.number);
  }

  #trackNumber(id: TrackId): number {
    const number = this.#knownTrack(id);
    if (number === undefined) throw new Error(`An event of track ${id}, which has no points, was given`);
    return number;
  }

  #knownTrack(id: TrackId): number | undefined {
    return this.#pending.tracks.get(id)?.number ?? this.#sql.trackNumber.get(id)?.number;
  }

  #transaction<T>(action: () => T): T {
    return explained(this.#db.name, () => this.#db.transaction(action).immediate());
  }
}

function numberOf(id: EventId | StillId, prefix: 'e' | 's'): number {
  const number = rowNumber(id, prefix);
  if (number === undefined) throw new Error(`${id} is not the id of a stored row`);
  return number;
}
