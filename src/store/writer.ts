import type { TrackUpdate } from '../domain/track.ts';
import {
  eventId,
  rowNumber,
  runId,
  stillId,
  type CameraId,
  type EventId,
  type RunId,
  type StillId,
  type TrackId,
} from '../domain/ids.ts';
import { CameraNumbers, syncCameraRows } from './cameras.ts';
import { databasePath, explained, lockForWriting, openForWriting, type Connection } from './database.ts';
import { extentOfPath } from './extent.ts';
import { migrate } from './migrate.ts';
import { addFrame, copyOfRun, type OpenRun } from './openRun.ts';
import { addPoints, copyOfTrack, type OpenTrack } from './openTrack.ts';
import { Overlay } from './overlay.ts';
import { runOf } from './rows.ts';
import { encodeSegment, segmentStartMs } from './trajectory.ts';
import type {
  Batch,
  CameraDefinition,
  Committed,
  EndReason,
  FrameCommit,
  NewEvent,
  NewRun,
  NewStill,
  StoredRun,
} from './types.ts';
import { prepareWriter, type WriterStatements } from './writerStatements.ts';

/**
 * Opens the database of the data folder for writing; makes and migrates it where need be. Throws ArgusError when
 * another writer has the folder, or when the database cannot be used; the message says what to do.
 */
export function openWriter(dataFolder: string, { nowMs }: { nowMs: number }): Writer {
  const unlock = lockForWriting(dataFolder);
  try {
    const db = openForWriting(dataFolder);
    try {
      explained(databasePath(dataFolder), () => migrate(db, nowMs));
      return new Writer(db, unlock);
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
 * process (a power failure may cost the last seconds); a method that throws has stored nothing, and the same call may
 * be made again.
 */
export class Writer {
  readonly #db: Connection;
  readonly #unlock: () => void;
  readonly #sql: WriterStatements;
  #numbers: CameraNumbers;
  readonly #runs = new Map<RunId, OpenRun>();
  readonly #tracks = new Map<TrackId, OpenTrack>();

  /** Use `openWriter`. */
  constructor(db: Connection, unlock: () => void) {
    this.#db = db;
    this.#unlock = unlock;
    this.#sql = prepareWriter(db);
    this.#numbers = new CameraNumbers(db);
  }

  /**
   * Makes the stored cameras and shapes those given. A camera left out is marked removed unless others are kept, a shape of a camera given left out or defined
   * otherwise (another geometry or dwell time, not another name) is retired; all they were part of stays.
   */
  syncCameras(
    cameras: readonly CameraDefinition[],
    nowMs: number,
    others: 'remove' | 'keep' = 'remove',
  ): void {
    this.#transaction(() => syncCameraRows(this.#db, cameras, Math.round(nowMs), others));
    this.#numbers = new CameraNumbers(this.#db);
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
    this.#runs.set(id, { ...open, run: id });
    return id;
  }

  /** The latest run of the camera and how far it came; undefined: there was none. */
  lastRun(camera: CameraId): StoredRun | undefined {
    const row = this.#sql.lastRun.get(camera);
    return row && runOf(row);
  }

  /**
   * Stores all of the batch or, when it throws, nothing. A frame that its run has stored before is skipped with its
   * events, so giving a batch twice counts nothing twice. Throws ArgusError when the disk is full or locked (the batch
   * may be given again), Error when the batch makes no sense: unknown camera, shape, run or track.
   */
  commit(batch: Batch): Committed {
    const staged = new StagedBatch(this.#sql, this.#numbers, this.#runs, this.#tracks);
    const committed = this.#transaction(() => staged.write(batch));
    staged.apply();
    return committed;
  }

  /**
   * Ends a run and its tracks, with the events that this makes (such as leaving a zone). Does nothing when the run has
   * ended already.
   */
  endRun(run: RunId, reason: EndReason, atMs: number, events: readonly NewEvent[] = []): readonly EventId[] {
    if (!this.#runs.has(run)) return [];
    const staged = new StagedBatch(this.#sql, this.#numbers, this.#runs, this.#tracks);
    const ids = this.#transaction(() => {
      const stored = events.map((event) => staged.event(event));
      this.#end(run, reason, atMs);
      return stored;
    });
    this.#runs.delete(run);
    for (const track of this.#tracks.values()) if (track.run === run) this.#tracks.delete(track.id);
    return ids;
  }

  /**
   * Ends the runs, and their tracks, that a process which died left open, at the last thing it stored. To be called
   * before runs are begun; returns the runs that it ended.
   */
  closeDangling(): readonly RunId[] {
    return this.#transaction(() => {
      const dangling = this.#sql.danglingRuns.all().filter(({ number }) => !this.#runs.has(runId(number)));
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
    return this.#transaction(() => {
      const stills = this.#db
        .prepare<[number], { path: string }>('SELECT path FROM stills WHERE camera = ?')
        .all(number);
      const tracks = '(SELECT number FROM tracks WHERE camera = ? AND run < ?)';
      // Children first: nothing is left then for foreign keys to search row by row.
      this.#db.prepare(`DELETE FROM segments WHERE track IN ${tracks}`).run(number, run);
      this.#db.prepare(`DELETE FROM events WHERE track IN ${tracks}`).run(number, run);
      this.#db.prepare('DELETE FROM tracks WHERE camera = ? AND run < ?').run(number, run);
      this.#db.prepare('DELETE FROM coverage WHERE camera = ? AND run < ?').run(number, run);
      const { changes: runs } = this.#db
        .prepare('DELETE FROM runs WHERE camera = ? AND number < ?')
        .run(number, run);
      this.#db.prepare('DELETE FROM stills WHERE camera = ?').run(number);
      return { runs, stills: stills.map(({ path }) => path) };
    });
  }

  /** Moves all into the one file `argus.db` and lets the next writer in. Open runs stay open: end them first. */
  close(): void {
    if (!this.#db.open) return;
    try {
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

  #transaction<T>(action: () => T): T {
    return explained(this.#db.name, () => this.#db.transaction(action).immediate());
  }
}

/** One batch on its way to the disk: what the writer remembers changes with `apply`, after the transaction. */
class StagedBatch {
  readonly #sql: WriterStatements;
  readonly #numbers: CameraNumbers;
  readonly #runs: Overlay<RunId, OpenRun>;
  readonly #tracks: Overlay<TrackId, OpenTrack>;

  constructor(
    sql: WriterStatements,
    numbers: CameraNumbers,
    runs: Map<RunId, OpenRun>,
    tracks: Map<TrackId, OpenTrack>,
  ) {
    this.#sql = sql;
    this.#numbers = numbers;
    this.#runs = new Overlay(runs, copyOfRun);
    this.#tracks = new Overlay(tracks, copyOfTrack);
  }

  write({ nowMs, frames, stills = [] }: Batch): Committed {
    const events: { id: EventId; event: NewEvent }[] = [];
    let accepted = 0;
    for (const frame of frames) {
      const run = this.#runs.get(frame.run);
      if (!run || frame.record.frame <= run.lastFrame) continue;
      this.#frame(run, frame);
      events.push(...frame.events.map((event) => ({ id: this.event(event), event })));
      this.#endTracks(frame);
      accepted++;
    }
    for (const track of this.#tracks.values()) this.#writeTrack(track);
    for (const run of this.#runs.values()) this.#writeRun(run, Math.round(nowMs));
    return {
      accepted,
      skipped: frames.length - accepted,
      events,
      stills: stills.map((still) => this.#still(still)),
    };
  }

  apply(): void {
    this.#runs.apply();
    this.#tracks.apply();
  }

  event(event: NewEvent): EventId {
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

  #frame(run: OpenRun, { record }: FrameCommit): void {
    if (record.camera !== run.camera) {
      throw new Error(`A frame of camera ${record.camera} came with run ${run.run} of camera ${run.camera}`);
    }
    addFrame(run, record, (full) => this.#writeCoverage(full));
    for (const update of record.tracks) {
      const track = this.#tracks.get(update.trackId) ?? this.#beginTrack(run, update);
      if (!track) continue;
      track.label = update.label;
      addPoints(track, update.points, (full) => this.#writeSegment(full));
    }
  }

  #beginTrack(run: OpenRun, { trackId, label, points }: TrackUpdate): OpenTrack | undefined {
    const [first] = points;
    if (!first) return undefined;
    const firstMs = Math.round(first.timeMs);
    const { lastInsertRowid } = this.#sql.insertTrack.run(
      trackId,
      run.run,
      run.cameraNumber,
      label,
      firstMs,
      firstMs,
    );
    const track: OpenTrack = {
      number: Number(lastInsertRowid),
      id: trackId,
      run: run.run,
      cameraNumber: run.cameraNumber,
      label,
      lastMs: -Infinity,
      points: 0,
      maxConfidence: 0,
      tail: { continues: false, points: [] },
    };
    this.#tracks.set(trackId, track);
    return track;
  }

  #endTracks({ record }: FrameCommit): void {
    for (const id of record.ended) {
      const track = this.#tracks.get(id);
      if (!track) continue;
      this.#writeTrack(track);
      this.#sql.endTrack.run(track.number);
      this.#tracks.delete(id);
    }
  }

  #writeTrack(track: OpenTrack): void {
    this.#writeSegment(track);
    this.#sql.updateTrack.run(track.label, track.lastMs, track.points, track.maxConfidence, track.number);
  }

  #writeSegment({ number, cameraNumber, lastMs, tail }: OpenTrack): void {
    const data = encodeSegment(tail);
    if (tail.number === undefined) {
      const { lastInsertRowid } = this.#sql.insertSegment.run(
        number,
        segmentStartMs(tail.points),
        lastMs,
        data,
      );
      tail.number = Number(lastInsertRowid);
    } else this.#sql.updateSegment.run(lastMs, data, tail.number);
    this.#sql.putExtent.run({ segment: tail.number, ...extentOfPath(cameraNumber, tail.points) });
  }

  #writeRun(run: OpenRun, nowMs: number): void {
    this.#writeCoverage(run);
    this.#sql.updateRun.run(run.lastFrame, run.lastMediaMs, run.lastTimeMs, nowMs, run.run);
  }

  #writeCoverage({ run, cameraNumber, coverage }: OpenRun): void {
    if (!coverage) return;
    const { fromMs, toMs, frames, dropped } = coverage;
    if (coverage.number === undefined) {
      const { lastInsertRowid } = this.#sql.insertCoverage.run(
        cameraNumber,
        run,
        fromMs,
        toMs,
        frames,
        dropped,
      );
      coverage.number = Number(lastInsertRowid);
    } else this.#sql.updateCoverage.run(toMs, frames, dropped, coverage.number);
  }

  #still({ camera, timeMs, path, width, height, bytes, events = [], bestOf = [] }: NewStill): StillId {
    const cameraNumber = this.#numbers.camera(camera);
    const row = this.#sql.putStill.get(cameraNumber, Math.round(timeMs), path, width, height, bytes);
    if (!row) throw new Error(`The still ${path} was not stored`);
    for (const event of events) this.#sql.setEventStill.run(row.number, numberOf(event, 'e'));
    for (const track of bestOf) this.#sql.setBestStill.run(row.number, track);
    return stillId(row.number);
  }

  #trackNumber(id: TrackId): number {
    const number = this.#tracks.get(id)?.number ?? this.#sql.trackNumber.get(id)?.number;
    if (number === undefined) throw new Error(`An event of track ${id}, which has no points, was given`);
    return number;
  }
}

function numberOf(id: EventId | StillId, prefix: 'e' | 's'): number {
  const number = rowNumber(id, prefix);
  if (number === undefined) throw new Error(`${id} is not the id of a stored row`);
  return number;
}
