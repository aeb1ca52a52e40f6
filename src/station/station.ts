import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../async/sleep.ts';
import type { AnomalyNote, AnomalyVerdict } from '../domain/anomaly.ts';
import { messageOf, type ArgusError } from '../domain/errors.ts';
import type { Shape } from '../domain/event.ts';
import type { CameraId, ShapeId, TrackId, WatchId } from '../domain/ids.ts';
import type { LivePicture, LiveStation, StationStatus } from '../domain/live.ts';
import type { Provider } from '../domain/provider.ts';
import type { WatchDefinition } from '../domain/watch.ts';
import type { EndReason } from '../store/types.ts';
import type { PruneRequest } from '../store/prune.ts';
import { databasePath, explained, isDamage } from '../store/database.ts';
import { openWriter, type Writer } from '../store/writer.ts';
import type { CameraJob, FromVision } from '../vision/messages.ts';
import { CameraSession } from './cameraSession.ts';
import { Committer } from './committer.ts';
import { LiveShapes } from './liveShapes.ts';
import { identifying } from './identifying.ts';
import { resumeOf, wasRead } from './resume.ts';
import { keepWithin, type RetentionLimits } from './retention.ts';
import type { StationOptions } from './stationOptions.ts';
import { startMessage } from './startMessage.ts';
import { StillKeeper } from './stills.ts';
import { checkReadAgain, storedSource } from './storedSource.ts';
import { VisionSupervisor } from './supervisor.ts';
import { Watching } from './watching.ts';

/** Native threads of the vision process: two branches and the bus for each camera, and a few for everything else. */
const threadsPerCamera = 4;
const spareThreads = 8;
/** More of the same may wait so long: written with every commit, the tracks' last segments would wear a disk out. */
const holdBackMs = 2_000;
/** Between tries to store the end of a run. */
const retryMs = 2_000;

/** Watches cameras: runs the vision process, turns its records into events, stores both. The only writer. */
export class Station implements LiveStation {
  readonly #options: StationOptions;
  readonly #writer: Writer;
  readonly #sessions: ReadonlyMap<CameraId, CameraSession>;
  readonly #committer: Committer;
  readonly #shapes: LiveShapes;
  readonly #supervisor: VisionSupervisor;
  readonly #watching: Watching;
  readonly #startedMs = Date.now();
  readonly #stopping = new AbortController();
  #retaining: Promise<void> = Promise.resolve();
  #provider: string | undefined;
  /** What runs the embedder; null: it could not be run, and colours take its place. */
  #embedderProvider: Provider | null | undefined;
  #skipped: readonly string[] = [];
  #restarts = 0;
  #problem: string | undefined;
  /** Says that the database was found damaged while it was written. */
  damage: ArgusError | undefined;
  #resolveOver!: () => void;
  /** Resolves when no camera has anything more to do: all files are read, or have failed. */
  readonly over: Promise<void> = new Promise((resolve) => (this.#resolveOver = resolve));

  private constructor(options: StationOptions, writer: Writer) {
    this.#options = options;
    this.#writer = writer;
    this.#sessions = new Map(
      options.cameras.map((camera) => [
        camera.id,
        new CameraSession(camera, new StillKeeper(options.stillsFolder), writer.shapes(camera.id)),
      ]),
    );
    this.#watching = new Watching({
      rows: writer.watches,
      cameras: options.cameras.map(({ id, name }) => ({ id, name, shapes: writer.shapes(id) })),
      channels: options.channels ?? [],
      now: Date.now,
      log: options.log,
    });
    this.#committer = new Committer({
      commit: (batch) => writer.commit(batch),
      stillsOf: (camera) => this.#sessions.get(camera)?.stills,
      keepers: () => [...this.#sessions.values()].map(({ stills }) => stills),
      now: Date.now,
      onStored: (camera, frame) => this.#supervisor.send({ type: 'ack', camera, frame }),
      onFirings: (firings) => this.#watching.keeper.stored(firings),
      onProblem: (problem, error) => this.#setProblem(problem, error),
    });
    this.#shapes = new LiveShapes({
      writer,
      committer: this.#committer,
      sessionOf: (camera) => this.#sessions.get(camera),
      now: Date.now,
      onChanged: ({ camera, shapes }) => this.#watching.keeper.setShapes(camera.id, shapes),
    });
    this.#supervisor = new VisionSupervisor({
      nativeThreads: spareThreads + threadsPerCamera * options.cameras.length,
      startMessage: () =>
        startMessage(
          options,
          this.#open().map((session) => this.#beginRun(session)),
        ),
      onMessage: (message) => this.#onMessage(message),
      onCrash: (what, restartMs) => this.#onCrash(what, restartMs),
      onGivenUp: (why) => this.#onGivenUp(why),
      onOutput: (line) => options.onNativeOutput?.(line),
    });
  }

  /** Opens the store and starts watching. Throws ArgusError when the data folder cannot be used or is in use. */
  static start(options: StationOptions): Station {
    const writer = openWriter(options.dataFolder, { nowMs: Date.now(), holdBackMs });
    try {
      return explained(databasePath(options.dataFolder), () => Station.#startWith(options, writer));
    } catch (error) {
      writer.close();
      throw error;
    }
  }

  static #startWith(options: StationOptions, writer: Writer): Station {
    writer.closeDangling();
    checkReadAgain(writer, options.cameras);
    const replaced = writer.syncCameras(
      options.cameras.map(({ id, name, source, shapes, scale, blurPeople }) => ({
        id,
        name,
        source: storedSource(source),
        shapes,
        ...(scale && { scale }),
        ...(blurPeople && { blurPeople }),
      })),
      Date.now(),
      options.others,
    );
    for (const { camera, shape } of replaced)
      options.log(`${camera}: ${shape}, which an agent had defined, is now the one of the configuration.`);
    if (options.others === 'remove') writer.syncLinks(options.links ?? []);
    const station = new Station(options, writer);
    station.#skipFinishedFiles();
    if (options.retention) station.#retain(options.retention);
    if (station.#open().length > 0) station.#supervisor.start();
    else station.#resolveOver();
    return station;
  }

  status(): Promise<StationStatus> {
    const { detector, version } = this.#options;
    const nowMs = Date.now();
    return Promise.resolve({
      version,
      startedMs: this.#startedMs,
      detector: {
        id: detector.manifest.id,
        reason: detector.reason,
        ...(this.#provider !== undefined && { provider: this.#provider }),
        skipped: this.#skipped,
      },
      ...(this.#options.embedder && {
        identify: identifying(this.#options.embedder, this.#embedderProvider),
      }),
      visionRestarts: this.#restarts,
      ...(this.#options.retention && { retention: this.#options.retention }),
      ...(this.#problem !== undefined && { problem: this.#problem }),
      cameras: [...this.#sessions.values()].map((session) => session.status(nowMs)),
    });
  }

  latestPicture(camera: CameraId): Promise<LivePicture | undefined> {
    return Promise.resolve(this.#sessions.get(camera)?.latestPicture());
  }

  correct(a: TrackId, b: TrackId, same: boolean): Promise<void> {
    return Promise.resolve().then(() => this.#writer.correct(a, b, same, Date.now()));
  }

  judgeAnomaly(verdict: AnomalyVerdict): Promise<void> {
    return Promise.resolve().then(() => this.#writer.judgeAnomaly(verdict, Date.now()));
  }

  noteAnomaly(note: AnomalyNote): Promise<void> {
    return Promise.resolve().then(() => this.#writer.noteAnomaly(note, Date.now()));
  }

  async forget(tracks: readonly TrackId[]): Promise<{ tracks: number; stills: number }> {
    const forgotten = this.#writer.forgetTracks(tracks);
    for (const path of forgotten.stills) await rm(join(this.#options.stillsFolder, path), { force: true });
    return { tracks: forgotten.tracks, stills: forgotten.stills.length };
  }

  saveShape(camera: CameraId, shape: Shape): Promise<void> {
    return this.#shapes.save(camera, shape);
  }

  removeShape(camera: CameraId, id: ShapeId): Promise<void> {
    return this.#shapes.remove(camera, id);
  }

  addWatch(watch: WatchDefinition): Promise<WatchId> {
    return Promise.resolve().then(() => this.#watching.keeper.add(watch));
  }

  removeWatch(id: WatchId): Promise<void> {
    return Promise.resolve().then(() => this.#watching.keeper.remove(id));
  }

  /** Process id of the vision process, while it runs. */
  get visionPid(): number | undefined {
    return this.#supervisor.pid;
  }

  /** Stops watching, stores what has come in, and closes the store. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    try {
      await this.#retaining;
      await this.#supervisor.stop();
      await this.#committer.flush();
      for (const session of this.#open()) {
        session.setState('stopped');
        this.#endRun(session, 'stopped');
      }
      await this.#committer.flush();
      await this.#watching.stop();
    } finally {
      this.#writer.close();
      this.#resolveOver();
    }
  }

  #retain(limits: RetentionLimits): void {
    const { stillsFolder, log } = this.#options;
    const prune = (request: PruneRequest) => this.#writer.prune(request);
    const options = { limits, prune, stillsFolder, now: Date.now, onProblem: log };
    this.#retaining = keepWithin(options, this.#stopping.signal);
  }

  #open(): CameraSession[] {
    return [...this.#sessions.values()].filter((session) => !session.isOver);
  }

  /** A file that was read to its end stays read, and one that was not goes on where it was. */
  #skipFinishedFiles(): void {
    for (const session of this.#open())
      if (wasRead(this.#writer, session.camera)) session.setState('finished', 'it was read before');
  }

  #beginRun(session: CameraSession): CameraJob {
    const { id, source, startMs, maxFps, reading, classes, confidence, identify } = session.camera;
    const nowMs = Date.now();
    const startsOver = session.camera.again === true && !session.hasBegun;
    const resume = source.live || startsOver ? undefined : resumeOf(this.#writer, session.camera);
    const mediaStartMs = resume?.mediaStartMs ?? startMs ?? nowMs;
    const run = this.#writer.beginRun({
      camera: id,
      source: storedSource(source),
      detector: this.#options.detector.manifest.id,
      live: source.live,
      startedAtMs: nowMs,
      mediaStartMs,
      ...(resume && { resumeAfter: resume.progress }),
    });
    // A live camera, too, goes on where the vision process broke off, as far as people in zones are concerned.
    const goesOn = resume ? resume.brokeOff : session.progress !== undefined;
    session.begin(run, resume?.progress ?? session.progress, goesOn);
    this.#watching.keeper.expect(id, source.live);
    return {
      camera: id,
      run,
      source,
      ...(maxFps !== undefined && { maxFps }),
      ...(reading && { reading }),
      ...(classes && { classes }),
      ...(confidence && { confidence }),
      ...(identify !== undefined && { identify }),
      ...(!source.live && { mediaStartMs }),
      ...(resume && { resumeAfter: resume.progress }),
    };
  }

  /** Runs what concerns one camera; what goes wrong there fails that camera and no other. */
  #of(camera: CameraId, run: number, action: (session: CameraSession) => void): void {
    const session = this.#sessionOf(camera, run);
    if (!session) return;
    try {
      explained(databasePath(this.#options.dataFolder), () => action(session));
    } catch (error) {
      this.#noteDamage(error);
      session.setState('failed', messageOf(error));
      this.#options.onCameraState?.(session.status(Date.now()));
      void this.#finish(session, 'failed');
    }
  }

  #onMessage(message: FromVision): void {
    switch (message.type) {
      case 'ready':
        this.#onReady(message);
        break;
      case 'note':
        this.#options.log(message.line);
        break;
      case 'frame':
        this.#of(message.record.camera, message.run, (session) => this.#onFrame(session, message));
        break;
      case 'still':
        this.#of(message.still.camera, message.run, (session) => session.addStill(message.still));
        break;
      case 'appearances':
        this.#of(message.camera, message.run, () => {
          for (const appearance of message.appearances) this.#committer.addAppearance(appearance);
        });
        break;
      case 'describing':
        this.#embedderProvider = message.provider ?? null;
        break;
      case 'running':
        this.#of(message.camera, message.run, (session) => this.#onRunning(session, message));
        break;
      case 'decoding':
        this.#of(message.camera, message.run, (session) => this.#onDecoding(session, message));
        break;
      case 'camera':
        this.#of(message.camera, message.run, (session) => this.#onCameraState(session, message));
        break;
      case 'beat':
      case 'fatal':
        break;
    }
  }

  /** Says what runs the detector, and why not another, where somebody asked for it or something failed. */
  #onReady({ provider, skipped }: Extract<FromVision, { type: 'ready' }>): void {
    const { providers, detector, log } = this.#options;
    const told = skipped.filter(({ tried }) => tried || providers !== undefined);
    // A vision process that was started anew says the same again.
    if (this.#provider !== provider && (told.length > 0 || providers !== undefined)) {
      for (const { provider: other, reason } of told) log(`${other} is not used: ${reason}.`);
      log(`${detector.manifest.id} runs on ${provider}.`);
    }
    this.#provider = provider;
    this.#skipped = skipped.map(({ provider: other, reason }) => `${other}: ${reason}`);
  }

  #onFrame(session: CameraSession, message: Extract<FromVision, { type: 'frame' }>): void {
    const taken = session.take(message, Date.now());
    this.#committer.add({ ...taken, firings: this.#watching.keeper.frame(taken.record, taken.events) });
    this.#options.onFrame?.(taken.record);
  }

  #onRunning(session: CameraSession, { aspect, durationMs }: Extract<FromVision, { type: 'running' }>): void {
    if (session.setRunning(aspect, durationMs) && session.run !== undefined) {
      this.#writer.noteAspect(session.run, aspect);
      this.#watching.keeper.begin(session.camera.id, aspect);
    }
    if (session.camera.again === true && !session.hasBegun) this.#forgetEarlier(session);
    this.#options.onCameraState?.(session.status(Date.now()));
  }

  #onDecoding(session: CameraSession, { camera, decoding }: Extract<FromVision, { type: 'decoding' }>): void {
    // A connection that is made anew decodes as the one before: that is no news.
    if (!session.setDecoding(decoding) || decoding.decoder === undefined) return;
    this.#options.onDecoding?.(camera, decoding);
  }

  /** What was stored of a file goes only now that its new reading has begun. */
  #forgetEarlier({ camera, run }: CameraSession): void {
    if (run === undefined) return;
    this.#watching.keeper.startOver(camera.id);
    const { runs, stills } = this.#writer.forgetBefore(camera.id, run);
    for (const path of stills) rmSync(join(this.#options.stillsFolder, path), { force: true });
    if (runs > 0) this.#options.log(`${camera.id}: read before; what was stored of it is replaced.`);
  }

  #onCameraState(session: CameraSession, { state, message }: Extract<FromVision, { type: 'camera' }>): void {
    session.setState(state, message);
    this.#options.onCameraState?.(session.status(Date.now()));
    if (state === 'finished' || state === 'failed') void this.#finish(session, state);
  }

  /** Stores everything of a camera that has nothing more to do, as often as it takes. */
  async #finish(session: CameraSession, reason: EndReason): Promise<void> {
    while (!(await this.#storeEnd(session, reason))) {
      if (!(await sleep(retryMs, this.#stopping.signal))) return;
    }
    if (this.#open().length === 0) this.#resolveOver();
  }

  /** False: the store cannot be written now. */
  async #storeEnd(session: CameraSession, reason: EndReason): Promise<boolean> {
    await this.#committer.flush();
    if (this.#committer.isBehind) return false;
    try {
      this.#endRun(session, reason);
    } catch (error) {
      this.#setProblem(messageOf(error), error);
      return false;
    }
    await this.#committer.flush();
    this.#setProblem(undefined);
    return true;
  }

  #endRun(session: CameraSession, reason: EndReason): void {
    if (session.run === undefined) return;
    // Of a run that goes on in another one, whoever is in a zone stays there: nobody left.
    const last = session.endTracks();
    const events = reason === 'crashed' ? [] : last;
    const ids = this.#writer.endRun(session.run, reason, Date.now(), events);
    this.#watching.endRun(session.camera.id, reason, events, ids);
    for (const [i, id] of ids.entries()) {
      const event = events[i];
      if (event) session.stills.onEvent(id, event);
    }
  }

  async #onCrash(what: string, restartMs: number): Promise<void> {
    this.#restarts++;
    const files = this.#open().filter(({ camera }) => !camera.source.live);
    const places = files.map(
      ({ camera, progress }) => `${camera.id} after ${((progress?.mediaTimeMs ?? 0) / 1000).toFixed(1)} s`,
    );
    const goingOn = places.length > 0 ? `; going on with ${places.join(', ')}` : '';
    this.#options.log(`${what}. Starting it again in ${restartMs} ms${goingOn}.`);
    // Stored before the next run begins, as that goes on after the last frame that is stored.
    for (const session of this.#open()) {
      session.setState('connecting');
      while (!(await this.#storeEnd(session, 'crashed'))) {
        if (!(await sleep(retryMs, this.#stopping.signal))) return;
      }
    }
  }

  #onGivenUp(why: string): void {
    for (const session of this.#open()) {
      session.setState('failed', why);
      this.#options.onCameraState?.(session.status(Date.now()));
      void this.#finish(session, 'failed');
    }
  }

  /** Nothing can be stored any more: whoever waits for the end need not wait longer. */
  #noteDamage(error: unknown): void {
    if (!isDamage(error)) return;
    this.damage ??= error;
    this.#resolveOver();
  }

  #setProblem(problem: string | undefined, error?: unknown): void {
    this.#noteDamage(error);
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem !== undefined) this.#options.log(problem);
  }

  /** Undefined for a run that has ended: a late message of a process that was replaced. */
  #sessionOf(camera: CameraId, run: number): CameraSession | undefined {
    const session = this.#sessions.get(camera);
    return session?.run === run && !session.isOver ? session : undefined;
  }
}
