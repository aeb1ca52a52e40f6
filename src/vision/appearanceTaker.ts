import type { Appearance } from '../domain/appearance.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';
import { Looks } from '../identify/looks.ts';
import { shotsOf } from '../identify/quality.ts';
import type { Describer } from './describer.ts';
import { StillMatcher } from './stillMatcher.ts';

/** Stills with the describer: of a file so many that it does not stand still, of a live camera one, else they are skipped. */
const filesAhead = 4;

export interface TakerOptions {
  readonly camera: CameraId;
  readonly live: boolean;
  readonly describer: Pick<Describer, 'describe'>;
  readonly onAppearances: (appearances: readonly Appearance[]) => void;
}

interface PlacedStill {
  readonly ptsMs: number;
  readonly jpeg: Uint8Array;
  /** Of the picture, px. */
  readonly height: number;
}

interface PlacedFrame extends Pick<FrameRecord, 'timeMs' | 'detections' | 'tracks'> {
  readonly ptsMs: number;
}

/** Takes a few good pictures of each track of one camera, and has them described. */
export class AppearanceTaker {
  readonly #options: TakerOptions;
  readonly #looks = new Looks();
  #matcher = new StillMatcher<PlacedStill, PlacedFrame>();
  readonly #described = new Set<Promise<void>>();

  constructor(options: TakerOptions) {
    this.#options = options;
  }

  /** Presentation times begin anew. */
  onConnection(): void {
    this.#matcher = new StillMatcher();
  }

  onStill(still: PlacedStill): void {
    const frame = this.#matcher.addStill(still);
    if (frame) this.#look(still, frame);
  }

  /** What is tracked in a frame; in order of time. */
  onFrame({ mediaTimeMs, timeMs, detections, tracks, ended }: FrameRecord): void {
    const frame = { ptsMs: mediaTimeMs, timeMs, detections, tracks };
    const still = this.#matcher.addFrame(frame);
    if (still) this.#look(still, frame);
    for (const track of ended) this.#looks.forget(track);
  }

  /** Resolves when a file may go on. A live camera never waits. */
  async room(): Promise<void> {
    while (!this.#options.live && this.#described.size >= filesAhead) await Promise.race(this.#described);
  }

  /** Resolves when all that was taken is described and told. */
  async drained(): Promise<void> {
    while (this.#described.size > 0) await Promise.all(this.#described);
  }

  #look({ jpeg, height }: PlacedStill, { timeMs, detections, tracks }: PlacedFrame): void {
    const { camera, live, describer, onAppearances } = this.#options;
    if (live && this.#described.size > 0) return;
    const due = shotsOf(detections, height).filter(({ trackId }) => this.#looks.isDue(trackId, timeMs));
    if (due.length === 0) return;
    for (const { trackId } of due) this.#looks.take(trackId, timeMs);
    const labels = new Map<TrackId, string>(tracks.map(({ trackId, label }) => [trackId, label]));
    const objects = due.map(({ trackId, label, box }) => ({
      trackId,
      // The track knows better than one detection of it.
      label: labels.get(trackId) ?? label,
      box,
    }));
    const quality = new Map(due.map((shot) => [shot.trackId, shot.quality]));
    const described = describer.describe({ jpeg, objects }).then((found) => {
      this.#described.delete(described);
      onAppearances(found.map((one) => ({ camera, timeMs, quality: quality.get(one.trackId) ?? 0, ...one })));
    });
    this.#described.add(described);
  }
}
