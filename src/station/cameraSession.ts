import type { EventEngine } from '../events/contract.ts';
import { createEventEngine } from '../events/engine.ts';
import { createIgnorer } from '../events/ignored.ts';
import type { Shape, TrackEvent } from '../domain/event.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { RunId, ShapeId, TrackId } from '../domain/ids.ts';
import type { CameraState, CameraStatus, Decoding, LivePicture } from '../domain/live.ts';
import type { CountedFrom } from '../store/agentShapes.ts';
import type { Progress } from '../store/types.ts';
import type { StillMessage } from '../vision/messages.ts';
import { RateMeter } from './rateMeter.ts';
import type { StationCamera } from './stationCamera.ts';
import type { StillKeeper } from './stills.ts';

/** Records kept to draw what was seen into a still that comes before or after its record. */
const recordsHeld = 64;
/** Tracks first seen so soon after a run goes on are taken for those that the run before was following. */
const resumeMs = 1_000;

/** All that the station remembers of one camera: its run, its state, its open tracks' events, its newest picture. */
export class CameraSession {
  readonly camera: StationCamera;
  readonly stills: StillKeeper;
  readonly #rate = new RateMeter();
  readonly #records: FrameRecord[] = [];
  readonly #openTracks = new Set<TrackId>();
  readonly #withoutIgnored: (record: FrameRecord) => FrameRecord;
  #shapes: readonly Shape[];
  #engine: EventEngine | undefined;
  #run: RunId | undefined;
  /** Of the run's end, once it has ended. */
  #lastEvents: readonly TrackEvent[] | undefined;
  /** Whether the run before broke off without anybody leaving the zones, so that whoever is seen at once was there. */
  #goesOn = false;
  /** Of the run's first frame. */
  #firstMs: number | undefined;
  /** When tracks were first seen that the run before had, too. */
  readonly #carriedOver = new Map<TrackId, number>();
  #state: CameraState = 'connecting';
  #sinceMs = Date.now();
  #message: string | undefined;
  #frames = 0;
  #dropped = 0;
  #durationMs: number | undefined;
  #progress: Progress | undefined;
  #decoding: Decoding | undefined;

  /** @param shapes what to count at, where it is more than what the camera is configured with */
  constructor(camera: StationCamera, stills: StillKeeper, shapes: readonly Shape[] = camera.shapes) {
    this.camera = camera;
    this.stills = stills;
    this.#shapes = shapes;
    this.#withoutIgnored = createIgnorer(camera.ignore ?? []);
  }

  /** The lines and zones that are counted at now. */
  get shapes(): readonly Shape[] {
    return this.#shapes;
  }

  /** From where on `addShape`, called now, makes the run count; undefined: no run goes on. */
  get countedFrom(): CountedFrom | undefined {
    if (this.#run === undefined || this.isOver) return undefined;
    return {
      run: this.#run,
      ...(this.#firstMs !== undefined && this.#progress && { afterMs: this.#progress.timeMs }),
      inView: [...this.#openTracks],
    };
  }

  /** Counts at the shape from the next new track on, and no more at one of the same id. */
  addShape(shape: Shape): void {
    this.#engine?.addShape(shape);
    this.#shapes = [...this.#shapes.filter(({ id }) => id !== shape.id), shape];
  }

  /** Gives the shape another name. */
  renameShape(id: ShapeId, name: string): void {
    this.#shapes = this.#shapes.map((shape) => (shape.id === id ? { ...shape, name } : shape));
  }

  removeShape(id: ShapeId): void {
    this.#engine?.removeShape(id);
    this.#shapes = this.#shapes.filter((shape) => shape.id !== id);
  }

  /**
   * A run begins; what the camera's last run left behind has been ended with `endTracks`.
   *
   * @param goesOn whether the run before broke off, so that whoever was in a zone then has not left it
   */
  begin(run: RunId, progress: Progress | undefined, goesOn: boolean): void {
    this.#run = run;
    this.#progress = progress;
    this.#engine = undefined;
    this.#lastEvents = undefined;
    this.#goesOn = goesOn;
    this.#firstMs = undefined;
    this.#carriedOver.clear();
  }

  get run(): RunId | undefined {
    return this.#run;
  }

  /** The last frame taken over. */
  get progress(): Progress | undefined {
    return this.#progress;
  }

  /** Whether any frame has been taken over. */
  get hasBegun(): boolean {
    return this.#frames > 0;
  }

  get state(): CameraState {
    return this.#state;
  }

  get message(): string | undefined {
    return this.#message;
  }

  /** Whether the camera has nothing more to do. */
  get isOver(): boolean {
    return this.#state === 'finished' || this.#state === 'failed';
  }

  setState(state: CameraState, message?: string, nowMs = Date.now()): void {
    if (state !== this.#state) this.#sinceMs = nowMs;
    this.#state = state;
    this.#message = message;
  }

  /** Returns whether it is news. */
  setDecoding(decoding: Decoding): boolean {
    const before = this.#decoding;
    // Until its decoder is made, a new connection is taken to decode as the last one did.
    if (decoding.decoder === undefined && before?.chain === decoding.chain) return false;
    this.#decoding = decoding;
    return before?.chain !== decoding.chain || before.decoder !== decoding.decoder;
  }

  /** The first frame of a connection has come. Returns whether it is the run's first. */
  setRunning(aspect: number, durationMs: number | undefined): boolean {
    this.setState('running');
    this.#durationMs = durationMs;
    if (this.#engine) return false;
    this.#engine = createEventEngine(this.camera.id, this.#shapes, { aspect });
    return true;
  }

  /** Takes one frame of a run over, without what is in the ignored areas. */
  take({ run, record }: { readonly run: RunId; readonly record: FrameRecord }, nowMs: number) {
    const shown = this.#withoutIgnored(record);
    return { run, record: shown, events: this.accept(shown, nowMs) };
  }

  /** Takes one frame over; returns what happened in it at the camera's lines and zones. */
  accept(record: FrameRecord, nowMs: number): TrackEvent[] {
    const engine = this.#engine;
    if (!engine) throw new Error(`camera ${this.camera.id} sent a frame before it said that it runs`);
    const { frame, mediaTimeMs, timeMs } = record;
    this.#progress = { frame, mediaTimeMs, timeMs };
    this.#frames++;
    this.#dropped += record.dropped;
    this.#rate.count(nowMs);
    this.#records.push(record);
    if (this.#records.length > recordsHeld) this.#records.shift();
    for (const { trackId } of record.tracks) this.#openTracks.add(trackId);
    this.stills.compare(record);
    for (const trackId of record.ended) {
      this.#openTracks.delete(trackId);
      this.stills.onTrackEnd(trackId);
    }
    this.#noteBirths(record);
    const events = [
      ...record.tracks.flatMap((update) => engine.update(update)),
      ...record.ended.flatMap((trackId) => engine.end(trackId)),
    ].filter((event) => !this.#isStillInside(event));
    for (const event of events) this.stills.onFound(event);
    return events;
  }

  /** Takes a still over; it may come before or after the record of its frame. */
  addStill(still: StillMessage): void {
    this.stills.add(still);
    const record = this.#recordNear(still);
    if (!record) return;
    // The best shot of a track that has ended since then is chosen already.
    const detections = record.detections.filter(({ trackId }) => trackId && this.#openTracks.has(trackId));
    this.stills.compare({ timeMs: record.timeMs, detections });
  }

  /** The nearest record that is held. */
  #recordNear({ timeMs }: StillMessage): FrameRecord | undefined {
    return this.#records.toSorted((a, b) => Math.abs(a.timeMs - timeMs) - Math.abs(b.timeMs - timeMs))[0];
  }

  /** Remembers the tracks that a run which goes on found at once: they were there before. */
  #noteBirths({ timeMs, tracks }: FrameRecord): void {
    this.#firstMs ??= timeMs;
    if (!this.#goesOn || timeMs - this.#firstMs > 2 * resumeMs) return;
    for (const { trackId, points } of tracks) {
      const bornMs = points[0]?.timeMs ?? Infinity;
      if (!this.#carriedOver.has(trackId) && bornMs - this.#firstMs <= resumeMs)
        this.#carriedOver.set(trackId, bornMs);
    }
  }

  /** Whether someone only seems to enter a zone, being in it when a run goes on where another broke off. */
  #isStillInside({ type, trackId, timeMs }: TrackEvent): boolean {
    return type === 'enter' && this.#carriedOver.get(trackId) === timeMs;
  }

  /**
   * All open tracks end where they were last seen. Returns the events that this makes; the same ones when it is called
   * again because they could not be stored.
   */
  endTracks(): readonly TrackEvent[] {
    this.#lastEvents ??= [...this.#openTracks].flatMap((trackId) => this.#engine?.end(trackId) ?? []);
    this.#openTracks.clear();
    this.stills.onEnd();
    return this.#lastEvents;
  }

  status(nowMs: number): CameraStatus {
    return {
      camera: this.camera.id,
      state: this.#state,
      sinceMs: this.#sinceMs,
      ...(this.camera.maxFps !== undefined && { maxFps: this.camera.maxFps }),
      ...(this.camera.identify === false && { identify: false as const }),
      ...(this.#message !== undefined && { message: this.#message }),
      frames: this.#frames,
      dropped: this.#dropped,
      fps: this.#rate.perSecond(nowMs),
      ...(this.#decoding && { decoding: this.#decoding }),
      ...(this.#progress && { lastFrameMs: this.#progress.timeMs }),
      ...(this.#durationMs !== undefined && {
        progress:
          this.#state === 'finished' ? 1 : Math.min(1, (this.#progress?.mediaTimeMs ?? 0) / this.#durationMs),
      }),
    };
  }

  latestPicture(): LivePicture | undefined {
    const still = this.stills.latest;
    if (!still) return undefined;
    const record = this.#recordNear(still);
    const sure = record?.detections.filter(({ trackId }) => trackId !== undefined) ?? [];
    return { camera: this.camera.id, timeMs: still.timeMs, jpeg: still.jpeg, boxes: sure };
  }
}
