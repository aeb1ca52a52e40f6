import type { Appearance } from '../domain/appearance.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { CameraId, TrackId } from '../domain/ids.ts';
import { Looks } from '../identify/looks.ts';
import { isPoor, shotsOf, type Shot } from '../identify/quality.ts';
import type { Describer } from './describer.ts';
import { RecentSightings } from './recentSightings.ts';

/** Stills with the describer: of a file so many that it does not stand still, of a live camera one; others wait, and get old. */
const filesAhead = 4;
/** Stills are held until frames so much later have come: a track may be confirmed late. */
const heldMs = 4_000;
/** Stills that may be held: about what the queues before the tracker hold of frames as slow as stills, and a few more. */
const mostHeld = 40;

export interface TakerOptions {
  readonly camera: CameraId;
  readonly live: boolean;
  readonly describer: Pick<Describer, 'describe'>;
  readonly onAppearances: (appearances: readonly Appearance[]) => void;
}

interface PlacedStill {
  /** Presentation time within one connection, ms. */
  readonly ptsMs: number;
  readonly jpeg: Uint8Array;
  /** Of the picture, px. */
  readonly height: number;
}

interface HeldStill extends PlacedStill {
  /** Tracks that were looked at on it. */
  readonly shown: Set<TrackId>;
  /** Whether it may show what is not known of it yet. */
  isNews: boolean;
}

/** Takes a few good pictures of each track of one camera, and has them described. */
export class AppearanceTaker {
  readonly #options: TakerOptions;
  readonly #looks = new Looks();
  readonly #described = new Set<Promise<void>>();
  #sightings = new RecentSightings();
  /** In order. */
  #stills: HeldStill[] = [];

  constructor(options: TakerOptions) {
    this.#options = options;
  }

  /** Presentation times begin anew. */
  onConnection(): void {
    this.#sightings = new RecentSightings();
    this.#stills = [];
  }

  /** Takes a still; in order of time, before or after the frames around it. */
  onStill({ ptsMs, jpeg, height }: PlacedStill): void {
    this.#stills = [...this.#stills, { ptsMs, jpeg, height, shown: new Set<TrackId>(), isNews: true }].slice(
      -mostHeld,
    );
    this.#look();
  }

  /** What is tracked in a frame; in order of time. */
  onFrame(record: FrameRecord): void {
    // A track that is confirmed now was there before.
    if (this.#sightings.add(record)) for (const still of this.#stills) still.isNews = true;
    for (const { trackId, points } of record.tracks)
      this.#looks.see(trackId, points[0]?.timeMs ?? record.timeMs);
    this.#stills = this.#stills.filter(({ ptsMs }) => record.mediaTimeMs - ptsMs <= heldMs);
    this.#look();
    for (const track of record.ended) {
      this.#looks.forget(track);
      this.#sightings.forget(track);
    }
  }

  /** Whether somebody in the frame, new there, waits for a first look: more stills would help. */
  isWaiting({ tracks, timeMs }: Pick<FrameRecord, 'tracks' | 'timeMs'>): boolean {
    return tracks.some(({ trackId }) => this.#looks.isWanted(trackId, timeMs));
  }

  /** Resolves when a file may go on. A live camera never waits. */
  async room(): Promise<void> {
    while (!this.#options.live && this.#described.size >= filesAhead) await Promise.race(this.#described);
  }

  /** Resolves when all that was taken is described and told. */
  async drained(): Promise<void> {
    while (this.#described.size > 0) await Promise.all(this.#described);
  }

  /** Takes what is due from the stills whose frames have come. */
  #look(): void {
    for (const still of this.#stills) {
      if (!still.isNews) continue;
      const moment = this.#sightings.at(still.ptsMs);
      // Of a later still even less is known.
      if (!moment || (this.#options.live && this.#described.size > 0)) return;
      still.isNews = false;
      const due = shotsOf(moment.objects, still.height).filter(
        (shot) =>
          !still.shown.has(shot.trackId) && this.#looks.isDue(shot.trackId, moment.timeMs, isPoor(shot)),
      );
      if (due.length > 0) this.#describe(still, due, moment.timeMs);
    }
  }

  #describe(still: HeldStill, due: readonly Shot[], timeMs: number): void {
    const { camera, describer, onAppearances } = this.#options;
    for (const shot of due) {
      still.shown.add(shot.trackId);
      this.#looks.take(shot.trackId, timeMs, isPoor(shot));
    }
    const quality = new Map(due.map((shot) => [shot.trackId, shot.quality]));
    const objects = due.map(({ trackId, label, box }) => ({ trackId, label, box }));
    const described = describer.describe({ jpeg: still.jpeg, objects }).then((found) => {
      this.#described.delete(described);
      onAppearances(found.map((one) => ({ camera, timeMs, quality: quality.get(one.trackId) ?? 0, ...one })));
      // Those that waited for the describer.
      this.#look();
    });
    this.#described.add(described);
  }
}
