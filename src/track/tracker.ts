import { iou } from '../domain/box.ts';
import type { Detection } from '../domain/detection.ts';
import { ArgusError } from '../domain/errors.ts';
import type { TrackId } from '../domain/ids.ts';
import type { TrackUpdate } from '../domain/track.ts';
import type { Sight } from './association.ts';
import { bufferedIou, byOverlap, isSure, match, type PairCost } from './association.ts';
import { RecentSights } from './backtrack.ts';
import type { Tracker, TrackerOutput } from './contract.ts';
import { LiveTrack } from './liveTrack.ts';
import { findDoubles } from './doubles.ts';
import type { Settings, TrackerOptions } from './options.ts';
import { settingsOf } from './options.ts';
import { byReach } from './reach.ts';
import { stitches } from './stitching.ts';

/** How alike, 0–1, a track and a detection must be. */
const minSimilarity = { strong: 0.3, weak: 0.4, tentative: 0.3, otherKind: 0.5 } as const;
/** Weak detections keep a track alive that was not seen for up to this long; the frame before always counts. */
const weakWithinMs = 200;
/** A track takes detections of another kind for so long after the last of its own. */
const otherKindWithinMs = 1000;
/** A detection is where a track is if it overlaps this much with its predicted box, each grown by this share. */
const [expectedIou, expectedGrow] = [0.2, 0.25];
/** A parked vehicle that was hidden is the same if it overlaps this much with where it stood; it is waited for this long, ms. */
const parkedIou = 0.5;
const parkedForMs = 60_000;
/** A tentative track not seen for longer is dropped; one missed frame is always forgiven. */
const tentativeLostAfterMs = 150;

/**
 * Tracks by detection in the manner of ByteTrack (Zhang et al., arXiv 2110.06864): strong detections are matched first,
 * to seen and lost tracks alike; weak ones then keep alive the tracks seen just before. Places are predicted by a Kalman
 * filter as in SORT (Bewley et al., arXiv 1602.00763). A new track that begins where a lost one would be is that one, before
 * its first point is given out. All durations are times, so that the frame rate does not change
 * what a track is.
 *
 * A point's box lies between the matched detection's and the filter's. A track that is not matched gives no point.
 * A detection whose box or confidence is not finite, or whose box has no area, is passed through without a track.
 */
export function createTracker(options: TrackerOptions): Tracker {
  return new ByteTracker(settingsOf(options));
}

class ByteTracker implements Tracker {
  private readonly settings: Settings;
  private readonly kindOf: ReadonlyMap<string, number>;
  private tracks: LiveTrack[] = [];
  private lastMs = -Infinity;
  private readonly recent = new RecentSights();

  constructor(settings: Settings) {
    this.settings = settings;
    this.kindOf = new Map(
      settings.interchangeable.flatMap((labels, kind) => labels.map((label) => [label, kind])),
    );
  }

  update(detections: readonly Detection[], timeMs: number): TrackerOutput {
    this.checkTime(timeMs);
    const ended = this.prune(timeMs);
    for (const track of this.tracks) track.predict(timeMs);

    const { lowConfidence, lostAfterMs } = this.settings;
    const sights = detections.map((detection) => this.sightOf(detection));
    const usable = sights.filter((s) => isUsable(s.detection));
    const followed = this.tracks.filter((t) => timeMs - t.lastSeenMs <= lostAfterMs);
    const doubles = findDoubles(usable, this.sameKind, (sight) => this.isExpected(sight, followed));
    const single = usable.filter((sight) => !doubles.has(sight));
    const strong = single.filter(isSure);
    const weak = single.filter((s) => !isSure(s) && s.detection.confidence >= lowConfidence);
    const confirmed = followed.filter((t) => t.id !== undefined);
    const tentative = followed.filter((t) => t.id === undefined);
    const fresh = confirmed.filter((t) => t.missedFrames === 1 || timeMs - t.lastSeenMs <= weakWithinMs);

    match(confirmed, strong, timeMs, byOverlap(minSimilarity.strong, this.sameKind));
    match(fresh, weak, timeMs, byOverlap(minSimilarity.weak, this.sameKind));
    match(tentative, strong, timeMs, byOverlap(minSimilarity.tentative, this.sameKind));
    match(followed, strong, timeMs, this.byPlaceAlone);
    match(this.tracks, strong, timeMs, this.byParkingPlace);
    match(
      this.tracks.filter((t) => t.missedFrames === 1),
      strong,
      timeMs,
      byReach(this.sameKind),
    );
    for (const { track, detection } of single)
      if (track && this.sameKind(track.label, detection.label)) track.kindSeenMs = timeMs;
    for (const [double, better] of doubles) better.track?.voteFor(double.detection, isSure(double));
    this.spawn(strong, timeMs);
    this.recent.add(timeMs, single);
    this.confirm(timeMs);

    return { detections: sights.map(trackedDetection), tracks: this.takeUpdates(), ended };
  }

  finish(): readonly TrackId[] {
    const ids = this.tracks.flatMap((t) => t.id ?? []);
    this.tracks = [];
    return ids;
  }

  private sightOf(detection: Detection): Sight {
    const { highConfidence, highConfidenceOf } = this.settings;
    return { detection, sureFrom: highConfidenceOf.get(detection.label) ?? highConfidence, track: undefined };
  }

  /** Whether a confirmed track of its kind is where the detection is. */
  private isExpected({ detection: { box, label } }: Sight, tracks: readonly LiveTrack[]): boolean {
    return tracks.some(
      (track) =>
        track.id !== undefined &&
        this.sameKind(track.label, label) &&
        bufferedIou(track.box, box, expectedGrow) >= expectedIou,
    );
  }

  private checkTime(timeMs: number): void {
    if (!(timeMs > this.lastMs) || timeMs === Infinity)
      throw new ArgusError(
        `A frame at ${timeMs} ms was given to the tracker after the frame at ${this.lastMs} ms.`,
        'Give frames in strictly increasing time, and start a new tracker when the source starts again.',
      );
    this.lastMs = timeMs;
  }

  /** Drops the tracks not seen for too long; returns the ids of the confirmed ones. */
  private prune(timeMs: number): TrackId[] {
    const ended: TrackId[] = [];
    this.tracks = this.tracks.filter((track) => {
      const unseenMs = timeMs - track.lastSeenMs;
      const stays =
        unseenMs <= this.patienceMs(track) &&
        (track.id !== undefined || track.missedFrames <= 1 || unseenMs <= tentativeLostAfterMs);
      if (!stays && track.id !== undefined) ended.push(track.id);
      return stays;
    });
    return ended;
  }

  private patienceMs(track: LiveTrack): number {
    const { lostAfterMs, parking } = this.settings;
    return parking.includes(track.label)
      ? Math.max(lostAfterMs, Math.min(parkedForMs, track.stoodMs))
      : lostAfterMs;
  }

  private readonly sameKind = (a: string, b: string): boolean =>
    a === b || (this.kindOf.has(a) && this.kindOf.get(a) === this.kindOf.get(b));

  /** What is taken for something else in a few frames is still the same; for longer, something else took its place. */
  private readonly byPlaceAlone: PairCost = (track, sight, timeMs) =>
    timeMs - track.kindSeenMs <= otherKindWithinMs ? byAnyOverlap(track, sight, timeMs) : Infinity;

  private readonly byParkingPlace: PairCost = (track, { detection }) => {
    if (!this.settings.parking.includes(track.label) || !this.sameKind(track.label, detection.label))
      return Infinity;
    const overlap = iou(track.lastBox, detection.box);
    return overlap >= parkedIou ? 1 - overlap : Infinity;
  };

  private spawn(sights: readonly Sight[], timeMs: number): void {
    for (const sight of sights) {
      if (sight.track) continue;
      sight.track = new LiveTrack(sight.detection, timeMs);
      this.tracks.push(sight.track);
    }
  }

  /** A track that is due goes on under the id of a lost one, if there is one that it fits; else it gets its own. */
  private confirm(timeMs: number): void {
    const due = this.tracks.filter((track) => this.isDue(track, timeMs));
    const { lostAfterMs } = this.settings;
    const lost = this.tracks.filter(
      (t) => t.id !== undefined && t.missedFrames > 0 && timeMs - t.lastSeenMs <= lostAfterMs,
    );
    const continued = new Set<LiveTrack>();
    const found = stitches(lost, due, this.sameKind);
    for (const stitch of found) {
      stitch.fragment.continueTrack(stitch.lost);
      continued.add(stitch.lost);
    }
    if (continued.size > 0) this.tracks = this.tracks.filter((track) => !continued.has(track));
    const endOf = new Map(found.map(({ lost: before, fragment }) => [fragment, before.lastSeenMs]));
    const living = new Set(this.tracks);
    for (const track of due) {
      track.id ??= this.settings.nextId();
      const isFree = (sight: Sight) =>
        this.sameKind(sight.detection.label, track.label) &&
        !(sight.track && living.has(sight.track)) &&
        sight.track?.id === undefined;
      track.prepend(this.recent.before(track, track.points, isFree, endOf.get(track) ?? -Infinity));
    }
  }

  private isDue(track: LiveTrack, timeMs: number): boolean {
    const { confirmConfidence, confirmSightings, confirmAfterMs } = this.settings;
    return (
      track.id === undefined &&
      track.missedFrames === 0 &&
      track.bestConfidence >= confirmConfidence &&
      track.sightings >= confirmSightings &&
      timeMs - track.firstSeenMs >= confirmAfterMs
    );
  }

  private takeUpdates(): TrackUpdate[] {
    return this.tracks.flatMap((track) => {
      if (track.id === undefined || track.missedFrames > 0) return [];
      return [{ trackId: track.id, label: track.label, points: track.takePoints() }];
    });
  }
}

const byAnyOverlap = byOverlap(minSimilarity.otherKind, () => true);

function isUsable({ box, confidence }: Detection): boolean {
  const finite = [box.x1, box.y1, box.x2, box.y2, confidence].every(Number.isFinite);
  return finite && box.x1 < box.x2 && box.y1 < box.y2;
}

const trackedDetection = ({ detection, track }: Sight) =>
  track?.id === undefined ? detection : { ...detection, trackId: track.id };
