import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { boxArea } from '../domain/box.ts';
import type { Detection } from '../domain/detection.ts';
import type { TrackEvent } from '../domain/event.ts';
import type { FrameRecord } from '../domain/frame.ts';
import type { CameraId, EventId, TrackId } from '../domain/ids.ts';
import type { NewStill } from '../store/types.ts';
import type { StillMessage } from '../vision/messages.ts';

/** Stills held in memory for each camera, about one a second: an event can be told some seconds after it happened. */
const stillsHeld = 12;
/** A better shot of a track replaces the saved one only when it is better by this factor. */
const betterBy = 1.5;
/** Without any event one still is kept so often, so that a quiet past can be looked at. */
const periodMs = 60_000;

/** A frame this far from a still says nothing of what the still shows: at one frame a second the nearest is nearer. */
const nearMs = 510;

interface BestShot {
  readonly still: StillMessage;
  readonly score: number;
  readonly savedScore: number;
}

/** Chooses which stills of one camera are worth keeping: of events, the best shot of each track, one a minute. */
export class StillKeeper {
  readonly #folder: string;
  readonly #held: StillMessage[] = [];
  readonly #best = new Map<TrackId, BestShot>();
  readonly #found = new WeakMap<TrackEvent, StillMessage>();
  readonly #chosen = new Map<number, { still: StillMessage; events: EventId[]; bestOf: TrackId[] }>();
  #lastPeriodicMs = -Infinity;

  /** @param folder where the JPEG files go, below a folder for each camera and day */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The newest still. */
  get latest(): StillMessage | undefined {
    return this.#held.at(-1);
  }

  add(still: StillMessage): void {
    this.#held.push(still);
    if (this.#held.length > stillsHeld) this.#held.shift();
    if (still.timeMs - this.#lastPeriodicMs >= periodMs) {
      this.#lastPeriodicMs = still.timeMs;
      this.#choose(still);
    }
  }

  /**
   * Looks whether the still nearest to this time, if it is near, shows a track better than those before. Stills and analysed
   * frames are thinned each in their own way: the further apart, the less the frame says of what the still shows.
   */
  compare({ timeMs, detections }: Pick<FrameRecord, 'timeMs' | 'detections'>): void {
    const still = this.#nearest(timeMs);
    const nearness = still ? 1 - Math.abs(still.timeMs - timeMs) / nearMs : 0;
    if (!still || nearness <= 0) return;
    for (const detection of detections) {
      if (detection.trackId !== undefined)
        this.#compare(detection.trackId, still, nearness * shotScore(detection));
    }
  }

  /** Chooses the best shot of a track that has ended. */
  onTrackEnd(trackId: TrackId): void {
    this.#saveBest(trackId);
    this.#best.delete(trackId);
  }

  /** Notes the still nearest to an event that has just been found: by the time it has an id, others are held. */
  onFound(event: TrackEvent): void {
    const nearest = this.#nearest(event.timeMs);
    if (nearest) this.#found.set(event, nearest);
  }

  /** Chooses the still noted for an event, which now has an id; the nearest one held when none was noted. */
  onEvent(id: EventId, event: TrackEvent): void {
    const still = this.#found.get(event) ?? this.#nearest(event.timeMs);
    if (still) this.#choose(still).events.push(id);
  }

  /** All tracks have ended. */
  onEnd(): void {
    for (const trackId of [...this.#best.keys()]) this.onTrackEnd(trackId);
  }

  /** Writes the chosen stills to disk and returns their rows. What cannot be written is told to `onError`. */
  async save(onError: (error: unknown) => void): Promise<NewStill[]> {
    const chosen = [...this.#chosen.values()];
    this.#chosen.clear();
    const rows = await Promise.all(
      chosen.map(async ({ still, events, bestOf }): Promise<NewStill | undefined> => {
        const path = stillPath(still.camera, still.timeMs);
        try {
          await mkdir(dirname(join(this.#folder, path)), { recursive: true });
          await writeFile(join(this.#folder, path), still.jpeg);
        } catch (error) {
          onError(error);
          return undefined;
        }
        const { camera, timeMs, width, height, jpeg } = still;
        return { camera, timeMs, path, width, height, bytes: jpeg.byteLength, events, bestOf };
      }),
    );
    return rows.filter((row) => row !== undefined);
  }

  #nearest(timeMs: number): StillMessage | undefined {
    return this.#held.toSorted((a, b) => Math.abs(a.timeMs - timeMs) - Math.abs(b.timeMs - timeMs))[0];
  }

  #compare(trackId: TrackId, still: StillMessage, score: number): void {
    const best = this.#best.get(trackId);
    if (best && score <= best.score) return;
    this.#best.set(trackId, { still, score, savedScore: best?.savedScore ?? -Infinity });
    // The first shot is kept at once: the track may live for hours, or this process may not.
    if (!best) this.#saveBest(trackId);
  }

  #saveBest(trackId: TrackId): void {
    const best = this.#best.get(trackId);
    if (!best || best.score <= best.savedScore * betterBy) return;
    this.#best.set(trackId, { ...best, savedScore: best.score });
    this.#choose(best.still).bestOf.push(trackId);
  }

  #choose(still: StillMessage): { events: EventId[]; bestOf: TrackId[] } {
    const chosen = this.#chosen.get(still.timeMs) ?? { still, events: [], bestOf: [] };
    this.#chosen.set(still.timeMs, chosen);
    return chosen;
  }
}

/**
 * How well a still shows an object: large, sure, sharp, and not cut off by the edge of the picture. Where the sharpness
 * was not measured, only better than no shot at all.
 */
function shotScore({ box, confidence, sharpness = 0 }: Detection): number {
  const margin = 0.005;
  const isCut = box.x1 < margin || box.y1 < margin || box.x2 > 1 - margin || box.y2 > 1 - margin;
  return boxArea(box) * confidence * sharpness * (isCut ? 0.5 : 1);
}

function stillPath(camera: CameraId, timeMs: number): string {
  const day = new Date(timeMs).toISOString().slice(0, 10);
  return `${camera}/${day}/${Math.round(timeMs)}.jpg`;
}
