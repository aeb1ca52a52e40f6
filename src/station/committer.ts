import type { Appearance } from '../domain/appearance.ts';
import type { CameraId } from '../domain/ids.ts';
import { messageOf } from '../domain/errors.ts';
import type { Batch, Committed, FrameCommit, NewStill } from '../store/types.ts';
import type { StillKeeper } from './stills.ts';

/** Longest time from a frame's arrival to its being stored. */
const flushMs = 250;
/** After a failed write, e.g. as the disk is full. */
const retryMs = 2_000;

export interface CommitterOptions {
  readonly commit: (batch: Batch) => Committed;
  readonly stillsOf: (camera: CameraId) => StillKeeper | undefined;
  readonly keepers: () => Iterable<StillKeeper>;
  readonly now: () => number;
  /** Everything of the camera up to the frame is stored. */
  readonly onStored: (camera: CameraId, frame: number) => void;
  /** What watches found by these frames is stored. */
  readonly onFirings?: (firings: Committed['firings']) => void;
  /** What keeps the store from being written; undefined once it can be written again. */
  readonly onProblem: (problem: string | undefined, error?: unknown) => void;
}

/** Collects frames and stores them in one transaction every quarter of a second. Nothing is given up: it tries again. */
export class Committer {
  readonly #options: CommitterOptions;
  #frames: FrameCommit[] = [];
  #stills: NewStill[] = [];
  #appearances: Appearance[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #problem: string | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  add(frame: FrameCommit): void {
    this.#frames.push(frame);
    this.#timer ??= setTimeout(() => void this.flush(), this.#problem === undefined ? flushMs : retryMs);
  }

  /** Stored with the next frames. */
  addAppearance(appearance: Appearance): void {
    this.#appearances.push(appearance);
    this.#timer ??= setTimeout(() => void this.flush(), this.#problem === undefined ? flushMs : retryMs);
  }

  /** Whether something waits to be stored, as it could not be. */
  get isBehind(): boolean {
    return this.#frames.length > 0 || this.#stills.length > 0;
  }

  /** Stores what has been added; resolves when it is stored, or could not be. One at a time, in order. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    let problem: string | undefined;
    let cause: unknown;
    for (const keeper of this.#options.keepers()) {
      const saved = await keeper.save(
        (error) => (problem = `A still could not be saved: ${messageOf(error)}`),
      );
      this.#stills.push(...saved);
    }
    const frames = this.#frames;
    const stills = this.#stills;
    const appearances = this.#appearances;
    if (frames.length > 0 || stills.length > 0 || appearances.length > 0) {
      this.#frames = [];
      this.#stills = [];
      this.#appearances = [];
      try {
        const committed = this.#options.commit({ nowMs: this.#options.now(), frames, stills, appearances });
        for (const { id, event } of committed.events)
          this.#options.stillsOf(event.camera)?.onEvent(id, event);
        for (const [camera, frame] of lastFrames(frames)) this.#options.onStored(camera, frame);
        this.#options.onFirings?.(committed.firings);
      } catch (error) {
        // Kept for the next try; the unacknowledged frames hold the vision process back meanwhile.
        this.#frames = [...frames, ...this.#frames];
        this.#stills = [...stills, ...this.#stills];
        this.#appearances = [...appearances, ...this.#appearances];
        problem = messageOf(error);
        cause = error;
        this.#timer ??= setTimeout(() => void this.flush(), retryMs);
      }
    }
    this.#setProblem(problem, cause);
  }

  #setProblem(problem: string | undefined, error: unknown): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.onProblem(problem, error);
  }
}

const lastFrames = (frames: readonly FrameCommit[]): Map<CameraId, number> =>
  new Map(frames.map(({ record }) => [record.camera, record.frame]));
