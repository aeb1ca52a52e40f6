import type { RunId, TrackId } from '../domain/ids.ts';
import type { TrackUpdate } from '../domain/track.ts';
import { isWithin, withRoom, type Extent } from './extent.ts';
import { addFrame, mementoOfRun, type CoverageRow, type OpenRun } from './openRun.ts';
import { addPoints, mementoOf, openTrack, type FullSegment, type OpenTrack } from './openTrack.ts';
import type { Tail } from './tail.ts';
import type { FrameCommit } from './types.ts';
import type { WriterStatements } from './writerStatements.ts';

/**
 * The runs and tracks that are open, and what of them is not stored yet. Frames are taken in memory; `write` brings
 * everything to the database in as few statements as there are rows.
 */
export class Pending {
  readonly runs = new Map<RunId, OpenRun>();
  readonly tracks = new Map<TrackId, OpenTrack>();
  readonly #sql: WriterStatements;
  #lastTrack: number;
  #lastCoverage: number;
  /* What is not stored, in the order in which it came. */
  #changedRuns = new Set<OpenRun>();
  #changedTracks = new Set<OpenTrack>();
  #fullSegments: FullSegment[] = [];
  #fullCoverage: CoverageRow[] = [];
  /** Of the batch being taken: how to forget it again. */
  #undo: (() => void)[] = [];
  /** Numbers the batches: what says that it was touched by this one can be undone already. */
  #batch = 0;
  #beganTrack = false;

  constructor(sql: WriterStatements) {
    this.#sql = sql;
    this.#lastTrack = sql.lastTrack.get()?.number ?? 0;
    this.#lastCoverage = sql.lastCoverage.get()?.number ?? 0;
  }

  get isEmpty(): boolean {
    return this.#changedRuns.size === 0 && this.#changedTracks.size === 0;
  }

  /** Rows that will be written to again. */
  inUse(): { runs: number[]; coverage: number[] } {
    const runs = [...this.runs.values()];
    return {
      runs: runs.map(({ run }) => run),
      coverage: [...this.#fullCoverage, ...runs.flatMap((run) => run.coverage ?? [])].map(
        (row) => row.number,
      ),
    };
  }

  /** Whether the batch being taken has a track that no batch had before. */
  get beganTrack(): boolean {
    return this.#beganTrack;
  }

  /** From here on everything is taken or, with `forgetBatch`, nothing. */
  beginBatch(): void {
    this.#undo = [];
    this.#batch++;
    this.#beganTrack = false;
    const segments = this.#fullSegments.length;
    const coverage = this.#fullCoverage.length;
    this.#undo.push(() => {
      this.#fullSegments.length = segments;
      this.#fullCoverage.length = coverage;
    });
  }

  forgetBatch(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
  }

  /** @returns whether the frame was taken: it is not when its run has it already, or has ended. */
  takeFrame({ run: runOfFrame, record }: FrameCommit, nowMs: number): boolean {
    const run = this.runs.get(runOfFrame);
    if (!run || record.frame <= run.lastFrame) return false;
    if (record.camera !== run.camera) {
      throw new Error(`A frame of camera ${record.camera} came with run ${run.run} of camera ${run.camera}`);
    }
    this.#touchRun(run);
    run.updatedMs = nowMs;
    addFrame(run, record, this.#nextCoverage, this.#onFullCoverage);
    for (const update of record.tracks) this.#takeUpdate(run, update);
    for (const id of record.ended) this.#endTrack(id);
    return true;
  }

  /** Writes what is not stored, to be called in a transaction. What is returned is to be called when it succeeded. */
  write(): () => void {
    const extents: { tail: Tail; extent: Extent }[] = [];
    const put = (tail: Tail, cameraNumber: number, isFull: boolean) => {
      const extent = this.#writeSegment(tail, cameraNumber, isFull);
      if (extent) extents.push({ tail, extent });
    };
    for (const track of this.#changedTracks) this.#writeTrack(track);
    for (const { tail, cameraNumber } of this.#fullSegments) put(tail, cameraNumber, true);
    for (const { tail, cameraNumber, ended } of this.#changedTracks) put(tail, cameraNumber, ended);
    for (const row of this.#fullCoverage) this.#writeCoverage(row);
    for (const run of this.#changedRuns) this.#writeRun(run);
    return () => {
      for (const { tail, extent } of extents) tail.storedExtent = extent;
      for (const track of this.#changedTracks) track.isStored = true;
      for (const run of this.#changedRuns) if (run.coverage) run.coverage.isStored = true;
      this.#changedRuns = new Set();
      this.#changedTracks = new Set();
      this.#fullSegments = [];
      this.#fullCoverage = [];
    };
  }

  #takeUpdate(run: OpenRun, { trackId, label, points }: TrackUpdate): void {
    let track = this.tracks.get(trackId);
    if (track) this.#touchTrack(track);
    else {
      const [first] = points;
      if (!first) return;
      track = this.#beginTrack(run, trackId, Math.round(first.timeMs));
    }
    track.label = label;
    addPoints(track, points, this.#onFullSegment);
  }

  #beginTrack({ run, cameraNumber }: OpenRun, id: TrackId, firstMs: number): OpenTrack {
    const track = openTrack({ number: ++this.#lastTrack, id, run, cameraNumber, firstMs });
    this.tracks.set(id, track);
    track.touchedBy = this.#batch;
    this.#changedTracks.add(track);
    this.#beganTrack = true;
    this.#undo.push(() => {
      this.tracks.delete(id);
      this.#changedTracks.delete(track);
    });
    return track;
  }

  #endTrack(id: TrackId): void {
    const track = this.tracks.get(id);
    if (!track) return;
    this.#touchTrack(track);
    track.ended = true;
    this.tracks.delete(id);
    this.#undo.push(() => this.tracks.set(id, track));
  }

  #touchTrack(track: OpenTrack): void {
    if (track.touchedBy === this.#batch) return;
    track.touchedBy = this.#batch;
    this.#changedTracks.add(track);
    this.#undo.push(mementoOf(track));
  }

  #touchRun(run: OpenRun): void {
    if (run.touchedBy === this.#batch) return;
    run.touchedBy = this.#batch;
    this.#changedRuns.add(run);
    this.#undo.push(mementoOfRun(run));
  }

  readonly #nextCoverage = (): number => ++this.#lastCoverage;

  readonly #onFullCoverage = (row: CoverageRow): void => {
    this.#fullCoverage.push(row);
  };

  readonly #onFullSegment = (segment: FullSegment): void => {
    this.#fullSegments.push(segment);
  };

  #writeTrack(track: OpenTrack): void {
    const { number, id, run, cameraNumber, label, firstMs, lastMs, points, maxConfidence } = track;
    const ended = track.ended ? 1 : 0;
    const { moved = 0, stillSinceMs = firstMs, meanStep = 0 } = track.motion.stillness ?? {};
    if (track.isStored)
      this.#sql.updateTrack.run(
        label,
        lastMs,
        points,
        maxConfidence,
        moved,
        stillSinceMs,
        meanStep,
        ended,
        number,
      );
    else {
      this.#sql.insertTrack.run(
        number,
        id,
        run,
        cameraNumber,
        label,
        firstMs,
        lastMs,
        points,
        maxConfidence,
        moved,
        stillSinceMs,
        meanStep,
        ended,
      );
    }
  }

  /** @returns the extent written, if one had to be: that of a segment that grows has room to grow. */
  #writeSegment(tail: Tail, cameraNumber: number, isFull: boolean): Extent | undefined {
    const { number, startMs, lastMs, storedExtent } = tail;
    if (storedExtent) this.#sql.updateSegment.run(lastMs, tail.bytes(), number);
    else this.#sql.insertSegment.run(number, startMs, lastMs, tail.bytes());
    const exact = tail.extent(cameraNumber);
    if (!isFull && storedExtent && isWithin(exact, storedExtent)) return undefined;
    const extent = isFull ? exact : withRoom(exact);
    const { timeMin, timeMax, xMin, xMax, yMin, yMax } = extent;
    const statement = storedExtent ? this.#sql.replaceExtent : this.#sql.insertExtent;
    statement.run(number, timeMin, timeMax, xMin, xMax, yMin, yMax);
    return extent;
  }

  #writeRun(run: OpenRun): void {
    if (run.coverage) this.#writeCoverage(run.coverage);
    const { aspect, lastFrame, lastMediaMs, lastTimeMs, updatedMs } = run;
    this.#sql.updateRun.run(aspect, lastFrame, lastMediaMs, lastTimeMs, updatedMs, run.run);
  }

  #writeCoverage({ number, cameraNumber, run, fromMs, toMs, frames, dropped, isStored }: CoverageRow): void {
    if (isStored) this.#sql.updateCoverage.run(toMs, frames, dropped, number);
    else this.#sql.insertCoverage.run(number, cameraNumber, run, fromMs, toMs, frames, dropped);
  }
}
