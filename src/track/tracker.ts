import type { Detection } from '../domain/detection.ts';
import { ArgusError } from '../domain/errors.ts';
import type { TrackId } from '../domain/ids.ts';
import type { TrackUpdate } from '../domain/track.ts';
import { assign } from './assignment.ts';
import type { Tracker, TrackerOutput } from './contract.ts';
import { LiveTrack } from './liveTrack.ts';
import type { Settings, TrackerOptions } from './options.ts';
import { defaults } from './options.ts';
import { bufferedIou } from './similarity.ts';

/**
 * Tracks by detection in the manner of ByteTrack (Zhang et al., arXiv 2110.06864): strong detections are matched first
 * to all tracks, weak ones then keep alive the tracks that are left. Places are predicted by a Kalman filter as in SORT
 * (Bewley et al., arXiv 1602.00763) and put right after a gap as in OC-SORT (Cao et al., arXiv 2203.14360). All
 * durations are times, so that the frame rate does not change what a track is.
 *
 * Points carry the box of the matched detection. A track that is not matched gives no point. Detections with a
 * confidence or a box that is not finite, or with a box without area, are passed through without a track.
 */
export function createTracker(options: TrackerOptions & Partial<Settings>): Tracker {
  return new ByteTracker({ ...defaults, ...options });
}

class ByteTracker implements Tracker {
  private readonly settings: Settings;
  private readonly kindOf: ReadonlyMap<string, string>;
  private tracks: LiveTrack[] = [];
  private lastMs = -Infinity;

  constructor(settings: Settings) {
    this.settings = settings;
    this.kindOf = new Map(
      settings.interchangeable.flatMap((labels) => labels.map((label) => [label, labels.join()])),
    );
  }

  update(detections: readonly Detection[], timeMs: number): TrackerOutput {
    this.checkTime(timeMs);
    const { highConfidence, lowConfidence, minSimilarity, minSimilarityLow, minSimilarityTentative } =
      this.settings;
    for (const track of this.tracks) track.predict(timeMs);

    const usable = detections.filter(isUsable);
    const strong = usable.filter((d) => d.confidence >= highConfidence);
    const weak = usable.filter((d) => d.confidence < highConfidence && d.confidence >= lowConfidence);
    const trackOf = new Map<Detection, LiveTrack>();

    const confirmed = this.tracks.filter((t) => t.id !== undefined);
    this.match(confirmed, strong, timeMs, minSimilarity, trackOf);
    const justSeen = confirmed.filter((t) => t.missedFrames === 1);
    this.match(justSeen, weak, timeMs, minSimilarityLow, trackOf);
    const tentative = this.tracks.filter((t) => t.id === undefined);
    this.match(tentative, strong, timeMs, minSimilarityTentative, trackOf);
    for (const detection of strong) if (!trackOf.has(detection)) this.spawn(detection, timeMs, trackOf);

    const ended = this.prune(timeMs);
    this.confirm(timeMs);
    return {
      detections: detections.map((d) => {
        const id = trackOf.get(d)?.id;
        return id === undefined ? d : { ...d, trackId: id };
      }),
      tracks: this.takeUpdates(),
      ended,
    };
  }

  finish(): readonly TrackId[] {
    const ids = this.tracks.flatMap((t) => t.id ?? []);
    this.tracks = [];
    return ids;
  }

  private checkTime(timeMs: number): void {
    if (timeMs > this.lastMs && Number.isFinite(timeMs)) {
      this.lastMs = timeMs;
      return;
    }
    throw new ArgusError(
      `A frame at ${timeMs} ms was given to the tracker after the frame at ${this.lastMs} ms.`,
      'Give frames in strictly increasing time, and start a new tracker when the source starts again.',
    );
  }

  /** Pairs the tracks and detections that have no partner yet. */
  private match(
    candidates: readonly LiveTrack[],
    detections: readonly Detection[],
    timeMs: number,
    minSimilarity: number,
    trackOf: Map<Detection, LiveTrack>,
  ): void {
    const tracks = candidates.filter((t) => t.missedFrames > 0);
    const free = detections.filter((d) => !trackOf.has(d));
    if (tracks.length === 0 || free.length === 0) return;
    const cost = new Float64Array(tracks.length * free.length);
    let cell = 0;
    for (const track of tracks) {
      const kind = this.kind(track.label);
      const buffer = this.bufferOf(track, timeMs);
      for (const detection of free) {
        const similarity =
          this.kind(detection.label) === kind ? bufferedIou(track.box, detection.box, buffer) : 0;
        cost[cell++] = similarity >= minSimilarity ? 1 - similarity : Infinity;
      }
    }
    for (const { row, column } of assign(cost, tracks.length, free.length)) {
      const track = tracks[row];
      const detection = free[column];
      if (!track || !detection) continue;
      track.correct(detection, timeMs);
      trackOf.set(detection, track);
    }
  }

  private kind(label: string): string {
    return this.kindOf.get(label) ?? label;
  }

  private bufferOf(track: LiveTrack, timeMs: number): number {
    const { bufferAtRest, bufferPerSecond, bufferMax } = this.settings;
    return Math.min(bufferMax, bufferAtRest + (bufferPerSecond * (timeMs - track.lastSeenMs)) / 1000);
  }

  private spawn(detection: Detection, timeMs: number, trackOf: Map<Detection, LiveTrack>): void {
    const track = new LiveTrack(detection, timeMs, this.settings.motion);
    this.tracks.push(track);
    trackOf.set(detection, track);
  }

  /** Drops the tracks not seen for too long; returns the ids of the confirmed ones. */
  private prune(timeMs: number): TrackId[] {
    const { lostAfterMs, tentativeLostAfterMs } = this.settings;
    const ended: TrackId[] = [];
    this.tracks = this.tracks.filter((track) => {
      const unseenMs = timeMs - track.lastSeenMs;
      if (track.id === undefined) return track.missedFrames <= 1 || unseenMs <= tentativeLostAfterMs;
      if (unseenMs <= lostAfterMs) return true;
      ended.push(track.id);
      return false;
    });
    return ended;
  }

  private confirm(timeMs: number): void {
    const { confirmSightings, confirmAfterMs, nextId } = this.settings;
    for (const track of this.tracks) {
      const due = track.sightings >= confirmSightings && timeMs - track.firstSeenMs >= confirmAfterMs;
      if (due && track.missedFrames === 0) track.id ??= nextId();
    }
  }

  private takeUpdates(): TrackUpdate[] {
    const updates: TrackUpdate[] = [];
    for (const track of this.tracks) {
      if (track.id === undefined || track.pending.length === 0) continue;
      updates.push({ trackId: track.id, label: track.label, points: track.pending });
      track.pending = [];
    }
    return updates;
  }
}

function isUsable({ box, confidence }: Detection): boolean {
  const finite =
    Number.isFinite(box.x1) && Number.isFinite(box.y1) && Number.isFinite(box.x2) && Number.isFinite(box.y2);
  return finite && box.x1 < box.x2 && box.y1 < box.y2 && Number.isFinite(confidence);
}
